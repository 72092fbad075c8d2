// Every way of a host's value into a slot whose type generated code trusts:
// whatever is null, or a function of another type, stops here.
#include <gmock/gmock.h>

#include "function_references/guests.hpp"

namespace tenon::e2e::function_references {
namespace {

using testing::HasSubstr;
using FunctionReferencesOfHosts = FunctionReferences;

template <typename T>
void expect_refused(const std::expected<T, Error>& result, const std::string& why) {
  ASSERT_FALSE(result) << "accepted, but expected: " << why;
  EXPECT_EQ(result.error().code, ErrorCode::signature_mismatch);
  EXPECT_THAT(result.error().message, HasSubstr(why));
}

const std::string kNull = "null where (ref (i32) -> i32) is wanted";
const std::string kOtherFunction = "a function (i64) -> i64 where (ref (i32) -> i32) is wanted";
const std::string kOtherFunctionOrNull = "a function (i64) -> i64 where (ref null (i32) -> i32) is wanted";

TEST_P(FunctionReferencesOfHosts, AreCheckedAsArguments) {
  expect_refused(call("apply", {function("other"), i32(1)}), kOtherFunctionOrNull);
  expect_refused(call("set global", {null()}), kNull);
  expect_refused(call("set global", {function("other")}), kOtherFunction);
  expect_refused(call("set global", {i32(0)}), "i32 where (ref (i32) -> i32) is wanted");
  expect_refused(call("is null", {Value::from_externref({})}), "null where (ref extern) is wanted");
  EXPECT_EQ(call("is null", {Value::from_externref({0})})->at(0).i32(), 0);
  ASSERT_TRUE(call("set global", {square()}));
  expect_result(16, "call global", {i32(4)});
}

TEST_P(FunctionReferencesOfHosts, AreCheckedAsResultsOfHostFunctions) {
  make_ = [](Value&) { return std::expected<void, Error>(); };  // left as it was: null
  expect_refused(call("call made", {i32(1)}), kNull);
  make_ = [this](Value& result) {
    result = function("other");
    return std::expected<void, Error>();
  };
  expect_refused(call("call made", {i32(1)}), kOtherFunction);
}

TEST_P(FunctionReferencesOfHosts, AreCheckedInGlobals) {
  const Global global = exported<Global>("global");
  EXPECT_EQ(global.type().value, unary());
  expect_refused(global.set(null()), kNull);
  expect_refused(global.set(function("other")), kOtherFunction);
  ASSERT_TRUE(global.set(square()));
  expect_result(25, "call global", {i32(5)});
  const Global or_null = exported<Global>("global or null");
  expect_refused(or_null.set(function("other")), kOtherFunctionOrNull);
  EXPECT_TRUE(or_null.set(null()));
  expect_refused(store_.create_global({unary(), true}, null()), kNull);
  expect_refused(store_.create_global({unary(), true}, function("other")), kOtherFunction);
  expect_refused(store_.create_global({ValueType::funcref, true}, Value::from_i64(4096)),
                 "i64 where funcref");
  EXPECT_TRUE(store_.create_global({unary(), true}, square()));
}

TEST_P(FunctionReferencesOfHosts, AreCheckedInTables) {
  const Table table = exported<Table>("table");
  expect_refused(table.set(0, null()), kNull);
  expect_refused(table.set(0, function("other")), kOtherFunction);
  EXPECT_FALSE(table.grow(1, null()));
  EXPECT_FALSE(table.grow(1, function("other")));
  ASSERT_TRUE(table.set(0, square()));
  expect_result(9, "call table", {i32(0), i32(3)});
  expect_result(9, "call indirect", {i32(0), i32(3)});
  EXPECT_EQ(table.grow(1, square()), 4u);
  expect_result(9, "call table", {i32(4), i32(3)});
  const TableType type{.element = unary(), .limits = {.minimum = 2, .maximum = {}}};
  expect_refused(store_.create_table(type, null()), kNull);
  expect_refused(store_.create_table(type, function("other")), kOtherFunction);
  const auto made = store_.create_table(type, square());
  ASSERT_TRUE(made);
  EXPECT_EQ(made->get(1)->funcref(), square().funcref());
}

// A callable that takes and gives FuncRef is one of funcref, and of no type that
// says more.
TEST_P(FunctionReferencesOfHosts, AreNotTypedCalls) {
  EXPECT_FALSE((instance_->function<FuncRef(FuncRef)>("insist")));
  Imports imports;
  imports.function("env", "make", [] { return FuncRef{}; });
  const auto instance = store_.instantiate(guest_.module(), imports);
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().code, ErrorCode::incompatible_import);
  EXPECT_THAT(instance.error().message,
              HasSubstr("(function () -> (ref (i32) -> i32)) is defined as function () -> funcref"));
}

INSTANTIATE_TEST_SUITE_P(All, FunctionReferencesOfHosts, testing::Values(2));

}  // namespace
}  // namespace tenon::e2e::function_references
