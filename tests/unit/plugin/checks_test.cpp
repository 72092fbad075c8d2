// What the host and the plugin think of one another, checked as early as it can be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "unit/plugin/loaded.hpp"

namespace tenon::plugin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Not at the first call, which may come late.
TEST(PluginChecks, ExportsThatTheHostNamesAreCheckedAtLoad) {
  for (const auto& options :
       {PluginOptions{}.transform_function("transfrom"), PluginOptions{}.init_function("start")}) {
    const auto missing = Plugin::load(strings(), options);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::unknown_export);
    EXPECT_EQ(missing.error().phase, Phase::instantiate);
  }
  const auto wrong = Plugin::load(strings(), PluginOptions{}.transform_function("swallow"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::signature_mismatch);
  EXPECT_THAT(wrong.error().message, HasSubstr("(i32, i32) -> i32"));
  EXPECT_TRUE(Plugin::load(strings(), PluginOptions{}.transform_function("transform").init_function("init")));
}

TEST(PluginChecks, ExportsThatNobodyNamesMayBeMissing) {
  const tests::Guest guest(R"((module (memory (export "memory") 1)))");
  auto plugin = load(guest.module());
  EXPECT_FALSE(plugin.execute("key", "payload"));
}

// It takes an address and a length, perhaps, and would get two addresses.
TEST(PluginChecks, ATransformThatReturnsNothingTakesNoTexts) {
  const tests::Guest guest(assemblyscript_guest(R"((func (export "raw") (param i32 i32)))"),
                           {.optimization_level = 0});
  const auto plugin = Plugin::load(guest.module(), PluginOptions{}.transform_function("raw"));
  ASSERT_FALSE(plugin);
  EXPECT_EQ(plugin.error().code, ErrorCode::signature_mismatch);
  EXPECT_THAT(plugin.error().message, HasSubstr("\"raw\" has type (i32, i32) -> () and returns no text"));
}

// Both would be garbled texts and success: AssemblyScript does not check what it gets.
TEST(PluginChecks, ATextOfAnotherTypeThanWasGuessedIsAnError) {
  const char* const kOther = R"((func (export "other") (param i32) (result i32)
      (i32.store (i32.sub (local.get 0) (i32.const 8)) (i32.const CLASS)) (local.get 0)))";
  const auto with_class = [&](const char* number) {
    return std::string(kOther).replace(std::string_view(kOther).find("CLASS"), 5, number);
  };
  const tests::Guest takes_strings(array_buffer_guest(with_class("2")), {.optimization_level = 0});
  auto plugin = load(takes_strings.module());
  auto error = call(plugin, "other", "text").error();
  EXPECT_EQ(error.code, ErrorCode::protocol);
  EXPECT_THAT(error.message, HasSubstr("other returned a String, but its arguments were ArrayBuffers"));
  EXPECT_THAT(error.message, HasSubstr("text_type"));
  EXPECT_TRUE(plugin.execute("key", "it stays usable"));

  const tests::Guest takes_buffers(assemblyscript_guest(with_class("1")), {.optimization_level = 0});
  plugin = load(takes_buffers.module());
  error = call(plugin, "other", "text").error();
  EXPECT_EQ(error.code, ErrorCode::protocol);
  EXPECT_THAT(error.message, HasSubstr("other returned an ArrayBuffer, but its arguments were Strings"));

  // Who says what the arguments are may get either.
  plugin = load(takes_buffers.module(), PluginOptions{}.assemblyscript({.text_type = TextType::string}));
  EXPECT_EQ(call(plugin, "other", "text").value(), std::string_view("t\0e\0x\0t\0", 8));
}

TEST(PluginChecks, InitSaysNoByZero) {
  const tests::Guest guest(assemblyscript_guest(R"(
      (func (export "no") (param i32) (result i32) (i32.const 0))
      (func (export "yes") (param i32) (result i32) (i32.const 1))
      (func (export "text") (param i32) (result i32) (local.get 0)))"),
                           {.optimization_level = 0});
  for (const char* name : {"yes", "text", "init"})
    EXPECT_TRUE(load(guest.module(), PluginOptions{}.init_function(name)).init("config")) << name;
  auto plugin = load(guest.module(), PluginOptions{}.init_function("no"));
  const auto done = plugin.init("config");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::protocol);
  EXPECT_THAT(done.error().message, HasSubstr("no returned 0 (false or null)"));
  EXPECT_TRUE(plugin.execute("key", "it stays usable"));
}

TEST(PluginChecks, FunctionsThatThePluginDoesNotImportAreOneWarning) {
  Lines lines;
  const auto nothing = [] {};
  auto plugin = load(strings(), PluginOptions{}
                                    .log(into(lines))
                                    .host_function("env", "sead", nothing)
                                    .host_function("wasi_snapshot_preview1", "fd_wirte", nothing)
                                    .host_function("custom", "\x1B[2J", nothing)
                                    .host_function("env", "seed", [] { return 1.0; }));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].first, LogStream::warning);
  EXPECT_EQ(lines[0].second,
            "the plugin does not import these functions of the host: \"custom\".\"\\x1B[2J\", "
            "\"env\".\"sead\", \"wasi_snapshot_preview1\".\"fd_wirte\" (did you mean "
            "\"wasi_snapshot_preview1\".\"fd_write\"?)");
}

TEST(PluginChecks, FunctionsThatThePluginImportsAreNoWarning) {
  Lines lines;
  auto plugin =
      load(strings(), PluginOptions{}.log(into(lines)).host_function("env", "seed", [] { return 1.0; }));
  EXPECT_THAT(lines, ElementsAre());
}

}  // namespace
}  // namespace tenon::plugin
