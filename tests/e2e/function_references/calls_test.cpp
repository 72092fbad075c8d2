// What guests do with references to functions of one type.
#include <gmock/gmock.h>

#include "function_references/guests.hpp"

namespace tenon::e2e::function_references {
namespace {

using testing::HasSubstr;

TEST_P(FunctionReferences, AreCalled) {
  expect_result(42, "apply", {function("double"), i32(21)});
  expect_result(49, "apply", {square(), i32(7)});
  expect_result(49, "call made", {i32(7)});
  expect_result(8, "call global", {i32(4)});
}

TEST_P(FunctionReferences, OfHostFunctionsAreCalled) {
  const Function negate = store_.create_function(HostFunction([](std::int32_t value) { return -value; }));
  expect_result(-5, "apply", {Value::from_funcref(negate.reference()), i32(5)});
}

TEST_P(FunctionReferences, ThatAreNullTrap) {
  expect_trap(TrapCode::null_function_reference, "apply", {null(), i32(1)});
  expect_trap(TrapCode::null_reference, "insist", {null()});
  expect_trap(TrapCode::null_reference, "insist extern", {Value::from_externref({})});
  const auto result = call("apply", {null(), i32(1)});
  ASSERT_FALSE(result);
  EXPECT_THAT(to_string(result.error()), HasSubstr("null function reference"));
  EXPECT_EQ(result.error().backtrace.at(0).function_name, "apply");
}

TEST_P(FunctionReferences, BranchOnNull) {
  expect_result(-1, "or minus one", {null(), i32(3)});
  expect_result(6, "or minus one", {function("double"), i32(3)});
  expect_result(7, "or seven", {null(), i32(3)});
  expect_result(9, "or seven", {square(), i32(3)});
}

TEST_P(FunctionReferences, ComeBackAsTheyWere) {
  EXPECT_EQ(call("insist", {square()})->at(0).funcref(), square().funcref());
  EXPECT_EQ(call("insist", {square()})->at(0).type(), ValueType::funcref);
  EXPECT_EQ(call("insist extern", {Value::from_externref({0})})->at(0).i32(), 0);
}

TEST_P(FunctionReferences, FillTablesFromTheirInitialValue) {
  const Table table = exported<Table>("table");
  EXPECT_EQ(table.type().element, unary());
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(table.get(static_cast<std::uint64_t>(i))->funcref(), function("double").funcref());
    expect_result(10, "call table", {i32(i), i32(5)});
    expect_result(10, "call indirect", {i32(i), i32(5)});
  }
  expect_trap(TrapCode::out_of_bounds_table_access, "call table", {i32(4), i32(5)});
  expect_trap(TrapCode::undefined_element, "call indirect", {i32(4), i32(5)});
  expect_trap(TrapCode::null_function_reference, "call table 1", {i32(1), i32(5)});
}

INSTANTIATE_TEST_SUITE_P(All, FunctionReferences, testing::Values(0, 2));

// Its lowering comes with that of the other tail calls.
// Function 0 calls itself through a reference in its place, function 1 whatever
// it is given.
TEST_P(FunctionReferences, AreCalledInPlaceOfTheCaller) {
  const Functions functions = make_functions(
      {{"count",
        1,
        {0x20, 0, 0x45, 0x04, 0x40, 0x41, 7, 0x0F, 0x0B, 0x20, 0, 0x41, 1, 0x6B, 0xD2, 0, 0x15, 1}},
       {"tail", 2, {0x20, 1, 0x20, 0, 0x15, 1}}},
      0, {});
  const tests::Guest guest(kHeader + kTypes + functions.declarations + functions.exports + functions.code,
                           options());
  const Instance instance = store_.instantiate(guest.module()).value();
  const Function count = instance.function("count").value(), tail = instance.function("tail").value();
  constexpr std::int32_t kCalls = 10'000'000;  // at 8 bytes each, ten times the stack
  EXPECT_EQ(count.call(std::vector{i32(kCalls)}).value()[0].i32(), 7);
  EXPECT_EQ(tail.call(std::vector{Value::from_funcref(count.reference()), i32(kCalls)}).value()[0].i32(), 7);
  EXPECT_EQ(tail.call(std::vector{square(), i32(9)}).value()[0].i32(), 81);
  const auto null_called = tail.call(std::vector{null(), i32(9)});
  ASSERT_FALSE(null_called);
  EXPECT_EQ(null_called.error().trap, TrapCode::null_function_reference);
}

}  // namespace
}  // namespace tenon::e2e::function_references
