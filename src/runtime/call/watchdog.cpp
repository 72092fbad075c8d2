#include "runtime/call/watchdog.hpp"

#include <pthread.h>

#include <algorithm>
#include <new>
#include <utility>

#include "base/error.hpp"
#include "base/thread.hpp"

namespace tenon::runtime {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::microseconds kShortestPause = 500us,
                                    kLongestPause = 20ms;  // between looks, and between signals
constexpr auto kUntilRest = 200ms;                         // without a call

// A quarter of the timeout.
Clock::duration pause_between_looks(const Interruption& interruption) {
  return std::clamp<Clock::duration>(interruption.timeout() / 4, kShortestPause, kLongestPause);
}

// Signals the thread of a call that was asked to end, if it is time to. When it will be again.
Clock::time_point signal_in_time(Interruption& interruption, Clock::time_point now) {
  WatchState& watch = interruption.watch;
  if (now >= watch.next_signal) {
    send_interrupt_signal(interruption.thread());
    watch.next_signal = now + watch.pause;
    watch.pause = std::min<Clock::duration>(2 * watch.pause, kLongestPause);
  }
  return watch.next_signal;
}

// When to look again; max where there is nothing to look for.
Clock::time_point look_at(Interruption& interruption) {
  WatchState& watch = interruption.watch;
  auto now = Clock::now();
  interruption.look_at_batch(now);
  // In this order: no batch begins inside a call, so one that is over now is that of the call.
  const std::uint64_t call = interruption.call();
  const bool batch_is_over = interruption.batch_is_over();
  if (call != watch.call) {
    watch.call = call;
    watch.since = watch.last_seen = watch.next_signal = now = Clock::now();  // it may have begun this moment
    watch.pause = kShortestPause;
  }
  const auto timeout = interruption.timeout();
  if (Interruption::is_running(call)) {
    watch.last_seen = now;
    if (interruption.asked() == Interruption::Why::nothing) {
      if (batch_is_over) {
        interruption.ask(Interruption::Why::deadline, call);
      } else if (timeout.count() > 0 && now - watch.since >= timeout) {
        interruption.ask(Interruption::Why::timeout, call);
      }
    }
    if (interruption.asked() != Interruption::Why::nothing) return signal_in_time(interruption, now);
  }
  auto next = interruption.batch_end();
  const bool rests = now - watch.last_seen >= kUntilRest && !interruption.batch_is_open();
  if (timeout.count() > 0 && !rests) next = std::min(next, now + pause_between_looks(interruption));
  return next;
}

// Whether it may leave the list.
bool let_go(Interruption& interruption) {
  if (interruption.timeout().count() <= 0) return true;
  interruption.set_announces(true);
  // A call that began meanwhile is seen here, or has seen that it has to announce itself.
  if (!Interruption::is_running(interruption.call())) return true;
  interruption.set_announces(false);
  return false;
}

}  // namespace

// Never destroyed: calls may run until the very end of the process.
Watchdog& Watchdog::of_process() {
  static auto& watchdog = *new Watchdog;
  return watchdog;
}

std::expected<void, Error> Watchdog::prepare() {
  if (auto ready = prepare_interrupt_signal(); !ready) return ready;
  const std::lock_guard lock(mutex_);
  if (!is_started_) is_started_ = start();
  if (is_started_) return {};
  return base::fail(Phase::load, ErrorCode::out_of_resources, "no thread to watch timeouts");
}

void Watchdog::prepare_for_forks() {
  pthread_atfork([] { of_process().mutex_.lock(); }, [] { of_process().mutex_.unlock(); },
                 [] {
                   of_process().after_fork_in_child();
                   of_process().mutex_.unlock();
                 });
}

// A forked process has no thread but the one that forked. Its first call starts another.
void Watchdog::after_fork_in_child() {
  new (&wake_up_) std::condition_variable;  // nobody waits any more
  is_started_ = false;
  next_look_ = TimePoint::max();
  while (first_ != nullptr) {
    first_->set_announces(true);
    const auto listed = std::move(first_->watch.listed);
    first_ = listed->watch.next;
  }
}

bool Watchdog::start() {
  static std::once_flag once;
  std::call_once(once, prepare_for_forks);
  auto thread = base::start_thread([this] { run(); });
  if (!thread) return false;
  thread->detach();
  return true;
}

void Watchdog::call_begins(Interruption& interruption) noexcept {
  look_by(interruption, Clock::now() + pause_between_looks(interruption));
}

void Watchdog::look_by(Interruption& interruption, TimePoint time) noexcept {
  const std::lock_guard lock(mutex_);
  if (!is_started_) is_started_ = start();
  interruption.set_announces(false);
  if (interruption.watch.listed == nullptr) {
    interruption.watch.listed = interruption.shared_from_this();
    interruption.watch.next = std::exchange(first_, &interruption);
    interruption.watch.last_seen = Clock::now();
  }
  if (time >= next_look_) return;
  hurries_ = true;
  wake_up_.notify_one();
}

Watchdog::TimePoint Watchdog::look_at_all() {
  auto next_of_all = TimePoint::max();
  for (Interruption** at = &first_; *at != nullptr;) {
    Interruption& one = **at;
    const bool is_gone = one.watch.listed.use_count() == 1;  // nobody but the list has it
    const auto next = look_at(one);
    if (is_gone || (next == TimePoint::max() && let_go(one))) {
      *at = one.watch.next;
      const auto listed = std::move(one.watch.listed);  // and goes with it, perhaps
      continue;
    }
    next_of_all = std::min(next_of_all, next == TimePoint::max() ? Clock::now() : next);
    at = &one.watch.next;
  }
  return next_of_all;
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  const auto is_hurried = [this] { return hurries_; };
  for (;;) {
    hurries_ = false;
    next_look_ = look_at_all();
    if (next_look_ == TimePoint::max()) {
      wake_up_.wait(lock, is_hurried);
    } else {
      wake_up_.wait_until(lock, next_look_, is_hurried);
    }
  }
}

}  // namespace tenon::runtime
