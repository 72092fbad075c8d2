// Host functions with texts and bytes: what plugins, honest or not, can do with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "unit/plugin/loaded.hpp"

namespace tenon::plugin {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

// `ask(text)` gives the host function's result; `hand(pointer)` passes any pointer.
std::string asking(std::string_view import_type, std::string_view body, bool has_malloc = false) {
  std::string guest = has_malloc ? array_buffer_guest(body) : assemblyscript_guest(body);
  return guest.insert(guest.find("(module") + 7,
                      " (import \"app\" \"host\" (func $host " + std::string(import_type) + "))");
}
constexpr char kText[] = "(param i32) (result i32)";
constexpr char kAsk[] = R"((func (export "ask") (param i32) (result i32) (call $host (local.get 0))))";

PluginOptions with(auto callable) {
  return PluginOptions{}.host_function("app", "host", std::move(callable));
}

TEST(TypedHostFunction, TextsGoBothWays) {
  for (const bool has_malloc : {false, true}) {
    const tests::Guest guest(asking(kText, kAsk, has_malloc), {.optimization_level = 0});
    auto plugin =
        load(guest.module(), with([](std::string_view text) { return "<" + std::string(text) + ">"; }));
    for (const std::string text : {"", "a", "Grüße", "👋 日本語"})
      EXPECT_EQ(call(plugin, "ask", text).value(), "<" + text + ">");
  }
}

TEST(TypedHostFunction, BytesAndOptionalsGoBothWays) {
  const tests::Guest guest(asking(kText, kAsk), {.optimization_level = 0});
  using Bytes = std::vector<std::byte>;
  auto plugin =
      load(guest.module(), with([](std::optional<std::span<const std::byte>> bytes) -> std::optional<Bytes> {
             if (!bytes || bytes->empty()) return std::nullopt;
             return Bytes(bytes->rbegin(), bytes->rend());
           }));
  const auto ask = plugin.function<std::optional<Bytes>(std::optional<std::span<const std::byte>>)>("ask");
  ASSERT_TRUE(ask);
  const Bytes bytes{std::byte{1}, std::byte{0}, std::byte{255}};
  EXPECT_EQ((*ask)(std::nullopt).value(), std::nullopt);
  EXPECT_EQ((*ask)(std::span<const std::byte>{}).value(), std::nullopt);
  EXPECT_EQ((*ask)(std::span<const std::byte>(bytes)).value(),
            (Bytes{std::byte{255}, std::byte{0}, std::byte{1}}));
}

TEST(TypedHostFunction, NumbersAndTheCallerAreThereAsWell) {
  const tests::Guest guest(asking("(param i32 i64 f32 f64 i32) (result f64)",
                                  R"((func (export "ask") (param i32) (result f64)
                 (call $host (i32.const 1) (i64.const -2) (f32.const 0.5) (f64.const 0.25) (local.get 0))))"),
                           {.optimization_level = 0});
  auto plugin = load(guest.module(), with([](Caller& caller, bool yes, std::int64_t a, float b, double c,
                                             const std::string& text) -> std::expected<double, Error> {
                       EXPECT_TRUE(caller.instance().find_export("ask").has_value());
                       EXPECT_TRUE(yes);
                       return static_cast<double>(a) + b + c + static_cast<double>(text.size());
                     }));
  EXPECT_EQ((*plugin.function<double(std::string_view)>("ask"))("four").value(), 2.75);
}

TEST(TypedHostFunction, ErrorsAndExceptionsEndTheCall) {
  const tests::Guest guest(asking(kText, kAsk), {.optimization_level = 0});
  auto plugin =
      load(guest.module(), with([](std::string_view) -> std::expected<std::string, Error> {
             return std::unexpected(Error{.phase = Phase::call, .code = ErrorCode::io, .message = "no"});
           }));
  EXPECT_EQ(call(plugin, "ask", "x").error().code, ErrorCode::io);
  plugin =
      load(guest.module(), with([](std::string_view) -> std::string { throw std::runtime_error("thrown"); }));
  const auto thrown = call(plugin, "ask", "x");
  EXPECT_EQ(thrown.error().code, ErrorCode::host_error);
  EXPECT_THAT(thrown.error().message, HasSubstr("thrown"));
}

TEST(TypedHostFunction, AnyPointerIsAnErrorOrAText) {
  const tests::Guest guest(
      asking(kText, R"((func (export "hand") (param i32) (result i32) (call $host (local.get 0))))"),
      {.optimization_level = 0});
  const auto hand = [&](std::uint32_t pointer) {
    auto plugin = load(guest.module(), with([](std::string_view text) { return std::string(text); }));
    const auto function = plugin.function<std::string(std::uint32_t)>("hand");
    return (*function)(pointer);
  };
  for (const std::uint32_t pointer : {0U, 1U, 7U, 8U, 1000U, 0xFFFFU, 0x10000U, 0x10001U, ~0U, ~0U - 7}) {
    const auto wrong = hand(pointer);
    ASSERT_FALSE(wrong) << pointer;
    EXPECT_EQ(wrong.error().code, ErrorCode::protocol) << pointer;
    EXPECT_THAT(wrong.error().message, HasSubstr("argument 1 of app.host is ")) << pointer;
  }
}

TEST(TypedHostFunction, AnAllocatorThatLiesIsAnError) {
  const tests::Guest guest(asking(kText, std::string(kAsk) + R"(
        (func (export "lie_next") (param i32)
          (global.set $lie (local.get 0)) (global.set $lie_from (i32.add (global.get $allocations) (i32.const 1)))))"),
                           {.optimization_level = 0});
  for (const std::uint32_t lie : {1U, 500U, 0xFFFFU, 0x10000U, ~0U}) {
    auto plugin = load(guest.module(), with([](std::string_view) { return "result"s; }));
    // The argument's allocation is honest, the result's is not.
    ASSERT_TRUE((*plugin.function<void(std::uint32_t)>("lie_next"))(lie));
    const auto wrong = call(plugin, "ask", "x");
    ASSERT_FALSE(wrong) << lie;
    EXPECT_EQ(wrong.error().code, ErrorCode::protocol) << lie;
  }
}

TEST(TypedHostFunction, ATrapOfTheAllocatorEndsTheCall) {
  const tests::Guest guest(asking(kText, std::string(kAsk) + R"(
        (func (export "trap_later") (param i32) (result i32)
          (global.set $trap_in (i32.const 1)) (call $host (local.get 0))))"),
                           {.optimization_level = 0});
  auto plugin = load(guest.module(), with([](std::string_view) { return "result"s; }));
  EXPECT_EQ(call(plugin, "trap_later", "x").error().code, ErrorCode::trap);
  EXPECT_TRUE(plugin.stopped());
}

// The allocator is the plugin's: it calls the host function again in the middle of its result.
TEST(TypedHostFunction, AnAllocatorThatCallsTheHostFunctionIsAnError) {
  std::string guest = asking(kText, kAsk);
  const std::string trap = "(call $maybe_trap (i32.const 1))";
  guest.replace(guest.find(trap), trap.size(),
                "(if (global.get $answer) (then (drop (call $host (global.get $answer)))))");
  const tests::Guest module(guest, {.optimization_level = 0});
  int calls = 0;
  auto plugin = load(module.module(), with([&](std::string_view text) {
                       ++calls;
                       return "é" + std::string(text);
                     }));
  EXPECT_EQ(call(plugin, "ask", "x").value(), "éx");
  // The last text of the guest; from now on each allocation passes it to the host.
  ASSERT_TRUE(std::get<Global>(*plugin.instance().find_export("answer")).set(Value::from_i32(1040)));
  calls = 0;
  const auto wrong = call(plugin, "ask", "x");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::protocol) << to_string(wrong.error());
  EXPECT_LE(calls, 3);
}

TEST(TypedHostFunction, TextsHaveALimit) {
  const tests::Guest guest(asking(kText, kAsk), {.optimization_level = 0});
  auto plugin = load(guest.module(), with([](std::string_view) { return ""s; }).result_limit(10));
  EXPECT_TRUE(call(plugin, "ask", "01234"));
  const auto wrong = call(plugin, "ask", "0123456789A");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::out_of_resources);
  EXPECT_THAT(wrong.error().message, HasSubstr("argument 1 of app.host has 22 bytes, above the limit of 10"));
}

TEST(TypedHostFunction, AnImportOfAnotherTypeIsRefusedAtLoad) {
  const tests::Guest guest(asking("(param i32 i32)", ""), {.optimization_level = 0});
  const auto plugin = Plugin::load(guest.module(), with([](std::string_view) { return ""s; }));
  ASSERT_FALSE(plugin);
  EXPECT_EQ(plugin.error().code, ErrorCode::incompatible_import);
}

TEST(TypedHostFunction, APluginThatSpeaksNoProtocolIsToldSo) {
  const tests::Guest guest(R"((module (import "app" "host" (func (param i32) (result i32)))))");
  const auto options = with([](std::string_view) { return ""s; });
  const auto plugin = Plugin::load(guest.module(), options);
  ASSERT_FALSE(plugin);
  EXPECT_EQ(plugin.error().code, ErrorCode::protocol);
  EXPECT_THAT(plugin.error().message, HasSubstr("the host function app.host has texts or bytes, but "));
  const tests::Guest other("(module)");
  EXPECT_TRUE(Plugin::load(other.module(), options));
}

TEST(TypedHostFunction, WorksInEveryCleanState) {
  const tests::Guest guest(asking(kText, kAsk), {.optimization_level = 0, .resettable = true});
  auto plugin = load(guest.module(), with([](std::string_view text) {
                                       return std::string(text) + "!";
                                     }).isolation(Isolation::fresh_each_call));
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(call(plugin, "ask", std::to_string(i)).value(), std::to_string(i) + "!");
}

}  // namespace
}  // namespace tenon::plugin
