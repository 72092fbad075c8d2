// Threads that wait at addresses of one shared memory (proposal threads,
// memory.atomic.wait and notify).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>

namespace tenon::runtime {

// The results of the operators.
enum class WaitResult : std::uint32_t { woken = 0, not_equal = 1, timed_out = 2 };

// Thread-safe. Nobody may be waiting when it is destroyed: whoever waits keeps
// the memory, and so its queue, alive.
class WaitQueue {
 public:
  // Goes to sleep only if `is_expected`, which reads the guest's memory, says
  // so: asked under the lock that notify takes, so that no wake-up between
  // asking and sleeping is lost. A negative timeout is none.
  WaitResult wait(std::uint64_t address, const std::function<bool()>& is_expected, std::int64_t timeout_ns);
  // Wakes up to `count` of those that have waited longest; how many they were.
  std::uint32_t notify(std::uint64_t address, std::uint32_t count);

 private:
  struct Waiter {
    std::uint64_t address;
    bool notified = false;
    std::condition_variable wake_up{};
  };
  std::mutex mutex_;
  std::list<Waiter*> waiters_;  // the longest waiting first; each on its thread's stack
};

}  // namespace tenon::runtime
