// Threads that wait at addresses of one shared memory (proposal threads,
// memory.atomic.wait and notify).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace tenon::runtime {

// The results of the operators. `ended` is none of them: the host wants nobody to wait
// here any more.
enum class WaitResult : std::uint32_t { woken = 0, not_equal = 1, timed_out = 2, ended = 3, called_off = 4 };

// Thread-safe. Each waiting thread has its entry on its own stack, so that nothing is
// allocated for guests however many wait. Nobody may be waiting when it is destroyed:
// whoever waits keeps the memory, and so its queue, alive.
class WaitQueue {
 public:
  // Goes to sleep only if `is_expected`, which reads the guest's memory, says so. It is
  // asked under the lock that notify takes, so that no wake-up between asking and sleeping
  // is lost. A negative timeout means none.
  // `is_called_off`, where there is one, is asked now and then while the thread waits;
  // once it says so the result is `called_off`.
  using IsCalledOff = bool (*)() noexcept;
  template <typename F>
  WaitResult wait(std::uint64_t address, F is_expected, std::int64_t timeout_ns,
                  IsCalledOff is_called_off = nullptr) {
    const auto ask = [](void* function) -> bool { return (*static_cast<F*>(function))(); };
    return wait_if(ask, &is_expected, address, timeout_ns, is_called_off);
  }
  // Wakes up to `count` of those that have waited longest, and returns how many they were.
  std::uint32_t notify(std::uint64_t address, std::uint32_t count);
  // Wakes everybody with `ended`, and lets nobody wait from now on.
  void end();

 private:
  struct Waiter {
    std::uint64_t address;
    bool notified = false;
    Waiter* previous = nullptr;
    Waiter* next = nullptr;
    std::condition_variable wake_up{};
  };
  WaitResult wait_if(bool (*ask)(void*), void* function, std::uint64_t address, std::int64_t timeout_ns,
                     IsCalledOff is_called_off);
  void add(Waiter& waiter);
  void remove(Waiter& waiter);

  std::mutex mutex_;
  Waiter* first_ = nullptr;  // the longest waiting
  Waiter* last_ = nullptr;
  bool ended_ = false;
};

}  // namespace tenon::runtime
