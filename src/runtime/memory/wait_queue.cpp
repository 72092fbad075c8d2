#include "runtime/memory/wait_queue.hpp"

#include <algorithm>
#include <chrono>

namespace tenon::runtime {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBetweenLooks{2};  // for whether the waiting is called off

// Farther away than the clock can count is never.
bool is_endless(std::int64_t timeout_ns, Clock::time_point now) {
  return timeout_ns < 0 || std::chrono::nanoseconds(timeout_ns) > Clock::time_point::max() - now;
}

}  // namespace

void WaitQueue::add(Waiter& waiter) {
  waiter.previous = last_;
  (last_ != nullptr ? last_->next : first_) = &waiter;
  last_ = &waiter;
}

void WaitQueue::remove(Waiter& waiter) {
  (waiter.previous != nullptr ? waiter.previous->next : first_) = waiter.next;
  (waiter.next != nullptr ? waiter.next->previous : last_) = waiter.previous;
}

WaitResult WaitQueue::wait_if(bool (*ask)(void*), void* function, std::uint64_t address,
                              std::int64_t timeout_ns, IsCalledOff is_called_off) {
  const auto now = Clock::now();
  std::unique_lock lock(mutex_);
  if (!ask(function)) return WaitResult::not_equal;
  if (ended_) return WaitResult::ended;
  // The destructor takes the entry out where the thread is cancelled, too, which unwinds
  // from the waiting.
  struct Entry : Waiter {
    Entry(WaitQueue& waits_in, std::uint64_t address) : Waiter{.address = address}, queue(waits_in) {
      queue.add(*this);
    }
    ~Entry() {
      if (!notified) queue.remove(*this);
    }
    WaitQueue& queue;
  };
  Entry self(*this, address);
  // Sleeping threads may wake up for no reason: only `notified` counts. It counts even
  // where the timeout came at the same time, since notify has counted this thread already.
  auto done = [&] { return self.notified || ended_; };
  if (is_called_off != nullptr) {
    const bool endless = is_endless(timeout_ns, now);
    const auto end = endless ? Clock::time_point::max() : now + std::chrono::nanoseconds(timeout_ns);
    while (!done() && Clock::now() < end) {
      if (is_called_off()) return WaitResult::called_off;
      self.wake_up.wait_until(lock, std::min(end, Clock::now() + kBetweenLooks), done);
    }
  } else if (is_endless(timeout_ns, now)) {
    self.wake_up.wait(lock, done);
  } else {
    self.wake_up.wait_until(lock, now + std::chrono::nanoseconds(timeout_ns), done);
  }
  if (self.notified) return WaitResult::woken;
  return ended_ ? WaitResult::ended : WaitResult::timed_out;
}

std::uint32_t WaitQueue::notify(std::uint64_t address, std::uint32_t count) {
  const std::lock_guard lock(mutex_);
  std::uint32_t woken = 0;
  for (Waiter* at = first_; at != nullptr && woken < count;) {
    Waiter& waiter = *at;
    at = waiter.next;
    if (waiter.address != address) continue;
    remove(waiter);
    waiter.notified = true;
    // Still under the lock: once it is free the waiter may be gone.
    waiter.wake_up.notify_one();
    ++woken;
  }
  return woken;
}

void WaitQueue::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  for (Waiter* at = first_; at != nullptr; at = at->next) at->wake_up.notify_one();
}

}  // namespace tenon::runtime
