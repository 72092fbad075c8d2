// The clocks of WASI preview 1, from the system or from the options' overrides.
#include <ctime>

#include "wasi/functions.hpp"
#include "wasi/guest_memory.hpp"

namespace tenon::wasi {
namespace {

enum WasiClock : std::uint32_t { kRealtime, kMonotonic, kProcessCpu, kThreadCpu, kClocks };

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

Errno clock_res_get(State& state, Caller& caller, std::uint32_t clock, std::uint32_t result) {
  if (clock >= kClocks) return Errno::invalid;
  timespec resolution{.tv_sec = 0, .tv_nsec = 1};
  if (override_of(state, clock) == nullptr && clock_getres(kSystemClocks[clock], &resolution) != 0) {
    return Errno::io;
  }
  return GuestMemory(caller).store(result, nanoseconds(resolution)) ? Errno::success : Errno::fault;
}

Errno clock_time_get(State& state, Caller& caller, std::uint32_t clock, std::uint64_t /*precision*/,
                     std::uint32_t result) {
  if (clock >= kClocks) return Errno::invalid;
  std::uint64_t now = 0;
  if (const auto* overridden = override_of(state, clock)) {
    now = (*overridden)();
  } else {
    timespec time{};
    if (clock_gettime(kSystemClocks[clock], &time) != 0) return Errno::io;
    now = nanoseconds(time);
  }
  return GuestMemory(caller).store(result, now) ? Errno::success : Errno::fault;
}

}  // namespace tenon::wasi
