// The one thread that ends calls whose time is over, and signals the threads of calls that
// were asked to end until they have. There is none until the first store wants it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <tenon/error.hpp>

#include "runtime/call/interrupt_signal.hpp"
#include "runtime/call/interruption.hpp"

namespace tenon::runtime {

// Thread-safe.
//
// Calls pay no look at a clock: the watchdog notes when it first sees a call, and looks
// often enough for the shortest timeout that it watches. So a call ends some of these
// looks after its time, and never before. Where no call has run for a while it sleeps, and
// the next call wakes it.
class Watchdog {
 public:
  [[nodiscard]] static Watchdog& of_process();

  // Starts the thread on first use. Errors: out_of_resources.
  [[nodiscard]] std::expected<void, Error> watch(std::shared_ptr<Interruption> interruption);
  void forget(const Interruption& interruption);
  // Has it look at once: somebody has asked a call to end.
  void hurry() noexcept;
  void call_begins() noexcept {
    if (sleeps_.load(std::memory_order_seq_cst)) [[unlikely]]
      hurry();
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Watched {
    std::shared_ptr<Interruption> interruption;
    std::uint64_t call = 0;         // that was seen last
    Clock::time_point since;        // it runs, as far as was seen
    Clock::time_point next_signal;  // once it was asked to end
    Clock::duration pause{};        // to the signal after that
  };

  void run();
  bool look(Watched& watched, Clock::time_point now);
  bool look_at_all(Clock::time_point now);
  [[nodiscard]] std::optional<Clock::duration> time_between_looks() const;
  bool start();
  static void prepare_for_forks();

  std::mutex mutex_;
  std::condition_variable wake_up_;
  std::vector<Watched> watched_;
  bool hurries_ = false;
  bool is_started_ = false;
  std::atomic<bool> sleeps_{false};
};

// A call of the host, as long as it lives; one inside another of the same store is part of
// that. A null interruption is never asked to end. No system call but on a thread's first
// time, and where the watchdog sleeps.
class WatchedCall {
 public:
  explicit WatchedCall(Interruption* interruption) : interruption_(interruption) {
    if (interruption_ == nullptr) return;
    const pid_t thread = thread_for_signals();
    is_inner_ = interruption_->runs();
    if (is_inner_) {
      outer_thread_ = interruption_->move_to(thread);
      return;
    }
    interruption_->begin(thread);
    Watchdog::of_process().call_begins();
  }
  ~WatchedCall() {
    if (interruption_ == nullptr) return;
    if (is_inner_) {
      interruption_->move_to(outer_thread_);
    } else {
      interruption_->end();
    }
  }
  WatchedCall(const WatchedCall&) = delete;
  WatchedCall& operator=(const WatchedCall&) = delete;

 private:
  Interruption* const interruption_;
  bool is_inner_ = false;
  pid_t outer_thread_ = 0;  // which waits for this one, where they differ
};

}  // namespace tenon::runtime
