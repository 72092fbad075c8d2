// The one thread that ends calls whose time is over, and signals the threads of calls that
// were asked to end until they have. There is none until the first store wants it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <expected>
#include <mutex>
#include <optional>

#include <tenon/error.hpp>

#include "runtime/call/interrupt_signal.hpp"
#include "runtime/call/interruption.hpp"

namespace tenon::runtime {

// Thread-safe.
//
// Calls pay no look at a clock: the watchdog notes when it first sees a call, and looks
// often enough for the shortest timeout that it watches. So a call ends some of these
// looks after its time, and never before.
//
// It has a list of those that it looks at: of stores that had a call lately, have a batch
// open, or a call that was asked to end. A store that has had no call for a while leaves the
// list, and its next call announces itself. So stores that rest cost nothing, however many.
class Watchdog {
 public:
  [[nodiscard]] static Watchdog& of_process();

  // Starts the thread and has the signal's handler installed, on first use. Errors:
  // out_of_resources, invalid_argument (install_handler).
  [[nodiscard]] std::expected<void, Error> prepare();
  // A call that has to announce itself has begun.
  void call_begins(Interruption& interruption) noexcept;
  // Somebody has asked its call to end.
  void hurry(Interruption& interruption) noexcept { look_by(interruption, TimePoint::min()); }
  // Its batch has another end now.
  void batch_changed(Interruption& interruption) noexcept { look_by(interruption, interruption.batch_end()); }

 private:
  using Clock = std::chrono::steady_clock;
  using TimePoint = Clock::time_point;

  void run();
  void look_by(Interruption& interruption, TimePoint time) noexcept;
  [[nodiscard]] TimePoint look_at_all();
  bool start();
  static void prepare_for_forks();
  void after_fork_in_child();

  std::mutex mutex_;
  std::condition_variable wake_up_;
  Interruption* first_ = nullptr;           // of the list
  TimePoint next_look_ = TimePoint::max();  // max: when somebody hurries it
  bool hurries_ = false;
  bool is_started_ = false;
};

// A call of the host, as long as it lives; one inside another of the same store is part of
// that. A null interruption is never asked to end. No system call but on a thread's first
// time, and where the store has rested.
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
    if (interruption_->announces()) [[unlikely]]
      Watchdog::of_process().call_begins(*interruption_);
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

  // Whether it must not enter a guest, since the batch that it is in is over
  // (Interruption::error_of_batch).
  [[nodiscard]] bool is_too_late() const noexcept {
    return interruption_ != nullptr && !is_inner_ && interruption_->batch_is_over();
  }

 private:
  Interruption* const interruption_;
  bool is_inner_ = false;
  pid_t outer_thread_ = 0;  // which waits for this one, where they differ
};

}  // namespace tenon::runtime
