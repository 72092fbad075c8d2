// The words of the public types and errors.
#include <gtest/gtest.h>

#include <tenon/error.hpp>
#include <tenon/types.hpp>

namespace tenon {
namespace {

TEST(Text, NamesEveryEnumerator) {
  for (int i = 0; i <= static_cast<int>(Phase::call); ++i) {
    EXPECT_NE(to_string(static_cast<Phase>(i)), "unknown") << i;
  }
  for (int i = 1; i <= static_cast<int>(ErrorCode::untrusted); ++i) {
    EXPECT_NE(to_string(static_cast<ErrorCode>(i)), "unknown") << i;
  }
  for (int i = 1; i <= static_cast<int>(TrapCode::out_of_fuel); ++i) {
    EXPECT_NE(to_string(static_cast<TrapCode>(i)), "unknown") << i;
  }
  EXPECT_EQ(to_string(static_cast<TrapCode>(200)), "unknown");
  EXPECT_EQ(to_string(static_cast<ValueType>(0)), "unknown");
}

TEST(Text, WritesFunctionTypes) {
  EXPECT_EQ(to_string(FunctionType{}), "() -> ()");
  EXPECT_EQ(to_string(FunctionType{{ValueType::i32, ValueType::i32}, {ValueType::i32}}), "(i32, i32) -> i32");
  EXPECT_EQ(to_string(FunctionType{{ValueType::externref}, {ValueType::v128, ValueType::funcref}}),
            "(externref) -> (v128, funcref)");
}

TEST(Text, WritesExternTypes) {
  EXPECT_EQ(to_string(ExternType(FunctionType{{ValueType::f64}, {}})), "function (f64) -> ()");
  EXPECT_EQ(to_string(ExternType(MemoryType{{1, 16}})), "memory 1..16");
  EXPECT_EQ(to_string(ExternType(MemoryType{{1, std::nullopt}})), "memory 1..");
  EXPECT_EQ(to_string(ExternType(MemoryType{.limits = {1, 2}, .is_64 = true})), "memory i64 1..2");
  EXPECT_EQ(to_string(ExternType(MemoryType{.limits = {1, 2}, .is_shared = true})), "memory 1..2 shared");
  EXPECT_EQ(to_string(ExternType(TagType{{{ValueType::i32, ValueType::exnref}, {}}})),
            "tag (i32, exnref) -> ()");
  EXPECT_EQ(to_string(ExternType(TableType{ValueType::externref, {0, 3}})), "table externref 0..3");
  EXPECT_EQ(to_string(ExternType(TableType{ValueType::funcref, {0, 3}, true})), "table i64 funcref 0..3");
  EXPECT_EQ(to_string(ExternType(GlobalType{ValueType::i32, true})), "global mut i32");
  EXPECT_EQ(to_string(ExternType(GlobalType{ValueType::f32, false})), "global f32");
}

TEST(Text, WritesAnErrorOnOneLine) {
  EXPECT_EQ(to_string(Error{.phase = Phase::read, .message = "unexpected end"}), "read: unexpected end");
  EXPECT_EQ(to_string(Error{.phase = Phase::call, .message = "two\nlines"}), "call: two\\x0Alines");
}

TEST(Text, WritesOneLineForEachFrame) {
  Error error;
  EXPECT_EQ(format_backtrace(error), "");
  error.backtrace = {{3, "fib", 12}, {7, "ma\nin", 0}};
  EXPECT_EQ(format_backtrace(error), "  at fib (func 3)\n  at ma\\x0Ain (func 7)\n");
  error.backtrace.insert(error.backtrace.begin(), 2, error.backtrace[0]);
  EXPECT_EQ(format_backtrace(error), "  at fib (func 3)\n     … and 2 more of it\n  at ma\\x0Ain (func 7)\n");
  error.backtrace.assign(kMaxBacktrace, {.function_index = 3, .function_name = "fib"});
  EXPECT_EQ(format_backtrace(error),
            "  at fib (func 3)\n     … and 63 more of it\n  … and whoever called it: only the innermost 64 "
            "are kept\n");
}

}  // namespace
}  // namespace tenon
