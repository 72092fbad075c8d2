#include "wasi/calls/waiting.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "runtime/call/interruption.hpp"

namespace tenon::wasi {
namespace {

using Clock = std::chrono::steady_clock;

// The signal that ends a call wakes us, but for one that comes just before we sleep.
constexpr std::chrono::milliseconds kBetweenLooks{20};
constexpr std::chrono::hours kLongest{24 * 365 * 100};

void sleep_for(std::chrono::nanoseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const timespec wanted{.tv_sec = seconds.count(), .tv_nsec = (time - seconds).count()};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &wanted, nullptr);
}

}  // namespace

std::expected<void, Error> wait(std::uint64_t nanoseconds) {
  const std::chrono::nanoseconds longest = kLongest;
  const auto time = std::min<std::uint64_t>(nanoseconds, static_cast<std::uint64_t>(longest.count()));
  const auto end = Clock::now() + std::chrono::nanoseconds(static_cast<std::int64_t>(time));
  const bool may_be_ended = runtime::this_call_may_be_ended();
  for (auto left = end - Clock::now(); left.count() > 0; left = end - Clock::now()) {
    // Safety: nobody else stops a host function.
    if (auto why = runtime::why_this_call_is_to_end()) return std::unexpected(std::move(*why));
    sleep_for(may_be_ended ? std::min<std::chrono::nanoseconds>(left, kBetweenLooks) : left);
  }
  return {};
}

}  // namespace tenon::wasi
