// The clocks of WASI preview 1, from the system or from the options' overrides.
#include "wasi/calls/clocks.hpp"

#include <ctime>

#include "wasi/calls/functions.hpp"
#include "wasi/guest/guest_memory.hpp"

namespace tenon::wasi {
namespace {

constexpr clockid_t kSystemClocks[kClocks] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                                              CLOCK_THREAD_CPUTIME_ID};

std::uint64_t nanoseconds(const timespec& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

const std::function<std::uint64_t()>* override_of(const State& state, std::uint32_t clock) {
  if (clock == kRealtime && state.options.realtime_clock_ns) return &state.options.realtime_clock_ns;
  if (clock == kMonotonic && state.options.monotonic_clock_ns) return &state.options.monotonic_clock_ns;
  return nullptr;
}

}  // namespace

Result<std::uint64_t> now(const State& state, std::uint32_t clock) {
  if (clock >= kClocks) return std::unexpected(Errno::invalid);
  if (const auto* overridden = override_of(state, clock)) return (*overridden)();
  timespec time{};
  if (clock_gettime(kSystemClocks[clock], &time) != 0) return std::unexpected(Errno::io);
  return nanoseconds(time);
}

Errno clock_res_get(State& state, Caller& caller, u32 clock, u32 result) {
  if (clock >= kClocks) return Errno::invalid;
  timespec resolution{.tv_sec = 0, .tv_nsec = 1};
  if (override_of(state, clock) == nullptr && clock_getres(kSystemClocks[clock], &resolution) != 0) {
    return Errno::io;
  }
  return GuestMemory(caller).store(result, nanoseconds(resolution)) ? Errno::success : Errno::fault;
}

Errno clock_time_get(State& state, Caller& caller, u32 clock, u64 /*precision*/, u32 result) {
  const auto time = now(state, clock);
  if (!time) return time.error();
  return GuestMemory(caller).store(result, *time) ? Errno::success : Errno::fault;
}

}  // namespace tenon::wasi
