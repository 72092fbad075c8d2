// Eight threads interrupt plugins at random moments, while these return, trap, call the
// host, run into deadlines and are destroyed. A few seconds by default; TENON_STORM_SECONDS=30
// for longer (make interrupt-storm).
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// The thread sanitizer keeps a signal back until the thread calls a function that it knows,
// which guests never do; but not this one.
#if defined(__SANITIZE_THREAD__)
const bool kChosen = set_interrupt_signal(SIGTRAP).has_value();
#endif

constexpr char kGuest[] = R"((module
  (import "env" "host" (func $host))
  (memory (export "memory") 1)
  (func (export "malloc") (param i32) (result i32)
    (i32.store (i32.const 56) (i32.const 1)) (i32.store (i32.const 60) (local.get 0)) (i32.const 64))
  (func (export "fine") (param i32) (result i32) (local.get 0))
  (func (export "spin") (param i32) (loop $again (br $again)))
  (func (export "call_host") (param i32) (result i32) (call $host) (local.get 0))
  (func (export "trap") (param i32) unreachable)))";

std::chrono::seconds duration() {
  const char* const seconds = std::getenv("TENON_STORM_SECONDS");
  return std::chrono::seconds(seconds != nullptr ? std::strtol(seconds, nullptr, 10) : 3);
}

// The handles of the plugins that there are, and of some that are gone.
class Handles {
 public:
  explicit Handles(std::size_t count) : all_(count) {}
  void put(std::size_t at, const InterruptHandle& handle) {
    const std::lock_guard lock(mutex_);
    all_[at] = handle;
  }
  bool interrupt(std::size_t at) {
    std::optional<InterruptHandle> handle;
    {
      const std::lock_guard lock(mutex_);
      handle = all_[at];
    }
    return handle && handle->interrupt();
  }

 private:
  std::mutex mutex_;
  std::vector<std::optional<InterruptHandle>> all_;
};

struct Counts {
  std::atomic<int> plugins = 0, interrupted = 0, trapped = 0, timed_out = 0;
};

std::expected<std::string, Error> call(Plugin& plugin, std::string_view function) {
  const std::string_view text[] = {"text"};
  return plugin.call(function, text);
}

// One plugin, until something stops it.
void use_up(Plugin& plugin, std::minstd_rand& random, Counts& counts) {
  static constexpr const char* kFunctions[] = {"fine", "call_host", "spin", "trap"};
  const auto some_calls = [&]() -> std::expected<std::string, Error> {
    std::expected<std::string, Error> result;
    for (int i = 0; i < 50 && result; ++i)
      result = call(plugin, kFunctions[random() % 200 < 198 ? random() % 2 : random() % 4]);
    return result;
  };
  for (int i = 0; i < 20; ++i) {
    const bool has_deadline = random() % 4 == 0;
    const auto result = has_deadline
                            ? plugin.with_deadline(std::chrono::microseconds(1 + random() % 5000), some_calls)
                            : some_calls();
    if (result) {
      EXPECT_EQ(*result, "text");
      continue;
    }
    const ErrorCode code = result.error().code;
    counts.interrupted += code == ErrorCode::interrupted;
    counts.trapped += code == ErrorCode::trap;
    counts.timed_out += code == ErrorCode::timeout;
    EXPECT_TRUE(code == ErrorCode::interrupted || code == ErrorCode::trap || code == ErrorCode::timeout)
        << to_string(result.error());
    const bool is_stopped = plugin.stopped();  // not by a batch that was over before
    EXPECT_TRUE(is_stopped || code == ErrorCode::timeout);
    const auto next = call(plugin, "fine");
    EXPECT_EQ(!next && next.error().code == ErrorCode::poisoned, is_stopped);
    return;
  }
}

TEST(InterruptStorm, EndsCallsThatRunAndNothingElse) {
  constexpr std::size_t kCallers = 4, kInterrupters = 8;
  const tests::Guest guest(kGuest);
  Handles handles(kCallers);
  Counts counts;
  const auto until = Clock::now() + duration();
  std::vector<std::jthread> callers, interrupters;  // these go on until all calls have ended
  for (std::size_t i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      std::minstd_rand random(static_cast<unsigned>(i) + 1);
      while (Clock::now() < until) {
        PluginOptions options;
        options.host_function("env", "host", [] {}).interruptible();
        if (random() % 2 == 0) options.timeout(std::chrono::milliseconds(1 + random() % 20));
        auto plugin = Plugin::load(guest.module(), options);
        ASSERT_TRUE(plugin) << to_string(plugin.error());
        ++counts.plugins;
        handles.put(i, plugin->interrupt_handle().value());
        use_up(*plugin, random, counts);
      }
    });
  }
  // Nobody interrupts this one.
  callers.emplace_back([&] {
    PluginOptions options;
    options.host_function("env", "host", [] {}).timeout(10min);
    Plugin witness = Plugin::load(guest.module(), options).value();
    while (Clock::now() < until) {
      const auto result = call(witness, "call_host");
      ASSERT_TRUE(result) << to_string(result.error());
    }
  });
  for (std::size_t i = 0; i < kInterrupters; ++i) {
    interrupters.emplace_back([&, i](const std::stop_token& stop) {
      std::minstd_rand random(static_cast<unsigned>(i) + 100);
      while (!stop.stop_requested()) {
        handles.interrupt(random() % kCallers);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 1000));
      }
    });
  }
  callers.clear();
  interrupters.clear();
  EXPECT_GT(counts.plugins, 20);
  EXPECT_GT(counts.interrupted, 0);
  RecordProperty("plugins", counts.plugins);
  RecordProperty("interrupted", counts.interrupted);
  RecordProperty("trapped", counts.trapped);
  RecordProperty("timed_out", counts.timed_out);
}

}  // namespace
}  // namespace tenon::e2e
