// Isolation::fresh_each_call: each call starts from the state after init, and costs itself alone.
#include <chrono>
#include <cstring>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// Takes texts as ArrayBuffers, from an allocator that never frees. The first byte of the
// payload says what transform does; it answers with the number of calls that it remembers.
constexpr char kGuest[] = R"((module
  (import "env" "host" (func $host))
  (memory (export "memory") 1 64)
  (table $table 2 100 funcref)
  (elem declare func $spin)
  (global $top (mut i32) (i32.const 1024))
  (global $calls (mut i32) (i32.const 48))
  (global $secret (mut i64) (i64.const 0))
  (func $allocate (export "malloc") (param $size i32) (result i32) (local $pointer i32)
    (local.set $pointer (i32.add (global.get $top) (i32.const 8)))
    (global.set $top (i32.and (i32.add (i32.add (local.get $pointer) (local.get $size)) (i32.const 7)) (i32.const -8)))
    (i32.store (i32.sub (local.get $pointer) (i32.const 8)) (i32.const 1))
    (i32.store (i32.sub (local.get $pointer) (i32.const 4)) (local.get $size))
    (local.get $pointer))
  (func $spin (loop $again (br $again)))
  (func (export "init") (param $config i32)
    (if (i32.eq (i32.load8_u (local.get $config)) (i32.const 33)) (then (global.set $calls (i32.const 57)) unreachable))
    (global.set $calls (i32.load8_u (local.get $config))))
  (func (export "transform") (param $key i32) (param $payload i32) (result i32) (local $what i32) (local $answer i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (local.set $what (i32.load8_u (local.get $payload)))
    (if (i32.eq (local.get $what) (i32.const 116)) (then unreachable))                                  ;; t
    (if (i32.eq (local.get $what) (i32.const 115)) (then (call $spin)))                                 ;; s
    (if (i32.eq (local.get $what) (i32.const 104)) (then (call $host)))                                 ;; h
    (if (i32.eq (local.get $what) (i32.const 119)) (then                                                ;; w
      (i64.store (i32.const 256) (i64.const 0x7465726365730000))
      (i64.store (i32.const 65528) (i64.const 0x7465726365730000))
      (drop (memory.grow (i32.const 2)))
      (i64.store (i32.const 196000) (i64.const 0x7465726365730000))
      (global.set $secret (i64.const 0x7465726365730000))
      (table.set $table (i32.const 1) (ref.func $spin))
      (drop (table.grow $table (ref.func $spin) (i32.const 10)))))
    (local.set $answer (call $allocate (i32.const 1)))
    (i32.store8 (local.get $answer) (global.get $calls))
    (if (i32.eq (local.get $what) (i32.const 114)) (then                                                ;; r
      (if (i64.ne (i64.load (i32.const 256)) (i64.const 0)) (then (i32.store8 (local.get $answer) (i32.const 77))))
      (if (i64.ne (i64.load (i32.const 65528)) (i64.const 0)) (then (i32.store8 (local.get $answer) (i32.const 77))))
      (if (i32.ne (memory.size) (i32.const 1)) (then (i32.store8 (local.get $answer) (i32.const 80))))
      (drop (memory.grow (i32.const 2)))
      (if (i64.ne (i64.load (i32.const 196000)) (i64.const 0)) (then (i32.store8 (local.get $answer) (i32.const 71))))
      (if (i64.ne (global.get $secret) (i64.const 0)) (then (i32.store8 (local.get $answer) (i32.const 83))))
      (if (i32.eqz (ref.is_null (table.get $table (i32.const 1)))) (then (i32.store8 (local.get $answer) (i32.const 84))))
      (if (i32.ne (table.size $table) (i32.const 2)) (then (i32.store8 (local.get $answer) (i32.const 84))))))
    (local.get $answer)))
)";

class Isolated : public testing::TestWithParam<bool> {
 protected:
  Isolated() : guest_(kGuest, {.resettable = GetParam()}) {}

  static PluginOptions options() {
    return PluginOptions{}
        .isolation(Isolation::fresh_each_call)
        .timeout(50ms)
        .host_function("env", "host", []() -> std::expected<void, Error> { throw std::runtime_error("no"); });
  }
  Plugin load(const PluginOptions& options) {
    auto plugin = Plugin::load(guest_.module(), options);
    if (!plugin) throw std::runtime_error(to_string(plugin.error()));
    return std::move(*plugin);
  }

  tests::Guest guest_;
};

TEST_P(Isolated, ForgetsEachCall) {
  Plugin plugin = load(options());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(plugin.execute("key", "x"), "1");
  Plugin sharing = load(options().isolation(Isolation::shared_state));
  EXPECT_EQ(sharing.execute("key", "x"), "1");
  EXPECT_EQ(sharing.execute("key", "x"), "2");
}

TEST_P(Isolated, StartsFromTheStateAfterInit) {
  Plugin plugin = load(options());
  EXPECT_EQ(plugin.execute("key", "x"), "1");
  ASSERT_TRUE(plugin.init("5"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(plugin.execute("key", "x"), "6");
  // One that fails leaves nothing.
  const auto failed = plugin.init("!");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::trap);
  EXPECT_EQ(plugin.execute("key", "x"), "6");
}

TEST_P(Isolated, FindsNoSecretOfACallBefore) {
  Plugin plugin = load(options());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(plugin.execute("key", "w"), "1");
    EXPECT_EQ(plugin.execute("key", "r"), "1");
  }
}

TEST_P(Isolated, AnErrorCostsItsCallAlone) {
  Plugin plugin = load(options());
  const std::pair<const char*, ErrorCode> faults[] = {
      {"t", ErrorCode::trap}, {"s", ErrorCode::timeout}, {"h", ErrorCode::host_error}};
  for (int round = 0; round < 3; ++round) {
    for (const auto& [payload, code] : faults) {
      const auto failed = plugin.execute("key", payload);
      ASSERT_FALSE(failed);
      EXPECT_EQ(failed.error().code, code);
      EXPECT_EQ(plugin.execute("key", "r"), "1");
    }
  }
}

TEST_P(Isolated, UndoesWhatTheHostDidInBetween) {
  Plugin plugin = load(options());
  const Memory memory = *plugin.instance().memory();
  memory.data()[256] = 7;
  EXPECT_EQ(plugin.execute("key", "r"), "1");
  memory.view(65528, 1).value()[0] = 7;
  EXPECT_EQ(plugin.execute("key", "r"), "1");
}

TEST_P(Isolated, ManyCallsLeaveNothing) {
  Plugin plugin = load(options());
  const std::uint64_t before = plugin.memory_size();
  const std::string payload = "x" + std::string(3000, 'y');
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(plugin.execute("key", payload), "1");
  EXPECT_EQ(plugin.memory_size(), before);
}

TEST_P(Isolated, APluginOfASnapshotHasHadItsInit) {
  Plugin plugin = load(options());
  ASSERT_TRUE(plugin.init("3"));
  const auto snapshot = plugin.instance().snapshot();
  ASSERT_TRUE(snapshot);
  for (const Isolation isolation : {Isolation::fresh_each_call, Isolation::shared_state}) {
    auto copy = Plugin::load(*snapshot, options().isolation(isolation));
    ASSERT_TRUE(copy) << to_string(copy.error());
    EXPECT_EQ(copy->execute("key", "x"), "4");
    EXPECT_EQ(copy->execute("key", "x"), isolation == Isolation::fresh_each_call ? "4" : "5");
  }
  EXPECT_EQ(plugin.execute("key", "x"), "4");
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutMarks, Isolated, testing::Bool(),
                         [](const auto& info) { return info.param ? "Resettable" : "Plain"; });

TEST(Isolation, AHostFunctionMayDestroyThePluginInItsInit) {
  const tests::Guest guest(R"((module (import "env" "host" (func $host)) (memory (export "memory") 1)
    (func (export "malloc") (param i32) (result i32)
      (i32.store (i32.const 56) (i32.const 1)) (i32.store (i32.const 60) (local.get 0)) (i32.const 64))
    (func (export "init") (param i32) (call $host))))");
  std::optional<Plugin> plugin;
  auto options = PluginOptions{}.isolation(Isolation::fresh_each_call).host_function("env", "host", [&] {
    plugin.reset();
  });
  plugin = std::move(*Plugin::load(guest.module(), options));
  static_cast<void>(plugin->init("config"));
  EXPECT_FALSE(plugin);
}

TEST(Isolation, IsRefusedForStateThatNobodyCanHold) {
  const tests::Guest guest("(module (memory (export \"memory\") 1 1 shared))");
  const auto refused = Plugin::load(guest.module(), PluginOptions{}.isolation(Isolation::fresh_each_call));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("shared memory"));
}

}  // namespace
}  // namespace tenon::e2e
