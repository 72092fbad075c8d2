// Several calls with one deadline (Store::with_deadline, Plugin::with_deadline).
#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

// Takes texts as ArrayBuffers, of which it has room for one.
constexpr char kGuest[] = R"((module
  (import "env" "host" (func $host))
  (memory (export "memory") 1)
  (func (export "malloc") (param i32) (result i32)
    (i32.store (i32.const 56) (i32.const 1)) (i32.store (i32.const 60) (local.get 0)) (i32.const 64))
  (func (export "fine") (param i32) (result i32) (local.get 0))
  (func (export "spin") (param i32) (loop $again (br $again)))
  (func (export "call_host") (param i32) (result i32) (call $host) (local.get 0))))";

const tests::Guest& guest() {
  static const tests::Guest kMade(kGuest);
  return kMade;
}

Plugin load(std::chrono::nanoseconds timeout = 0ns, std::function<void()> host = [] {}) {
  PluginOptions options;
  options.host_function("env", "host", [host = std::move(host)] { host(); }).interruptible();
  if (timeout > 0ns) options.timeout(timeout);
  return Plugin::load(guest().module(), options).value();
}

std::expected<void, Error> call(Plugin& plugin, std::string_view function) {
  const std::string_view text[] = {"text"};
  const auto result = plugin.call(function, text);
  if (!result) return std::unexpected(result.error());
  return {};
}

// Of a call that has to fail.
Error error_of(Plugin& plugin, std::string_view function) {
  const auto done = call(plugin, function);
  return done ? Error{.message = "it returned"} : done.error();
}

// Calls until one fails.
Error until_an_error(Plugin& plugin) {
  for (;;) {
    if (const auto done = call(plugin, "fine"); !done) return done.error();
  }
}

TEST(Batch, EndsTheCallThatRuns) {
  Plugin plugin = load();
  const auto before = Clock::now();
  const auto done = plugin.with_deadline(20ms, [&]() -> std::expected<void, Error> {
    for (int i = 0; i < 100; ++i) {
      if (auto fine = call(plugin, "fine"); !fine) return fine;
    }
    return call(plugin, "spin");
  });
  EXPECT_GE(Clock::now() - before, 20ms);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::timeout) << done.error().message;
  EXPECT_THAT(done.error().message, HasSubstr("the batch's deadline of 20 ms"));
  EXPECT_EQ(error_of(plugin, "fine").code, ErrorCode::poisoned);
}

TEST(Batch, RefusesCallsAfterItsEndAndLeavesThePluginAsItIs) {
  Plugin plugin = load();
  const auto done = plugin.with_deadline(5ms, [&]() -> std::expected<int, Error> {
    std::this_thread::sleep_for(50ms);
    const Error error = until_an_error(plugin);
    EXPECT_EQ(error.code, ErrorCode::timeout);
    EXPECT_THAT(error.message, HasSubstr("the batch's deadline of 5 ms"));
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(error_of(plugin, "spin").code, ErrorCode::timeout);
    return 7;
  });
  EXPECT_EQ(done.value(), 7);
  EXPECT_TRUE(call(plugin, "fine"));
}

TEST(Batch, OfShortCallsComesToAnEnd) {
  Plugin plugin = load();
  static_cast<void>(plugin.with_deadline(20ms, [&] {
    EXPECT_THAT(until_an_error(plugin).message, HasSubstr("the batch's deadline of 20 ms"));
  }));
}

TEST(Batch, InTimeChangesNothing) {
  Plugin plugin = load();
  for (int i = 0; i < 100; ++i) {
    const auto text = plugin.with_deadline(10s, [&] {
      const std::string_view texts[] = {"text"};
      return plugin.call("fine", texts);
    });
    EXPECT_EQ(text.value(), "text");
  }
  EXPECT_EQ(plugin.with_deadline(std::chrono::nanoseconds::max(), [] { return 3; }).value(), 3);
}

// One after the other; what was asked of one is not asked of the next.
TEST(Batch, IsOverWithItsWork) {
  Store store({.poison_after_trap = false, .interruptible = true});
  Imports imports;
  imports.define("env", "host", HostFunction([] {}));
  const auto instance = store.instantiate(guest().module(), imports).value();
  const auto spin = instance.function<void(std::int32_t)>("spin").value();
  const auto fine = instance.function<std::int32_t(std::int32_t)>("fine").value();
  for (int i = 0; i < 50; ++i) {
    const auto done = store.with_deadline(1ms, [&] { return spin(0); });
    ASSERT_EQ(done.error().code, ErrorCode::timeout) << done.error().message;
    ASSERT_EQ(fine(i).value(), i);
  }
}

TEST(Batch, OfAStoreRefusesInstancesAfterItsEnd) {
  Store store({.interruptible = true});
  Imports imports;
  imports.define("env", "host", HostFunction([] {}));
  static_cast<void>(store.with_deadline(5ms, [&] {
    std::expected<Instance, Error> instance = std::unexpected(Error{});
    do instance = store.instantiate(guest().module(), imports);
    while (instance);
    EXPECT_EQ(instance.error().code, ErrorCode::timeout) << instance.error().message;
  }));
}

TEST(Batch, KeepsTheTimeoutOfEachCall) {
  Plugin plugin = load(5ms);
  const auto done = plugin.with_deadline(10s, [&] { return call(plugin, "spin"); });
  EXPECT_THAT(done.error().message, HasSubstr("5 ms (PluginOptions::timeout, --timeout)"));
}

TEST(Batch, InsideAnotherEndsNoLater) {
  Plugin plugin = load();
  const auto done = plugin.with_deadline(
      5ms, [&] { return plugin.with_deadline(10s, [&] { return call(plugin, "spin"); }); });
  EXPECT_THAT(done.error().message, HasSubstr("the batch's deadline of 5 ms"));
}

TEST(Batch, AroundAnotherGoesOn) {
  Store store({.poison_after_trap = false, .interruptible = true});
  Imports imports;
  imports.define("env", "host", HostFunction([] {}));
  const auto instance = store.instantiate(guest().module(), imports).value();
  const auto spin = instance.function<void(std::int32_t)>("spin").value();
  const auto done = store.with_deadline(200ms, [&] {
    EXPECT_THAT(store.with_deadline(5ms, [&] { return spin(0); }).error().message,
                HasSubstr("deadline of 5 ms"));
    return spin(0);
  });
  EXPECT_THAT(done.error().message, HasSubstr("the batch's deadline of 200 ms"));
}

TEST(Batch, EndsWithAnException) {
  Plugin plugin = load();
  EXPECT_THROW(static_cast<void>(plugin.with_deadline(5ms, [] { throw std::runtime_error("mine"); })),
               std::runtime_error);
  std::this_thread::sleep_for(20ms);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(call(plugin, "fine"));
}

TEST(Batch, LeavesInterruptsAsTheyAre) {
  Plugin plugin = load();
  const InterruptHandle handle = plugin.interrupt_handle().value();
  const auto done = plugin.with_deadline(10s, [&] {
    EXPECT_FALSE(handle.interrupt());  // no call runs
    std::jthread other([&] {
      while (!handle.interrupt()) std::this_thread::yield();
    });
    return call(plugin, "spin");
  });
  EXPECT_EQ(done.error().code, ErrorCode::interrupted);
}

TEST(Batch, WithoutTimeFailsAtOnce) {
  Plugin plugin = load();
  bool ran = false;
  for (const auto limit : {0ns, -5ns}) {
    const auto done = plugin.with_deadline(limit, [&] { ran = true; });
    EXPECT_EQ(done.error().code, ErrorCode::timeout);
  }
  EXPECT_FALSE(ran);
}

TEST(Batch, NeedsAStoreThatMayBeInterrupted) {
  Store store;
  EXPECT_EQ(store.with_deadline(1s, [] {}).error().code, ErrorCode::invalid_argument);
}

TEST(Batch, IsRefusedInsideACall) {
  std::optional<Plugin> plugin;
  ErrorCode code = ErrorCode::internal;
  plugin = load(0ns, [&] { code = plugin->with_deadline(1s, [] {}).error().code; });
  EXPECT_TRUE(call(*plugin, "call_host"));
  EXPECT_EQ(code, ErrorCode::invalid_argument);
}

// The watchdog looks at none of them meanwhile.
TEST(Batch, AfterALongRestOfManyStores) {
  std::vector<Store> stores;
  for (int i = 0; i < 1000; ++i) stores.emplace_back(StoreOptions{.timeout = 1s});
  Plugin plugin = load(1s);
  EXPECT_TRUE(call(plugin, "fine"));
  std::this_thread::sleep_for(400ms);
  stores.clear();
  EXPECT_EQ(plugin.with_deadline(5ms, [&] { return call(plugin, "spin"); }).error().code, ErrorCode::timeout);
}

}  // namespace
}  // namespace tenon::e2e
