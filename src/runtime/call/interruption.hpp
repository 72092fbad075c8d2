// What other threads ask of a call that runs: to end, since its time is over or since
// somebody wants it to.
//
// A call has a number. Whoever asks names it, so that a request that comes too late never
// ends the next call. The request alone changes nothing: the watchdog (watchdog.hpp) signals
// the call's thread until the call has ended, and the handler (interrupt_signal.hpp) or a
// builtin that takes long looks for the request.
//
// A batch is several calls, one after the other, with one deadline. When that passes, the
// call that runs is asked to end, and those that follow in the batch do not begin.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include <tenon/error.hpp>

namespace tenon::runtime {

class Interruption;

// What the watchdog knows of one, under its lock.
struct WatchState {
  using Clock = std::chrono::steady_clock;
  std::shared_ptr<Interruption> listed;  // itself, while it is in the watchdog's list
  Interruption* next = nullptr;
  std::uint64_t call = 0;         // that was seen last
  Clock::time_point since;        // it runs, as far as was seen
  Clock::time_point last_seen;    // any ran
  Clock::time_point next_signal;  // once it was asked to end
  Clock::duration pause{};        // to the signal after that
};

class Interruption : public std::enable_shared_from_this<Interruption> {
 public:
  enum class Why : std::uint8_t { nothing, timeout, deadline, interrupt };
  using Timeout = std::chrono::nanoseconds;  // 0: none
  using Clock = std::chrono::steady_clock;

  explicit Interruption(Timeout timeout) : announces_(timeout.count() > 0), timeout_(timeout) {}
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  // By the thread that calls, around the outermost call (WatchedCall, watchdog.hpp); `thread`
  // is its number for tgkill.
  void begin(pid_t thread) noexcept {
    thread_.store(thread, std::memory_order_relaxed);
    // In one order with what the watchdog does: it sees the call, or the call sees that it
    // does not look, or that the batch is over.
    call_.exchange(call_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
  }
  void end() noexcept { call_.store(call_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }
  // Whether a call has to tell the watchdog that it begins, since that does not look.
  [[nodiscard]] bool announces() const noexcept { return announces_.load(std::memory_order_seq_cst); }
  void set_announces(bool yes) noexcept { announces_.store(yes, std::memory_order_seq_cst); }

  // By any thread: why the call that runs has to end. Signal-safe.
  [[nodiscard]] Why asked() const noexcept {
    const std::uint64_t request = request_.load(std::memory_order_acquire);
    const bool is_for_this_call = request >> kWhyBits == call_.load(std::memory_order_relaxed);
    return is_for_this_call ? static_cast<Why>(request & kWhyMask) : Why::nothing;
  }
  // Asks the call of that number, or the one that runs. False where it does not run.
  // A request for a later call stays.
  bool ask(Why why, std::uint64_t call) noexcept;
  bool ask(Why why) noexcept { return ask(why, call()); }
  // By the store's thread: whether a call runs.
  [[nodiscard]] bool runs() const noexcept { return is_running(call_.load(std::memory_order_relaxed)); }
  // For a call inside the one that runs, on another thread: gives the thread before.
  pid_t move_to(pid_t thread) noexcept { return thread_.exchange(thread, std::memory_order_relaxed); }
  // The thread of the last call that began; 0 before the first.
  [[nodiscard]] pid_t thread() const noexcept { return thread_.load(std::memory_order_relaxed); }

  // Odd while a call runs.
  [[nodiscard]] std::uint64_t call() const noexcept { return call_.load(std::memory_order_seq_cst); }
  [[nodiscard]] static bool is_running(std::uint64_t call) noexcept { return (call & 1) != 0; }
  [[nodiscard]] Timeout timeout() const noexcept { return timeout_; }
  // What the call that was asked to end fails with.
  [[nodiscard]] Error error() const;

  // A batch, by the store's thread, between calls.
  struct Batch {
    Clock::rep end = kNoBatch;  // of Clock
    Timeout limit{0};           // for messages
  };
  // One inside another ends no later than that. Gives what end_batch puts back.
  [[nodiscard]] Batch begin_batch(Timeout limit) noexcept;
  void end_batch(const Batch& outer) noexcept;
  // Its end, if that is still to come.
  [[nodiscard]] Clock::time_point batch_end() const noexcept;
  [[nodiscard]] bool batch_is_open() const noexcept { return batch_end_.load() != kNoBatch; }
  [[nodiscard]] bool batch_is_over() const noexcept { return batch_end_.load() == kBatchIsOver; }
  // By the watchdog alone: a batch that is over at that time is so from now on.
  void look_at_batch(Clock::time_point now) noexcept;
  // What a call in a batch that is over fails with.
  [[nodiscard]] Error error_of_batch() const;

  WatchState watch;

 private:
  static constexpr unsigned kWhyBits = 8;
  static constexpr std::uint64_t kWhyMask = 0xFF;
  static constexpr Clock::rep kNoBatch = 0, kBatchIsOver = -1;

  std::atomic<std::uint64_t> call_{0};
  std::atomic<bool> announces_;
  std::atomic<pid_t> thread_{0};
  std::atomic<Clock::rep> batch_end_{kNoBatch};
  std::atomic<std::uint64_t> request_{0};  // the call's number, and why
  const Timeout timeout_;                  // 0 or less: none
  Timeout batch_limit_{0};
};

struct Activation;
// Of the call that was asked to end and that this activation is part of, or one around it on
// this thread: what is inside such a call ends with it. Nullptr where there is none.
// Signal-safe.
[[nodiscard]] const Interruption* asked_to_end(const Activation* activation) noexcept;

// The same of what this thread runs. For builtins that take long.
[[nodiscard]] bool this_call_is_to_end() noexcept;
// What it ends with then; for host functions of ours that wait. Nullopt where it goes on.
[[nodiscard]] std::optional<Error> why_this_call_is_to_end();
// Whether anybody may ever ask for that.
[[nodiscard]] bool this_call_may_be_ended() noexcept;

}  // namespace tenon::runtime
