// The limits of a plugin that are not its memory: results, the log, the stack.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "unit/plugin/loaded.hpp"

namespace tenon::plugin {
namespace {

using testing::HasSubstr;

TEST(PluginLimits, AResultAboveTheLimitIsAnErrorAndThePluginGoesOn) {
  for (const Module* module : {&strings(), &buffers()}) {
    auto plugin = load(*module, PluginOptions{}.result_limit(1000));
    EXPECT_EQ(plugin.execute("key", std::string(1000, 'x')).value().size(), 1000u);
    for (const std::string& text : {std::string(1001, 'x'), std::string(100'000, 'x')}) {
      const auto error = plugin.execute("key", text).error();
      EXPECT_EQ(error.code, ErrorCode::out_of_resources);
      EXPECT_THAT(error.message, HasSubstr("the limit of 1000 (PluginOptions::result_limit"));
    }
    EXPECT_EQ(plugin.execute("key", "still works").value(), "still works");
  }
  // 400 units of UTF-16 are 1,200 bytes.
  auto plugin = load(strings(), PluginOptions{}.result_limit(1000));
  std::string wide;
  for (int i = 0; i < 400; ++i) wide += "日";
  EXPECT_EQ(plugin.execute("key", wide).error().code, ErrorCode::out_of_resources);
}

constexpr char kFlood[] = R"((func (export "flood") (param i32) (local $left i32)
    (local.set $left (i32.const 3000))
    (loop $again
      (call $print_to (local.get 0) (i32.const DESCRIPTOR))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (if (i32.eq (i32.const DESCRIPTOR) (i32.const 2)) (then (call $proc_exit (i32.const 3)))))
  (func (export "flood_trace") (param i32) (local $left i32)
    (local.set $left (i32.const 3000))
    (loop $again
      (call $trace (local.get 0) (i32.const 0) (f64.const 0) (f64.const 0) (f64.const 0) (f64.const 0) (f64.const 0))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))";

std::string flood(const std::string& descriptor) {
  std::string text = kFlood;
  for (std::size_t at; (at = text.find("DESCRIPTOR")) != std::string::npos;) text.replace(at, 10, descriptor);
  return text;
}

// 3,000 lines of 1,000 bytes, by each way that a plugin has.
TEST(PluginLimits, AFloodOfLogIsCutOffAndSaidSo) {
  const std::string line(999, 'x');
  const tests::Guest bytes(array_buffer_guest(flood("1")), {.optimization_level = 0});
  const tests::Guest texts(assemblyscript_guest(flood("1")), {.optimization_level = 0});
  for (const auto& [module, function, text] : {std::tuple(&bytes.module(), "flood", line + "\n"),
                                               std::tuple(&texts.module(), "flood_trace", line)}) {
    Lines lines;
    auto plugin = load(*module, PluginOptions{}.log(into(lines)));
    for (int call_number = 0; call_number < 2; ++call_number) {  // each call has its own allowance
      lines.clear();
      ASSERT_TRUE(call(plugin, function, text));
      ASSERT_EQ(lines.size(), 1049u) << function;  // 1 MiB, and the warning
      EXPECT_EQ(lines[1047].second, line);
      EXPECT_EQ(lines[1048].first, LogStream::warning);
      EXPECT_EQ(
          lines[1048].second,
          "1952000 bytes of log dropped; one call may log 1048576 (PluginOptions::log_limit, --log-limit)");
    }
  }
}

TEST(PluginLimits, LastWordsCountAlsoWhereTheyWereDropped) {
  const tests::Guest guest(array_buffer_guest(flood("2")), {.optimization_level = 0});
  Lines lines;
  auto plugin = load(guest.module(), PluginOptions{}.log_limit(0).log(into(lines)));
  EXPECT_THAT(call(plugin, "flood", "why\n").error().message, HasSubstr("why"));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].first, LogStream::warning);
}

TEST(PluginLimits, OptionsReachTheStore) {
  const tests::Guest guest(assemblyscript_guest(R"((func $deep (export "deep") (param i32) (result i32)
      (i32.add (call $deep (i32.add (local.get 0) (i32.const 1))) (local.get 0))))"),
                           {.optimization_level = 0});
  auto plugin = load(guest.module(), PluginOptions{}.stack_limit(500'000).poison_after_trap(false));
  const auto error = call(plugin, "deep", "text").error();
  EXPECT_EQ(error.trap, TrapCode::stack_exhaustion);
  EXPECT_THAT(error.message, HasSubstr("the limit is 500000 bytes: StoreOptions::stack_limit"));
  EXPECT_EQ(plugin.execute("key", "still works").value(), "still works");
  plugin = load(guest.module(), PluginOptions{}.stack_limit(0).host_stack_reserve(1 << 20));
  EXPECT_THAT(call(plugin, "deep", "text").error().message, HasSubstr("the limit is 1114112 bytes"));
}

}  // namespace
}  // namespace tenon::plugin
