// Plugins that lie: each pointer and header that the protocol relies on, wrong.
// None of it may harm the host, and an error that the host found by itself
// leaves the plugin usable.
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

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
  write_header(kMemorySize, kString, 0);
  EXPECT_EQ(plugin_.execute("key", "payload").value(), "");
}

TEST_F(HostilePluginTest, NullIsNoText) {
  const std::string_view text = "text";
  EXPECT_THAT(plugin_.call("null", {&text, 1}).error().message, HasSubstr("null returned null"));
}

TEST_F(HostilePluginTest, AbortWithBadPointersStillTells) {
  const auto abort = plugin_.instance().function<void(std::uint32_t)>("abort").value();
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

TEST(HostileGuestTest, OutOfMemoryIsAnError) {
  auto plugin = Plugin::load(guest(), PluginOptions{}.memory_limit(2 * kMemorySize)).value();
  const std::string large(1 << 20, 'x');
  EXPECT_EQ(plugin.execute("key", large).error().code, ErrorCode::trap);
  EXPECT_EQ(plugin.execute("key", "").error().code, ErrorCode::poisoned);
}

std::expected<Plugin, Error> load_text(std::string_view text, const PluginOptions& options = {}) {
  const tests::Guest module(text, {.optimization_level = 0});
  return Plugin::load(module.module(), options);
}

TEST(HostileGuestTest, RuntimeFunctionsOfOtherTypesAreRefusedAtLoad) {
  for (const char* function :
       {R"((func (export "malloc") (param i64) (result i32) (i32.const 0)))",
        R"((func (export "__new") (param i32) (result i32) (i32.const 0)))",
        R"((func (export "__pin") (param i32)))", R"((global (export "__collect") i32 (i32.const 0)))"}) {
    const auto plugin = load_text("(module (memory (export \"memory\") 1)" + std::string(function) + ")");
    ASSERT_FALSE(plugin) << function;
    EXPECT_EQ(plugin.error().code, ErrorCode::signature_mismatch) << function;
    EXPECT_THAT(plugin.error().message, HasSubstr("AssemblyScript"));
  }
}

TEST(HostileGuestTest, TheOnlyMemoryMayHaveAnotherName) {
  EXPECT_TRUE(load_text(R"((module (memory (export "heap") 1)))"));
}

TEST(HostileGuestTest, WithoutAMemoryThereAreNoTexts) {
  const auto plugin = load_text("(module)");
  ASSERT_FALSE(plugin);
  EXPECT_EQ(plugin.error().code, ErrorCode::protocol);
}

TEST(HostileGuestTest, WithoutAnAllocatorTheErrorSaysWhatToDo) {
  auto plugin = load_text(R"((module (memory (export "memory") 1) (func (export "init") (param i32))))");
  EXPECT_THAT(plugin->init("config").error().message, HasSubstr("--exportRuntime"));
}

TEST(HostileGuestTest, AnAbortOfAnotherTypeIsTheUsersToDefine) {
  constexpr char kText[] = R"((module (import "env" "abort" (func)) (memory (export "memory") 1)))";
  EXPECT_EQ(load_text(kText).error().code, ErrorCode::unknown_import);
  EXPECT_TRUE(load_text(kText, PluginOptions{}.host_function("env", "abort", [] {})));
}

}  // namespace
}  // namespace tenon::plugin
