// A trap's error tells which guest functions were on the stack.
#include <gmock/gmock.h>

#include "traps/trap_case.hpp"

namespace tenon::e2e {
namespace {

constexpr char kModule[] = R"((module
  (import "env" "fails" (func $fails))
  (memory 1)
  (type $void (func))
  (table 1 funcref)
  (elem (i32.const 0) $indirect)
  (func $explicit unreachable)
  (func $fault (i32.store (i32.const -1) (i32.const 0)))
  (func $bulk (memory.fill (i32.const -1) (i32.const 0) (i32.const 1)))
  (func $indirect unreachable)
  (func $middle_explicit (call $explicit))
  (func $middle_fault (call $fault))
  (func $middle_bulk (call $bulk))
  (func $middle_indirect (call_indirect (type $void) (i32.const 0)))
  (func $outer_explicit (export "explicit") (call $middle_explicit))
  (func $outer_fault (export "fault") (call $middle_fault))
  (func $outer_bulk (export "bulk") (call $middle_bulk))
  (func $outer_indirect (export "indirect") (call $middle_indirect))))";

Error trap_of(const Module& module, const std::string& name) {
  Store store;
  Imports imports;
  imports.function("env", "fails", [] {});
  const auto instance = store.instantiate(module, imports);
  if (!instance) return instance.error();
  const auto result = instance->function(name)->call({});
  return result ? Error{.message = "no trap"} : result.error();
}

std::vector<std::string> names(const Error& error) {
  std::vector<std::string> out;
  for (const auto& frame : error.backtrace) out.push_back(frame.function_name);
  return out;
}

// Without inlining, each function of the text has its frame.
TEST(Backtrace, NamesEveryFunctionInnermostFirst) {
  const tests::Guest guest(kModule, {.optimization_level = 0});
  for (const std::string kind : {"explicit", "fault", "bulk", "indirect"}) {
    const Error error = trap_of(guest.module(), kind);
    EXPECT_THAT(names(error), testing::ElementsAre(kind, "middle_" + kind, "outer_" + kind))
        << to_string(error);
  }
}

TEST(Backtrace, IndicesAreThoseOfTheModule) {
  const tests::Guest guest(kModule, {.optimization_level = 0});
  const Error error = trap_of(guest.module(), "explicit");
  ASSERT_EQ(error.backtrace.size(), 3u) << to_string(error);
  EXPECT_EQ(error.backtrace[0].function_index, 1u);  // after the one import
  EXPECT_EQ(error.backtrace[1].function_index, 5u);
  EXPECT_EQ(error.backtrace[2].function_index, 9u);
}

TEST(Backtrace, OptimizedCodeNamesAtLeastTheExport) {
  const tests::Guest guest(kModule);
  for (const std::string kind : {"explicit", "fault", "bulk", "indirect"}) {
    const Error error = trap_of(guest.module(), kind);
    EXPECT_THAT(names(error), testing::Contains("outer_" + kind)) << to_string(error);
  }
}

TEST(Backtrace, IsWrittenOneLineAFrame) {
  const tests::Guest guest(kModule, {.optimization_level = 0});
  const std::string text = format_backtrace(trap_of(guest.module(), "fault"));
  EXPECT_EQ(text, "  at fault (func 2)\n  at middle_fault (func 6)\n  at outer_fault (func 10)\n");
}

// An endless recursion has more frames than anyone wants to read.
TEST(Backtrace, OfAnEndlessRecursionIsCutOff) {
  const tests::Guest guest("(module (func $f (export \"f\") (call $f)))");
  Store store;
  const auto instance = store.instantiate(guest.module());
  ASSERT_TRUE(instance) << to_string(instance.error());
  const auto result = instance->function("f")->call({});
  ASSERT_FALSE(result);
  EXPECT_FALSE(result.error().backtrace.empty());
  EXPECT_LE(result.error().backtrace.size(), 1000u);
  EXPECT_EQ(result.error().backtrace[0].function_name, "f");
}

}  // namespace
}  // namespace tenon::e2e
