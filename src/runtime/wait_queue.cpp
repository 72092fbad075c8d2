#include "runtime/wait_queue.hpp"

#include <chrono>

namespace tenon::runtime {
namespace {

using Clock = std::chrono::steady_clock;

// Farther away than the clock can count is never.
bool is_endless(std::int64_t timeout_ns, Clock::time_point now) {
  return timeout_ns < 0 || std::chrono::nanoseconds(timeout_ns) > Clock::time_point::max() - now;
}

}  // namespace

WaitResult WaitQueue::wait(std::uint64_t address, const std::function<bool()>& is_expected,
                           std::int64_t timeout_ns) {
  const auto now = Clock::now();
  std::unique_lock lock(mutex_);
  if (!is_expected()) return WaitResult::not_equal;
  Waiter self{.address = address};
  const auto place = waiters_.insert(waiters_.end(), &self);
  // Sleeping threads wake up for no reason as well: only `notified` counts, and
  // it counts even where the timeout came at the same time, since notify has
  // counted this thread already.
  auto notified = [&] { return self.notified; };
  if (is_endless(timeout_ns, now)) {
    self.wake_up.wait(lock, notified);
  } else {
    self.wake_up.wait_until(lock, now + std::chrono::nanoseconds(timeout_ns), notified);
  }
  if (self.notified) return WaitResult::woken;
  waiters_.erase(place);
  return WaitResult::timed_out;
}

std::uint32_t WaitQueue::notify(std::uint64_t address, std::uint32_t count) {
  const std::lock_guard lock(mutex_);
  std::uint32_t woken = 0;
  for (auto at = waiters_.begin(); at != waiters_.end() && woken < count;) {
    Waiter& waiter = **at;
    if (waiter.address != address) {
      ++at;
      continue;
    }
    at = waiters_.erase(at);
    waiter.notified = true;
    // Still under the lock: once it is free the waiter may be gone.
    waiter.wake_up.notify_one();
    ++woken;
  }
  return woken;
}

}  // namespace tenon::runtime
