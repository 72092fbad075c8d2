// Functions and host functions with texts, bytes and numbers, of a plugin whose every byte is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "unit/plugin/loaded.hpp"

namespace tenon::plugin {
namespace {

using testing::HasSubstr;
using namespace std::string_view_literals;

constexpr char kFunctions[] = R"(
  (func (export "second") (param i32 i32 i64 f32 f64 i32) (result i32) (local.get 5))
  (func (export "negate") (param i32) (result i32) (i32.eqz (local.get 0)))
  (func (export "add") (param i32 i64) (result i64) (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))
  (func (export "add_unsigned") (param i32 i64) (result i64) (i64.add (i64.extend_i32_u (local.get 0)) (local.get 1)))
  (func (export "minus") (param i32) (result i32) (i32.sub (i32.const 0) (local.get 0)))
  (func (export "halve") (param f32) (result f32) (f32.mul (local.get 0) (f32.const 0.5)))
  (func (export "root") (param f64) (result f64) (f64.sqrt (local.get 0)))
  (func (export "same") (param i32) (result i32) (local.get 0))
  (func (export "nothing")))";

const Module& string_functions() {
  static const tests::Guest kGuest(assemblyscript_guest(kFunctions), {.optimization_level = 0});
  return kGuest.module();
}
const Module& buffer_functions() {
  static const tests::Guest kGuest(array_buffer_guest(kFunctions), {.optimization_level = 0});
  return kGuest.module();
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
std::vector<std::byte> vector_of(std::string_view text) {
  const auto bytes = bytes_of(text);
  return {bytes.begin(), bytes.end()};
}

template <typename Signature>
PluginFunction<Signature> find(const Plugin& plugin, std::string_view name) {
  auto function = plugin.function<Signature>(name);
  if (!function) throw std::runtime_error(to_string(function.error()));
  return std::move(*function);
}

TEST(TypedFunction, NumbersCrossAsTheyAre) {
  auto plugin = load(string_functions());
  EXPECT_EQ(find<bool(bool)>(plugin, "negate")(true).value(), false);
  EXPECT_EQ(find<bool(bool)>(plugin, "negate")(false).value(), true);
  EXPECT_EQ(find<std::int64_t(std::int32_t, std::int64_t)>(plugin, "add")(-3, -5).value(), -8);
  EXPECT_EQ(find<std::uint64_t(std::uint32_t, std::uint64_t)>(plugin, "add_unsigned")(~0U, 1).value(),
            1ULL << 32);
  EXPECT_EQ(find<std::int32_t(std::int32_t)>(plugin, "minus")(7).value(), -7);
  EXPECT_EQ(find<std::uint32_t(std::uint32_t)>(plugin, "minus")(1).value(), ~0U);
  EXPECT_EQ(find<float(float)>(plugin, "halve")(-0.5f).value(), -0.25f);
  EXPECT_EQ(find<double(double)>(plugin, "root")(2.25).value(), 1.5);
  EXPECT_TRUE(find<void()>(plugin, "nothing")());
}

TEST(TypedFunction, TextsAndBytesCrossBetweenNumbers) {
  using Text = std::string(std::string_view, std::string_view, std::int64_t, float, double, std::string_view);
  using Bytes = std::vector<std::byte>(std::string_view, std::span<const std::byte>, std::int64_t, float,
                                       double, std::span<const std::byte>);
  for (const Module* module : {&string_functions(), &buffer_functions()}) {
    auto plugin = load(*module);
    const auto text = find<Text>(plugin, "second");
    const auto bytes = find<Bytes>(plugin, "second");
    for (const std::string_view each : {""sv, "plain"sv, "a\0b"sv, "Grüße 👋"sv}) {
      EXPECT_EQ(text("x", "y", 1, 2, 3, each).value(), each);
      EXPECT_EQ(bytes("x", bytes_of("y"), 1, 2, 3, bytes_of(each)).value(), vector_of(each));
    }
    EXPECT_EQ(bytes("x", {}, 1, 2, 3, bytes_of("\xFF\xC0")).value(), vector_of("\xFF\xC0"));
  }
}

TEST(TypedFunction, AnOptionalWithoutValueIsNull) {
  auto plugin = load(string_functions());
  const auto text = find<std::optional<std::string>(std::optional<std::string_view>)>(plugin, "same");
  EXPECT_EQ(text(std::nullopt).value(), std::nullopt);
  EXPECT_EQ(text("").value(), "");
  EXPECT_EQ(text("a").value(), "a");
  using OptionalBytes = std::optional<std::vector<std::byte>>(std::optional<std::span<const std::byte>>);
  EXPECT_EQ(find<OptionalBytes>(plugin, "same")(std::nullopt).value(), std::nullopt);
  EXPECT_EQ(find<OptionalBytes>(plugin, "same")(bytes_of("x")).value(), vector_of("x"));
  const auto required = find<std::string(std::optional<std::string_view>)>(plugin, "same");
  const auto null = required(std::nullopt);
  ASSERT_FALSE(null);
  EXPECT_EQ(null.error().code, ErrorCode::protocol);
  EXPECT_EQ(null.error().message, "same returned null");
}

TEST(TypedFunction, ResultsGoIntoTheCallersBuffer) {
  auto plugin = load(string_functions());
  const auto same = find<std::string(std::string_view)>(plugin, "same");
  std::string buffer;
  buffer.reserve(1000);
  const char* const room = buffer.data();
  ASSERT_TRUE(same.into(buffer, "into"));
  EXPECT_EQ(buffer, "into");
  EXPECT_EQ(buffer.data(), room);
  std::vector<std::byte> bytes;
  ASSERT_TRUE(
      find<std::vector<std::byte>(std::span<const std::byte>)>(plugin, "same").into(bytes, bytes_of("b")));
  EXPECT_EQ(bytes, vector_of("b"));
}

TEST(TypedFunction, AnotherTypeIsNamedWhenItIsLookedUp) {
  auto plugin = load(string_functions());
  const auto wrong = plugin.function<std::string(std::string_view, double)>("same");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::signature_mismatch);
  EXPECT_EQ(wrong.error().message,
            "\"same\" has type (i32) -> i32, but a function (text, double) -> text is (i32, f64) -> i32");
  EXPECT_EQ(plugin.function<void(bool)>("nothing").error().code, ErrorCode::signature_mismatch);
  EXPECT_EQ(plugin.function<bool()>("nothing").error().code, ErrorCode::signature_mismatch);
  EXPECT_EQ(plugin.function<void()>("none").error().code, ErrorCode::unknown_export);
}

TEST(TypedFunction, AStringIsNotBytes) {
  auto plugin = load(string_functions());
  const auto bytes = find<std::vector<std::byte>(std::string_view)>(plugin, "same");
  const auto wrong = bytes("text");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::protocol);
  EXPECT_THAT(wrong.error().message, HasSubstr("a String where bytes were asked for"));
  EXPECT_FALSE(plugin.stopped());
}

TEST(TypedFunction, LimitsAndLiesAreErrors) {
  auto plugin = load(string_functions(), PluginOptions{}.result_limit(10));
  const auto raw = find<std::vector<std::byte>(std::uint32_t)>(plugin, "same");
  for (const std::uint32_t pointer : {0U, 1U, 7U, 0xFFFFU, 0x10000U, ~0U}) {
    const auto wrong = raw(pointer);
    ASSERT_FALSE(wrong) << pointer;
    EXPECT_EQ(wrong.error().code, ErrorCode::protocol) << pointer;
  }
  const auto same = find<std::vector<std::byte>(std::span<const std::byte>)>(plugin, "same");
  EXPECT_TRUE(same(bytes_of("0123456789")));
  EXPECT_EQ(same(bytes_of("0123456789A")).error().code, ErrorCode::out_of_resources);
  EXPECT_TRUE(same(bytes_of("0")));
}

TEST(TypedFunction, MayBeDestroyedInItsOwnCall) {
  const tests::Guest guest(R"((module
    (import "app" "end" (func $end))
    (memory (export "memory") 1)
    (data (i32.const 16) "\01\00\00\00\02\00\00\00ok")
    (func (export "__new") (param i32 i32) (result i32) (i32.const 64))
    (func (export "last") (result i32) (call $end) (i32.const 24))))");
  struct Holder {
    Plugin plugin;
    PluginFunction<std::vector<std::byte>()> last;
  };
  std::unique_ptr<Holder> holder;
  auto plugin = load(guest.module(), PluginOptions{}.host_function("app", "end", [&] { holder.reset(); }));
  auto last = find<std::vector<std::byte>()>(plugin, "last");
  holder = std::make_unique<Holder>(std::move(plugin), std::move(last));
  EXPECT_EQ(holder->last().value(), vector_of("ok"));
  EXPECT_EQ(holder, nullptr);
}

TEST(TypedFunction, AStoppedPluginRefuses) {
  auto plugin = load(string_functions());
  const auto same = find<std::string(std::string_view)>(plugin, "same");
  const auto moved = std::move(plugin);  // the function stays valid
  EXPECT_EQ(same("a").value(), "a");
  EXPECT_EQ(find<void(std::string_view)>(moved, "trap")("x").error().code, ErrorCode::trap);
  EXPECT_EQ(same("a").error().code, ErrorCode::poisoned);
}

}  // namespace
}  // namespace tenon::plugin
