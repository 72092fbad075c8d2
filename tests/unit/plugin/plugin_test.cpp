// Plugins that behave: texts, logs, collection, start, and what errors say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "unit/plugin/loaded.hpp"

namespace tenon::plugin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::int32_t global(const Plugin& plugin, std::string_view name) {
  return std::get<Global>(*plugin.instance().find_export(name)).get().i32();
}

const std::string_view kTexts[] = {"",          "a",         "plain ASCII",
                                   "Grüß Gott", "👋 日本語", std::string_view("a\0b", 3)};

TEST(PluginTest, StringsComeBackAsTheyWent) {
  auto plugin = load(strings());
  ASSERT_TRUE(plugin.init("config"));
  for (const auto text : kTexts) EXPECT_EQ(plugin.execute("key", text).value(), text);
}

TEST(PluginTest, BuffersComeBackAsTheyWent) {
  auto plugin = load(buffers());
  ASSERT_TRUE(plugin.init("config"));
  for (const auto text : kTexts) EXPECT_EQ(plugin.execute("key", text).value(), text);
  EXPECT_EQ(plugin.execute("key", "\xFF\xC0 bytes").value(), "\xFF\xC0 bytes");
}

TEST(PluginTest, IllFormedUtf8ReachesAStringAsReplacementCharacters) {
  auto plugin = load(strings());
  EXPECT_EQ(plugin.execute("key", "a\xFF z").value(), "a\uFFFD z");
}

TEST(PluginTest, AMissingConsoleTellsHowToGetOne) {
  const tests::Guest guest(
      R"((module (import "env" "console.log" (func (param i32))) (memory (export "memory") 1)))");
  const auto plugin = Plugin::load(guest.module(), {});
  ASSERT_FALSE(plugin);
  EXPECT_EQ(plugin.error().code, ErrorCode::unknown_import);
  EXPECT_THAT(plugin.error().message, HasSubstr("console needs @assemblyscript/wasi-shim"));
}

TEST(PluginTest, ALoneSurrogateComesOutAsReplacementCharacter) {
  auto plugin = load(strings());
  ASSERT_EQ(plugin.execute("key", "xyz").value(), "xyz");
  // The last object of the guest is that payload; see guests.hpp.
  const auto memory = plugin.instance().memory()->data();
  const std::uint32_t answer = 2048;
  const std::uint32_t header[] = {2, 4};
  const char16_t units[] = {u'a', 0xD800};
  std::memcpy(memory.data() + answer - 8, header, sizeof header);
  std::memcpy(memory.data() + answer, units, sizeof units);
  ASSERT_TRUE(std::get<Global>(*plugin.instance().find_export("answer")).set(Value::from_i32(answer)));
  EXPECT_EQ(plugin.execute("key", "").value(), "a\uFFFD");
}

TEST(PluginTest, TextTypeCanBeChosen) {
  auto plugin = load(buffers(), PluginOptions{}.assemblyscript({.text_type = TextType::string}));
  EXPECT_EQ(plugin.execute("key", "a\xFF").value(), "a\uFFFD");
  plugin = load(strings(), PluginOptions{}.assemblyscript({.text_type = TextType::array_buffer}));
  EXPECT_EQ(plugin.execute("key", "a\xFF").value(), "a\xFF");
}

TEST(PluginTest, LargeTextsMakeTheMemoryGrow) {
  auto plugin = load(buffers());
  const std::string text(1 << 20, 'x');
  const auto before = plugin.memory_size();
  EXPECT_EQ(plugin.execute(text, text).value(), text);
  EXPECT_GT(plugin.memory_size(), before);
}

TEST(PluginTest, TheResultBufferIsUsedAgain) {
  auto plugin = load(strings());
  std::string result(1000, 'x');
  ASSERT_TRUE(plugin.execute("key", "short", result));
  EXPECT_EQ(result, "short");
}

// A string that grows a little doubles its room, which is not its size.
TEST(PluginTest, ResultsOfEverySizeAreWhole) {
  auto plugin = load(buffers());
  for (std::size_t size = 0; size < 100; ++size) {
    const std::string text(size, 'x');
    std::string grown = "a";
    ASSERT_TRUE(plugin.execute("key", text, grown));
    EXPECT_EQ(grown, text);
  }
}

TEST(PluginTest, CallsAnyExport) {
  auto plugin = load(strings());
  EXPECT_EQ(call(plugin, "swallow", "text").value(), "");
  EXPECT_EQ(plugin.call("third", std::to_array<std::string_view>({"a", "b", "c"})).value(), "c");
  const std::vector<std::string_view> many(17);
  EXPECT_EQ(plugin.call("third", many).error().code, ErrorCode::signature_mismatch);
}

TEST(PluginTest, AMissingExportIsNamedWithWhatThereIs) {
  auto plugin = load(strings());
  const auto error = call(plugin, "transfrom", "text").error();
  EXPECT_EQ(error.code, ErrorCode::unknown_export);
  EXPECT_THAT(error.message, HasSubstr("transfrom"));
  EXPECT_THAT(error.message, HasSubstr("init"));
  EXPECT_TRUE(plugin.init("the rest still works"));
}

TEST(PluginTest, ArgumentsArePinnedWhileTheNextIsAllocated) {
  auto plugin = load(strings());
  ASSERT_TRUE(plugin.execute("key", "payload"));
  EXPECT_EQ(global(plugin, "pins"), 0);
  EXPECT_EQ(global(plugin, "most_pins"), 1);
}

TEST(PluginTest, CollectsByPolicy) {
  auto every = load(strings());
  auto third = load(strings(), PluginOptions{}.assemblyscript({.collect = CollectPolicy::every(3)}));
  auto never = load(strings(), PluginOptions{}.assemblyscript({.collect = CollectPolicy::never()}));
  for (int i = 0; i < 7; ++i) {
    for (auto* plugin : {&every, &third, &never}) ASSERT_TRUE(plugin->execute("key", "payload"));
  }
  EXPECT_EQ(global(every, "collected"), 7);
  EXPECT_EQ(global(third, "collected"), 2);
  EXPECT_EQ(global(never, "collected"), 0);
  ASSERT_TRUE(never.collect());
  EXPECT_EQ(global(never, "collected"), 1);
}

TEST(PluginTest, CollectsOnGrowth) {
  auto plugin = load(strings(), PluginOptions{}.assemblyscript({.collect = CollectPolicy::on_growth()}));
  ASSERT_TRUE(plugin.execute("key", "small"));
  EXPECT_EQ(global(plugin, "collected"), 0);
  ASSERT_TRUE(plugin.execute("key", std::string(200'000, 'x')));
  EXPECT_EQ(global(plugin, "collected"), 1);
  ASSERT_TRUE(plugin.execute("key", "small"));
  EXPECT_EQ(global(plugin, "collected"), 1);
}

TEST(PluginTest, OutputGoesToTheLogLineByLine) {
  std::vector<std::string> lines;
  auto plugin = load(
      buffers(), PluginOptions{}.log([&](LogStream, std::string_view line) { lines.emplace_back(line); }));
  ASSERT_TRUE(call(plugin, "print", "one\ntwo\n\nunfinished"));
  EXPECT_THAT(lines, ElementsAre("one", "two", "", "unfinished"));
}

TEST(PluginTest, TraceGoesToTheLog) {
  std::vector<std::pair<LogStream, std::string>> lines;
  auto plugin = load(strings(), PluginOptions{}.log([&](LogStream stream, std::string_view line) {
    lines.emplace_back(stream, line);
  }));
  ASSERT_TRUE(call(plugin, "trace", "value"));
  EXPECT_THAT(lines, ElementsAre(std::pair(LogStream::trace, std::string("value 1.5, -2"))));
}

TEST(PluginTest, AnExitTellsTheLastWords) {
  auto plugin = load(buffers());
  const auto error = call(plugin, "complain", "it broke\n").error();
  EXPECT_EQ(error.code, ErrorCode::exit);
  EXPECT_EQ(error.exit_status, 255);
  EXPECT_THAT(error.message, HasSubstr("it broke"));
}

TEST(PluginTest, AbortTellsWhatAndWhere) {
  auto plugin = load(strings());
  const auto error = call(plugin, "abort", "file.ts").error();
  EXPECT_EQ(error.code, ErrorCode::guest_abort);
  EXPECT_EQ(error.message, "abort: file.ts at file.ts:3:14");
}

TEST(PluginTest, TheUsersAbortWins) {
  int aborts = 0;
  auto plugin =
      load(strings(),
           PluginOptions{}.host_function(
               "env", "abort", [&](std::int32_t, std::int32_t, std::int32_t, std::int32_t) { ++aborts; }));
  EXPECT_TRUE(call(plugin, "abort", "file.ts"));
  EXPECT_EQ(aborts, 1);
}

TEST(PluginTest, ATrapPoisons) {
  auto plugin = load(strings());
  EXPECT_EQ(call(plugin, "trap", "").error().code, ErrorCode::trap);
  const auto error = plugin.execute("key", "payload").error();
  EXPECT_EQ(error.code, ErrorCode::poisoned);
  EXPECT_THAT(error.message, HasSubstr("loaded anew"));
}

// By the WASI shim a program that throws exits, and is no other case for that.
TEST(PluginTest, AnAbortThatIsPrintedIsAnAbort) {
  auto plugin = load(buffers());
  const auto error = call(plugin, "complain", "abort: no in assembly/index.ts(3:14)\n").error();
  EXPECT_EQ(error.code, ErrorCode::guest_abort);
  EXPECT_EQ(error.exit_status, 255);
  EXPECT_THAT(error.message, HasSubstr("abort: no in assembly/index.ts(3:14)"));
}

TEST(PluginTest, WhatTheLogThrowsFailsTheCallAndNotThePlugin) {
  auto plugin = load(buffers(), PluginOptions{}.log([](LogStream, std::string_view line) {
    if (line == "bad") throw std::runtime_error("disk full");
  }));
  const auto failed = call(plugin, "print", "bad\n");
  EXPECT_EQ(failed.error().code, ErrorCode::host_error);
  EXPECT_THAT(failed.error().message, HasSubstr("the log callback threw: disk full"));
  EXPECT_TRUE(call(plugin, "print", "good\n"));
}

// One owner of "is it dead", the instance: also a call that goes past the plugin counts.
TEST(PluginTest, ATrapInACallOfItsInstancePoisonsToo) {
  auto plugin = load(strings());
  EXPECT_FALSE(plugin.instance().function("trap")->call(std::array{Value::from_i32(0)}));
  EXPECT_TRUE(plugin.instance().poisoned());
  EXPECT_EQ(plugin.execute("key", "payload").error().code, ErrorCode::poisoned);
  EXPECT_EQ(plugin.collect().error().code, ErrorCode::poisoned);
}

// All calls of the guest that a text function takes are one activation: a trap
// in any of them ends it there, tells where, and leaks nothing of the texts.
TEST(PluginTest, ATrapInAnyOfTheRuntimesFunctionsStopsThePlugin) {
  const std::string_view functions[] = {"new", "pin", "unpin", "collect"};
  for (std::int32_t which = 1; which <= 4; ++which) {
    auto plugin = load(strings());
    const auto trap_in = std::get<Global>(*plugin.instance().find_export("trap_in"));
    ASSERT_TRUE(trap_in.set(Value::from_i32(which)));
    const auto error = plugin.execute("日本語", std::string(100, 'a') + "ü").error();
    EXPECT_EQ(error.code, ErrorCode::trap);
    EXPECT_EQ(error.trap, TrapCode::unreachable);
    ASSERT_GE(error.backtrace.size(), 2u);
    EXPECT_EQ(error.backtrace[1].function_name, functions[which - 1]);
    EXPECT_EQ(plugin.execute("key", "payload").error().code, ErrorCode::poisoned);
  }
}

constexpr char kStart[] = R"((func (export "_start") (call $proc_exit (i32.const STATUS))))";

std::string start_with(std::string_view status) {
  std::string text = kStart;
  return assemblyscript_guest(text.replace(text.find("STATUS"), 6, status));
}

TEST(PluginTest, ExitZeroInStartIsSuccess) {
  const tests::Guest guest(start_with("0"), {.optimization_level = 0});
  auto plugin = load(guest.module());
  EXPECT_EQ(plugin.execute("key", "payload").value(), "payload");
}

TEST(PluginTest, AnotherExitInStartFailsTheLoad) {
  const tests::Guest guest(start_with("3"), {.optimization_level = 0});
  EXPECT_EQ(Plugin::load(guest.module()).error().exit_status, 3);
}

TEST(PluginTest, AHostFunctionMustNotCallThePluginThatCallsIt) {
  Plugin* inner = nullptr;
  std::optional<ErrorCode> code;
  auto plugin =
      load(strings(), PluginOptions{}.host_function(
                          "env", "abort", [&](std::int32_t, std::int32_t, std::int32_t, std::int32_t) {
                            code = inner->execute("key", "payload").error().code;
                          }));
  inner = &plugin;
  EXPECT_TRUE(call(plugin, "abort", "again"));
  EXPECT_EQ(code, ErrorCode::invalid_argument);
  EXPECT_TRUE(plugin.execute("key", "payload"));
}

}  // namespace
}  // namespace tenon::plugin
