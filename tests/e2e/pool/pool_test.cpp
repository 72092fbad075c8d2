// Pools of plugins: who gets one, who waits, and what becomes of those that stopped.
#include <array>
#include <atomic>
#include <chrono>
#include <latch>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "pool/guest.hpp"
#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using Pair = std::pair<ErrorCode, std::uint64_t>;

#if defined(__SANITIZE_THREAD__)  // as in interrupt_test.cpp
const bool kChosen = set_interrupt_signal(SIGTRAP).has_value();
#endif

const Module& echo() {
  static const tests::Guest kGuest(kEchoGuest);
  return kGuest.module();
}

using Init = std::function<std::expected<void, Error>()>;

PluginOptions with(const Init& init = [] { return std::expected<void, Error>(); }) {
  return PluginOptions{}.host_function("env", "init", [init] { return init(); });
}

// Each plugin has its own init, by which tests know of it.
Pool make(PoolOptions options, const PluginOptions& plugin = with()) {
  options.initialise_each = true;
  auto pool = Pool::make(echo(), plugin, options);
  if (!pool) throw std::runtime_error(to_string(pool.error()));
  return std::move(*pool);
}

std::unexpected<Error> refusal() {
  return std::unexpected(Error{.code = ErrorCode::host_error, .message = "not now"});
}

template <typename Condition>
void wait_until(Condition&& condition) {
  while (!condition()) std::this_thread::yield();
}

TEST(PoolTest, FurtherPluginsBeginWithASnapshotOfTheFirst) {
  std::atomic<int> inits = 0;
  const auto counting = with([&]() -> std::expected<void, Error> {
    ++inits;
    return {};
  });
  const auto pool = Pool::make(echo(), counting, {.config = "", .maximum = 3, .minimum = 3});
  ASSERT_TRUE(pool) << to_string(pool.error());
  EXPECT_EQ(inits, 1);
  EXPECT_EQ(pool->statistics().members, 3u);
}

TEST(PoolTest, AnswersAndInitialisesEachPlugin) {
  std::atomic<int> inits = 0;
  const auto count = [&inits]() -> std::expected<void, Error> {
    ++inits;
    return {};
  };
  const Pool pool = make({.config = "config", .maximum = 3, .minimum = 2}, with(count));
  EXPECT_EQ(inits, 2);
  EXPECT_EQ(pool.statistics().members, 2u);
  EXPECT_EQ(Pool(pool).execute("key", "payload").value(), "payload");
  EXPECT_EQ(make({.maximum = 3}).execute("key", "payload").value(), "payload") << "without a config";
  EXPECT_EQ(inits, 2);
}

TEST(PoolTest, GrowsToItsMaximumAndNoFurther) {
  Pool pool = make({.maximum = 3});
  {
    std::vector<Pool::Lease> leases;
    for (std::size_t i = 1; i <= 3; ++i) {
      leases.push_back(pool.borrow(0ns).value());
      EXPECT_EQ(pool.statistics().members, i);
      EXPECT_EQ(pool.statistics().in_use, i);
    }
    const auto refused = pool.borrow(1ms);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::timeout);
    EXPECT_THAT(to_string(refused.error()), AllOf(HasSubstr("call: the pool had no free plugin for "),
                                                  HasSubstr(" ms: all 3 are in use")));
    EXPECT_FALSE(pool.borrow(-1s));
  }
  const auto now = pool.statistics();
  EXPECT_EQ(now.in_use, 0u);
  EXPECT_EQ(now.members, 3u);
  EXPECT_EQ(now.maximum, 3u);
  EXPECT_EQ(now.waits, 2u);
  EXPECT_EQ(now.failed_waits, 2u);
  EXPECT_GE(now.wait_time, 1ms);
  EXPECT_TRUE(pool.borrow(0ns));
}

// Each has a memory of its own.
TEST(PoolTest, OneBorrowerNeverSeesAnothersPlugin) {
  Pool pool = make({.maximum = 2});
  auto one = pool.borrow().value();
  auto two = pool.borrow().value();
  EXPECT_EQ(one.execute("", "c").value(), "1");
  EXPECT_EQ(one->execute("", "c").value(), "2");
  EXPECT_EQ(two.execute("", "c").value(), "1");
}

TEST(PoolTest, WhoWaitsLongestIsNext) {
  Pool pool = make({.maximum = 1});
  std::optional<Pool::Lease> lease = pool.borrow().value();
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&, i] {
      const auto mine = pool.borrow(1h).value();
      const std::lock_guard lock(mutex);
      order.push_back(i);
    });
    wait_until([&] { return pool.statistics().waits == static_cast<std::size_t>(i) + 1; });
  }
  // One that stopped makes no difference: its place goes to the first in line, too.
  EXPECT_FALSE(lease->execute("", "trap"));
  lease.reset();
  threads.clear();
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
}

TEST(PoolTest, WhoWaitsForEverIsServed) {
  Pool pool = make({.maximum = 1});
  std::optional<Pool::Lease> lease = pool.borrow().value();
  std::jthread waits([&] { EXPECT_TRUE(pool.borrow(std::chrono::nanoseconds::max())); });
  wait_until([&] { return pool.statistics().waits == 1; });
  lease.reset();
}

TEST(PoolTest, APluginThatStoppedIsReplaced) {
  Pool pool = make({.maximum = 1});
  EXPECT_EQ(pool.execute("", "c").value(), "1");
  EXPECT_EQ(pool.execute("", "trap").error().code, ErrorCode::trap);
  EXPECT_EQ(pool.statistics().members, 0u);
  EXPECT_EQ(pool.execute("", "c").value(), "1") << "a new one";
  {
    auto lease = pool.borrow().value();
    EXPECT_EQ(lease.execute("", "trap").error().code, ErrorCode::trap);
    EXPECT_EQ(lease.execute("", "fine").error().code, ErrorCode::poisoned);
  }
  const auto now = pool.statistics();
  EXPECT_EQ(now.replaced, 2u);
  EXPECT_EQ(now.calls, 5u);
  EXPECT_THAT(now.errors, ElementsAre(Pair(ErrorCode::trap, 2), Pair(ErrorCode::poisoned, 1)));
  EXPECT_EQ(std::accumulate(now.latency.begin(), now.latency.end(), std::uint64_t{0}), 5u);
}

TEST(PoolTest, APluginWhoseCallsStartAfreshNeedsNoOther) {
  Pool pool = make({.config = "", .maximum = 1}, with().isolation(Isolation::fresh_each_call));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(pool.execute("", "c").value(), "1");
    EXPECT_EQ(pool.execute("", "trap").error().code, ErrorCode::trap);
  }
  EXPECT_EQ(pool.statistics().replaced, 0u);
  EXPECT_EQ(pool.statistics().members, 1u);
}

TEST(PoolTest, CountsTimeoutsAndInterrupts) {
  Pool pool = make({.maximum = 2}, with().timeout(20ms));
  EXPECT_EQ(pool.execute("", "loop").error().code, ErrorCode::timeout);
  auto lease = make({.maximum = 1}, with().interruptible()).borrow().value();
  const auto handle = lease->interrupt_handle().value();
  std::jthread other([&] { wait_until([&] { return handle.interrupt(); }); });
  EXPECT_EQ(lease.execute("", "loop").error().code, ErrorCode::interrupted);
  const auto now = pool.statistics();
  EXPECT_EQ(now.timeouts, 1u);
  EXPECT_EQ(now.failed_waits, 0u);
  EXPECT_GE(now.latency_sum, 20ms);
  std::size_t slowest = now.latency.size();
  while (now.latency[slowest - 1] == 0) --slowest;
  EXPECT_GE(kLatencyBounds[slowest - 1], 20ms);
}

TEST(PoolTest, ALeaseMayOutliveThePool) {
  auto pool = std::make_optional(make({.maximum = 1}));
  auto lease = std::make_optional(pool->borrow().value());
  pool.reset();
  EXPECT_EQ(lease->execute("", "still here").value(), "still here");
  Plugin* const plugin = &**lease;
  Pool::Lease moved = std::move(*lease);
  lease.reset();
  EXPECT_EQ(&*moved, plugin);
  EXPECT_EQ(moved->execute("", "moved").value(), "moved");
}

TEST(PoolTest, AssigningToALeaseGivesItsPluginBack) {
  Pool pool = make({.maximum = 2});
  auto lease = pool.borrow().value();
  lease = pool.borrow().value();
  EXPECT_EQ(pool.statistics().in_use, 1u);
  auto& same = lease;
  lease = std::move(same);
  EXPECT_EQ(lease.execute("", "kept").value(), "kept");
}

TEST(PoolTest, AFirstPluginThatFailsIsTheErrorOfMake) {
  const auto pool = Pool::make(echo(), with(refusal), {.config = "", .maximum = 2, .minimum = 2});
  ASSERT_FALSE(pool);
  EXPECT_EQ(pool.error().code, ErrorCode::host_error);
  EXPECT_EQ(Pool::make(echo(), with(), {.maximum = 0, .minimum = 0}).error().code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(Pool::make(echo(), with(), {.maximum = 1, .minimum = 2}).error().code,
            ErrorCode::invalid_argument);
}

// Whoever waits gets the place that another could not fill.
TEST(PoolTest, APlaceThatCouldNotBeFilledIsTheNextOnes) {
  std::atomic<int> refusals = 0;
  const auto init = [&refusals]() -> std::expected<void, Error> {
    if (refusals.fetch_sub(1) > 0) return refusal();
    return {};
  };
  Pool pool = make({.config = "", .maximum = 1}, with(init));
  std::optional<Pool::Lease> lease = pool.borrow().value();
  std::atomic<int> failed = 0, served = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { ++(pool.borrow(1h) ? served : failed); });
  }
  wait_until([&] { return pool.statistics().waits == 4; });
  refusals = 2;
  EXPECT_FALSE(lease->execute("", "trap"));
  lease.reset();
  threads.clear();
  EXPECT_EQ(failed, 2);
  EXPECT_EQ(served, 2);
  EXPECT_EQ(pool.statistics().failed_makes, 2u);
  EXPECT_EQ(pool.statistics().members, 1u);
}

TEST(PoolTest, NobodyWaitsForAnothersInit) {
  std::atomic<bool> is_slow = false;
  std::latch is_making(1), is_done(1);
  const auto init = [&]() -> std::expected<void, Error> {
    if (is_slow.exchange(false)) {
      is_making.count_down();
      is_done.wait();
    }
    return {};
  };
  Pool pool = make({.config = "", .maximum = 2}, with(init));
  std::optional<Pool::Lease> first = pool.borrow().value();
  is_slow = true;
  std::jthread maker([&] { EXPECT_TRUE(pool.borrow()); });
  is_making.wait();
  first.reset();
  EXPECT_EQ(pool.execute("", "meanwhile").value(), "meanwhile");
  EXPECT_FALSE(make({.maximum = 1}).statistics().waits);
  is_done.count_down();
}

TEST(PoolTest, ManyThreadsShareFewPlugins) {
  Pool pool = make({.maximum = 3});
  constexpr int kThreads = 8, kCalls = 500;
  std::atomic<int> traps = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kCalls; ++i) {
          const std::string text = (i % 50 == 7 ? "t" : "p") + std::to_string(thread * kCalls + i);
          const auto result = pool.execute("key", text);
          if (text[0] == 't') {
            EXPECT_EQ(result.error().code, ErrorCode::trap);
            ++traps;
          } else {
            EXPECT_EQ(result.value(), text);
          }
          EXPECT_LE(pool.statistics().members, 3u);
        }
      });
    }
  }
  const auto now = pool.statistics();
  EXPECT_EQ(now.calls, std::uint64_t{kThreads * kCalls});
  EXPECT_EQ(now.replaced, static_cast<std::uint64_t>(traps));
  EXPECT_EQ(now.in_use, 0u);
  EXPECT_EQ(now.failed_waits, 0u);
}

// Some give up while others are served.
TEST(PoolTest, NothingIsLostWhereWaitsAreShort) {
  Pool pool = make({.maximum = 2});
  std::atomic<int> served = 0, refused = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 6; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 300; ++i) {
          auto lease = pool.borrow(std::chrono::microseconds(i % 40));
          ++(lease ? served : refused);
          if (!lease) continue;
          EXPECT_EQ(lease->execute("", "fine").value(), "fine");
        }
      });
    }
  }
  EXPECT_EQ(served + refused, 1800);
  EXPECT_EQ(pool.statistics().failed_waits, static_cast<std::uint64_t>(refused));
  EXPECT_EQ(pool.statistics().in_use, 0u);
  const auto one = pool.borrow(0ns), two = pool.borrow(0ns);
  EXPECT_TRUE(one && two);
}

}  // namespace
}  // namespace tenon::e2e
