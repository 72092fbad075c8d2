#include "runtime/call/watchdog.hpp"

#include <pthread.h>

#include <algorithm>
#include <new>

#include "base/error.hpp"
#include "base/thread.hpp"

namespace tenon::runtime {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::microseconds kShortestPause = 500us,
                                    kLongestPause = 20ms;  // between looks, and between signals
constexpr auto kUntilSleep = 200ms;                        // without a call

}  // namespace

// Never destroyed: calls may run until the very end of the process.
Watchdog& Watchdog::of_process() {
  static auto& watchdog = *new Watchdog;
  return watchdog;
}

std::expected<void, Error> Watchdog::watch(std::shared_ptr<Interruption> interruption) {
  if (auto ready = prepare_interrupt_signal(); !ready) return ready;
  const std::lock_guard lock(mutex_);
  if (!is_started_ && !start())
    return base::fail(Phase::load, ErrorCode::out_of_resources, "no thread to watch timeouts");
  is_started_ = true;
  watched_.push_back({.interruption = std::move(interruption)});
  hurries_ = true;  // it may have had nothing to look at
  wake_up_.notify_one();
  return {};
}

// A forked process has no thread but the one that forked. Its first call starts another.
void Watchdog::prepare_for_forks() {
  pthread_atfork([] { of_process().mutex_.lock(); }, [] { of_process().mutex_.unlock(); },
                 [] {
                   Watchdog& self = of_process();
                   new (&self.wake_up_) std::condition_variable;  // nobody waits any more
                   self.is_started_ = false;
                   self.sleeps_.store(true);
                   self.mutex_.unlock();
                 });
}

bool Watchdog::start() {
  static std::once_flag once;
  std::call_once(once, prepare_for_forks);
  auto thread = base::start_thread([this] { run(); });
  if (!thread) return false;
  thread->detach();
  return true;
}

void Watchdog::forget(const Interruption& interruption) {
  const std::lock_guard lock(mutex_);
  std::erase_if(watched_, [&](const Watched& one) { return one.interruption.get() == &interruption; });
}

void Watchdog::hurry() noexcept {
  const std::lock_guard lock(mutex_);
  if (!is_started_ && !watched_.empty()) is_started_ = start();
  hurries_ = true;
  wake_up_.notify_one();
}

// True where a call runs.
bool Watchdog::look(Watched& watched, Clock::time_point now) {
  Interruption& interruption = *watched.interruption;
  const std::uint64_t call = interruption.call();
  if (!Interruption::is_running(call)) return false;
  if (call != watched.call) {
    watched.call = call;
    watched.since = watched.next_signal = now = Clock::now();  // it may have begun this moment
    watched.pause = kShortestPause;
  }
  const auto timeout = interruption.timeout();
  if (interruption.asked() == Interruption::Why::nothing && timeout.count() > 0 &&
      now - watched.since >= timeout)
    interruption.ask(Interruption::Why::timeout, call);
  if (interruption.asked() != Interruption::Why::nothing && now >= watched.next_signal) {
    send_interrupt_signal(interruption.thread());
    watched.next_signal = now + watched.pause;
    watched.pause = std::min<Clock::duration>(2 * watched.pause, kLongestPause);
  }
  return true;
}

bool Watchdog::look_at_all(Clock::time_point now) {
  bool any = false;
  for (Watched& one : watched_) any |= look(one, now);
  return any;
}

// A quarter of the shortest timeout; shorter while a call that was asked to end goes on.
// Nullopt where there is neither: then somebody will say when to look.
std::optional<Watchdog::Clock::duration> Watchdog::time_between_looks() const {
  std::optional<Clock::duration> shortest;
  for (const Watched& one : watched_) {
    const bool is_asked = one.interruption->asked() != Interruption::Why::nothing;
    if (is_asked) return kShortestPause;
    if (one.interruption->timeout().count() > 0)
      shortest = std::min<Clock::duration>(shortest.value_or(kLongestPause), one.interruption->timeout() / 4);
  }
  if (shortest) shortest = std::max<Clock::duration>(*shortest, kShortestPause);
  return shortest;
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  auto last_call = Clock::now();
  for (;;) {
    const auto now = Clock::now();
    hurries_ = false;
    if (look_at_all(now)) last_call = now;
    const auto pause = time_between_looks();
    if (!pause) {
      wake_up_.wait(lock, [&] { return hurries_; });
      continue;
    }
    if (now - last_call < kUntilSleep) {
      wake_up_.wait_for(lock, *pause, [&] { return hurries_; });
      continue;
    }
    sleeps_.store(true, std::memory_order_seq_cst);
    // A call that began meanwhile is seen here, or has seen that the watchdog sleeps.
    if (!look_at_all(now)) wake_up_.wait(lock, [&] { return hurries_; });
    sleeps_.store(false, std::memory_order_seq_cst);
    last_call = Clock::now();
  }
}

}  // namespace tenon::runtime
