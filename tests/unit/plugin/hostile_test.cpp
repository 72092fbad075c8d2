// Plugins that lie: each pointer and header that the protocol relies on, wrong.
// None of it may harm the host, and an error that the host found by itself
// leaves the plugin usable.
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "plugin/assemblyscript/assemblyscript.hpp"
#include "support/wat.hpp"
#include "unit/plugin/guests.hpp"

namespace tenon::plugin {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kMemorySize = 65536;
constexpr std::uint32_t kArrayBuffer = 1, kString = 2;

const Module& guest() {
  static const tests::Guest kGuest(array_buffer_guest(), {.optimization_level = 0});
  return kGuest.module();
}

class HostilePluginTest : public testing::Test {
 protected:
  HostilePluginTest() : plugin_(Plugin::load(guest()).value()) {}

  void set(std::string_view name, std::uint32_t value) {
    const auto global = std::get<Global>(*plugin_.instance().find_export(name));
    ASSERT_TRUE(global.set(Value::from_i32(static_cast<std::int32_t>(value))));
  }
  std::int32_t get(std::string_view name) {
    return std::get<Global>(*plugin_.instance().find_export(name)).get().i32();
  }
  void write_header(std::uint32_t pointer, std::uint32_t class_id, std::uint32_t size) {
    const std::uint32_t header[] = {class_id, size};
    std::memcpy(plugin_.instance().memory()->data().data() + pointer - 8, header, sizeof header);
  }
  ErrorCode execute() {
    const auto result = plugin_.execute("key", "payload");
    return result ? ErrorCode::internal : result.error().code;
  }
  std::string message() { return plugin_.execute("key", "payload").error().message; }

  Plugin plugin_;
};

TEST_F(HostilePluginTest, AllocationsOutsideTheMemoryAreRefused) {
  for (const std::uint32_t pointer : {1u, 7u, kMemorySize + 1, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu}) {
    set("lie", pointer);
    EXPECT_EQ(execute(), ErrorCode::protocol) << pointer;
    EXPECT_THAT(message(), HasSubstr("malloc returned a pointer outside"));
  }
  set("lie", 0);
  EXPECT_EQ(plugin_.execute("key", "still works").value(), "still works");
}

TEST_F(HostilePluginTest, AllocationsAtTheEndMustHaveTheirRoom) {
  const std::uint32_t pointer = kMemorySize - 4;
  set("lie", pointer);
  write_header(pointer, kArrayBuffer, 100);
  EXPECT_THAT(message(), HasSubstr("reach outside"));
  write_header(pointer, kArrayBuffer, 0xFFFFFFFF);
  EXPECT_THAT(message(), HasSubstr("reach outside"));
  write_header(pointer, kArrayBuffer, 4);  // true, but "payload" is longer
  EXPECT_EQ(execute(), ErrorCode::protocol);
}

TEST_F(HostilePluginTest, AllocationsOfAnotherClassAreRefused) {
  set("lie", 4096);
  for (const std::uint32_t class_id : {0u, kString, 3u, 0xFFFFFFFFu}) {
    write_header(4096, class_id, 100);
    EXPECT_EQ(execute(), ErrorCode::protocol) << class_id;
  }
}

TEST_F(HostilePluginTest, AFailingSecondAllocationReleasesTheFirst) {
  set("lie_from", static_cast<std::uint32_t>(get("allocations")) + 1);
  set("lie", 0xFFFFFFF0);
  EXPECT_EQ(execute(), ErrorCode::protocol);
  EXPECT_EQ(get("most_pins"), 1);
  EXPECT_EQ(get("pins"), 0);
}

TEST_F(HostilePluginTest, ResultsOutsideTheMemoryAreRefused) {
  for (const std::uint32_t pointer : {1u, 7u, kMemorySize + 1, 0x80000000u, 0xFFFFFFFFu}) {
    set("answer", pointer);
    EXPECT_EQ(execute(), ErrorCode::protocol) << pointer;
    EXPECT_THAT(message(), HasSubstr("transform returned a pointer outside"));
  }
}

TEST_F(HostilePluginTest, ResultsWhoseHeadersLieAreRefused) {
  set("answer", 4096);
  write_header(4096, kArrayBuffer, kMemorySize - 4096 + 1);
  EXPECT_EQ(execute(), ErrorCode::protocol);
  write_header(4096, kArrayBuffer, 0xFFFFFFFF);
  EXPECT_EQ(execute(), ErrorCode::protocol);
  write_header(4096, kString, 5);
  EXPECT_THAT(message(), HasSubstr("odd number of bytes"));
  write_header(4096, 7, 4);
  EXPECT_THAT(message(), HasSubstr("class 7"));
  write_header(4096, kArrayBuffer, kMemorySize - 4096);
  EXPECT_EQ(plugin_.execute("key", "payload").value().size(), kMemorySize - 4096);
}

TEST_F(HostilePluginTest, AnEmptyObjectAtTheVeryEndIsGood) {
  set("answer", kMemorySize);
  write_header(kMemorySize, kArrayBuffer, 0);
  EXPECT_EQ(plugin_.execute("key", "payload").value(), "");
}

TEST_F(HostilePluginTest, NullIsNoText) {
  const std::string_view text = "text";
  EXPECT_THAT(plugin_.call("null", {&text, 1}).error().message, HasSubstr("null returned null"));
}

TEST_F(HostilePluginTest, AbortWithBadPointersStillTells) {
  // By a store that calls on: an instance of the plugin's would be poisoned.
  const tests::Guest guest(assemblyscript_guest(), {.optimization_level = 0});
  Store store({.poison_after_trap = false});
  Imports imports;
  imports.unknown(UnknownImports::zero);
  assemblyscript::add_imports(imports, guest.module(), nullptr);
  const auto instance = store.instantiate(guest.module(), imports).value();
  const auto abort = instance.function<void(std::uint32_t)>("abort").value();
  const Memory memory = instance.memory().value();
  const auto write_header = [&](std::uint32_t pointer, std::uint32_t class_id, std::uint32_t size) {
    const std::uint32_t header[] = {class_id, size};
    std::memcpy(memory.view(pointer - 8, 8)->data(), header, 8);
  };
  for (const std::uint32_t pointer : {1u, 8u, kMemorySize - 1, kMemorySize, kMemorySize + 8, 0xFFFFFFFFu}) {
    const auto error = abort(pointer).error();
    EXPECT_EQ(error.code, ErrorCode::guest_abort);
    EXPECT_THAT(error.message, HasSubstr("bad pointer"));
  }
  EXPECT_EQ(abort(0).error().message, "abort: (null)");
  write_header(4096, kString, 0xFFFFFFFE);
  EXPECT_THAT(abort(4096).error().message, HasSubstr("bad pointer"));
  write_header(4096, kString, 60000);
  EXPECT_LT(abort(4096).error().message.size(), 20000u);
}

// All that the guest says of it is a trap in its allocator.
TEST(HostileGuestTest, AMemoryLimitThatWasMetIsNamed) {
  const tests::Guest guest(assemblyscript_guest(), {.optimization_level = 0});
  auto plugin = Plugin::load(guest.module(), PluginOptions{}.memory_limit(2 << 16)).value();
  const auto error = plugin.execute("key", std::string(1 << 17, 'x')).error();
  EXPECT_EQ(error.code, ErrorCode::out_of_resources);
  EXPECT_EQ(error.trap, TrapCode::unreachable);
  EXPECT_FALSE(error.backtrace.empty());
  EXPECT_THAT(error.message, HasSubstr("out of memory: it asked for more than the limit of 131072 bytes"));
  EXPECT_THAT(error.message, HasSubstr("memory_limit"));
  EXPECT_EQ(plugin.execute("key", "").error().code, ErrorCode::poisoned);
}

// What may be refused, and how a guest may end after it.
class RefusedGrowth : public testing::Test {
 protected:
  static constexpr char kGuest[] = R"(
    (table $own 1 5 funcref)
    (table $any 1 funcref)
    (memory $small 1 2)
    (func (export "whole_memory") (param i32) (result i32)
      (drop (memory.grow (i32.const 100))) unreachable)
    (func (export "own_memory") (param i32) (result i32)
      (drop (memory.grow $small (i32.const 2))) unreachable)
    (func (export "table") (param i32) (result i32)
      (drop (table.grow $any (ref.null func) (i32.const 101))) unreachable)
    (func (export "own_table") (param i32) (result i32)
      (drop (table.grow $own (ref.null func) (i32.const 5))) unreachable)
    (func (export "divide") (param i32) (result i32)
      (drop (memory.grow (i32.const 100))) (i32.div_u (i32.const 1) (i32.const 0)))
    (func (export "recover") (param i32) (result i32)
      (drop (memory.grow (i32.const 100)))
      (if (i32.eq (i32.const -1) (memory.grow (i32.const 1))) (then (return (i32.const 0))))
      unreachable)
    (func (export "ask") (param i32) (drop (memory.grow (i32.const 100))))
    (func (export "stop") (param i32) unreachable))";

  Error error_of(std::string_view function) {
    auto plugin =
        Plugin::load(guest_.module(), PluginOptions{}.memory_limit(10 * kMemorySize).table_limit(100))
            .value();
    const std::string_view text = "text";
    return plugin.call(function, {&text, 1}).error();
  }
  void expect_named(std::string_view function, std::string_view limit) {
    const Error error = error_of(function);
    EXPECT_EQ(error.code, ErrorCode::out_of_resources) << function;
    EXPECT_THAT(error.message, HasSubstr(limit)) << function;
  }
  const tests::Guest guest_{assemblyscript_guest(kGuest), {.optimization_level = 0}};
};

TEST_F(RefusedGrowth, OfEachKindIsNamed) {
  expect_named("whole_memory", "the limit of 655360 bytes (StoreOptions::memory_limit");
  expect_named("own_memory", "the memory's own maximum of 2 pages");
  expect_named("table", "the limit of 100 elements of a table (StoreOptions::table_limit");
  expect_named("own_table", "the table's own maximum of 5 elements");
}

// Want of memory may not be why.
TEST_F(RefusedGrowth, BeforeAnotherTrapIsOnlyMentioned) {
  const Error error = error_of("divide");
  EXPECT_EQ(error.code, ErrorCode::trap);
  EXPECT_THAT(error.message, HasSubstr("before that it asked for more than the limit of 655360 bytes"));
}

TEST_F(RefusedGrowth, ThatSucceededAfterwardsIsForgotten) {
  const Error error = error_of("recover");
  EXPECT_EQ(error.code, ErrorCode::trap);
  EXPECT_EQ(error.message, "trap: unreachable");
}

TEST_F(RefusedGrowth, OfAnEarlierCallIsForgotten) {
  auto plugin = Plugin::load(guest_.module(), PluginOptions{}.memory_limit(10 * kMemorySize)).value();
  const std::string_view text = "text";
  ASSERT_TRUE(plugin.call("ask", {&text, 1}));
  EXPECT_EQ(plugin.call("stop", {&text, 1}).error().code, ErrorCode::trap);
}

TEST_F(RefusedGrowth, WhileLoadingIsNamedToo) {
  const tests::Guest guest(R"((module (memory (export "memory") 1)
    (func (export "_start") (drop (memory.grow (i32.const 100))) unreachable)))");
  const auto plugin = Plugin::load(guest.module(), PluginOptions{}.memory_limit(10 * kMemorySize));
  ASSERT_FALSE(plugin);
  EXPECT_EQ(plugin.error().code, ErrorCode::out_of_resources);
  EXPECT_THAT(plugin.error().message, HasSubstr("StoreOptions::memory_limit"));
}

std::expected<Plugin, Error> load_text(std::string_view text, const PluginOptions& options = {}) {
  const tests::Guest module(text, {.optimization_level = 0});
  return Plugin::load(module.module(), options);
}

// The error is there from the load on, and comes with the first text: a plugin that
// takes numbers alone needs no protocol.
Error error_of_a_text(std::string_view text) {
  auto plugin = load_text(text);
  return plugin ? plugin->init("config").error() : plugin.error();
}

TEST(HostileGuestTest, RuntimeFunctionsOfOtherTypesAreRefused) {
  for (const char* function :
       {R"((func (export "malloc") (param i64) (result i32) (i32.const 0)))",
        R"((func (export "__new") (param i32) (result i32) (i32.const 0)))",
        R"((func (export "__pin") (param i32)))", R"((global (export "__collect") i32 (i32.const 0)))"}) {
    const auto error =
        error_of_a_text("(module (memory (export \"memory\") 1)" + std::string(function) + ")");
    EXPECT_EQ(error.code, ErrorCode::signature_mismatch) << function;
    EXPECT_THAT(error.message, HasSubstr("AssemblyScript"));
  }
}

TEST(HostileGuestTest, TheOnlyMemoryMayHaveAnotherName) {
  EXPECT_TRUE(load_text(R"((module (memory (export "heap") 1)))"));
}

TEST(HostileGuestTest, WithoutAMemoryThereAreNoTexts) {
  const auto error = error_of_a_text("(module)");
  EXPECT_EQ(error.code, ErrorCode::protocol);
  EXPECT_THAT(error.message, HasSubstr("exports no memory"));
}

TEST(HostileGuestTest, OfSeveralMemoriesOneHasToBeNamed) {
  const auto error = error_of_a_text(R"((module (memory (export "a") 1) (memory (export "b") 1)))");
  EXPECT_EQ(error.code, ErrorCode::protocol);
  EXPECT_THAT(error.message, HasSubstr("several memories"));
}

TEST(HostileGuestTest, WithoutAProtocolNumbersStillPass) {
  const auto plugin = load_text(R"((module (func (export "one") (result i32) (i32.const 1))))");
  EXPECT_EQ((*plugin->instance().function<std::int32_t()>("one"))().value(), 1);
  EXPECT_EQ(plugin->memory_size(), 0u);
}

// C's allocator is no AssemblyScript's: what it gives has no header.
TEST(HostileGuestTest, MallocThatComesWithFreeIsNotAssemblyScripts) {
  const auto error = error_of_a_text(R"((module (memory (export "memory") 1)
    (func (export "malloc") (param i32) (result i32) (i32.const 1024)) (func (export "free") (param i32))
    (func (export "init") (param i32))))");
  EXPECT_EQ(error.code, ErrorCode::protocol);
}

// It gets no addresses either: they mean nothing to it.
TEST(HostileGuestTest, AMallocThatGivesPlainBytesIsNotAssemblyScripts) {
  auto plugin = load_text(
      R"((module (memory (export "memory") 1) (global $called (export "called") (mut i32) (i32.const 0))
    (func (export "malloc") (param i32) (result i32) (i32.const 1024))
    (func (export "transform") (param i32 i32) (result i32) (global.set $called (i32.const 1)) (i32.const 64))))");
  const auto error = plugin->execute("key", "payload").error();
  EXPECT_EQ(error.code, ErrorCode::protocol);
  EXPECT_EQ(std::get<Global>(*plugin->instance().find_export("called")).get().i32(), 0);
}

TEST(HostileGuestTest, WithoutAnAllocatorTheErrorSaysWhatToDo) {
  const auto error =
      error_of_a_text(R"((module (memory (export "memory") 1) (func (export "init") (param i32))))");
  EXPECT_THAT(error.message, HasSubstr("--exportRuntime"));
}

TEST(HostileGuestTest, AnAbortOfAnotherTypeIsTheUsersToDefine) {
  constexpr char kText[] = R"((module (import "env" "abort" (func)) (memory (export "memory") 1)))";
  EXPECT_EQ(load_text(kText).error().code, ErrorCode::unknown_import);
  EXPECT_TRUE(load_text(kText, PluginOptions{}.host_function("env", "abort", [] {})));
}

}  // namespace
}  // namespace tenon::plugin
