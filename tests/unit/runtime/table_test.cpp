// Tables of functions fill in their elements when somebody first asks
// (runtime/instance/table.hpp): whoever asks, however, in whatever order, must find what
// a table that was filled at once would have.
#include <gtest/gtest.h>

#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon {
namespace {

using tests::Guest;
using I = std::int32_t;

constexpr std::string_view kModule = R"((module
  (type $number (func (result i32)))
  (import "" "five" (func $five (result i32)))
  (table $t (export "t") 10 20 funcref)
  (func $one (export "one") (result i32) (i32.const 1))
  (func $two (result i32) (i32.const 2))
  (func $three (result i32) (i32.const 3))
  (func $other (param i32))
  (elem (i32.const 1) func $one $two $three)
  (elem (i32.const 3) funcref (ref.func $other) (ref.null func) (ref.func $five))
  (elem $e funcref (ref.func $three) (ref.null func))
  (table $plain (export "plain") 10 funcref)
  (func (export "call") (param i32) (result i32) (call_indirect $t (type $number) (local.get 0)))
  (func (export "call_plain") (param i32) (result i32) (call_indirect $plain (type $number) (local.get 0)))
  (func (export "call_last") (param i32) (result i32)
    (return_call_indirect $t (type $number) (local.get 0)))
  (func (export "is_null") (param i32) (result i32) (ref.is_null (table.get $t (local.get 0))))
  (func (export "set_null") (param i32) (table.set $t (local.get 0) (ref.null func)))
  (func (export "fill_null") (param i32 i32) (table.fill $t (local.get 0) (ref.null func) (local.get 1)))
  (func (export "copy_out") (table.copy $plain $t (i32.const 0) (i32.const 0) (i32.const 10)))
  (func (export "copy_in") (table.copy $t $plain (i32.const 0) (i32.const 0) (i32.const 10)))
  (func (export "grow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
  (func (export "init") (param i32) (table.init $t $e (local.get 0) (i32.const 0) (i32.const 2)))
  (func (export "set_two") (param i32) (table.set $t (local.get 0) (ref.func $two)))))";

constexpr I kNull = -1, kMismatch = -2, kOutside = -3;

class LazyTable : public testing::Test {
 protected:
  // What a call of an element gives.
  I call(const char* name, I index) { return outcome(instance_.function<I(I)>(name).value()(index)); }
  I call(I index) { return call("call", index); }

  static I outcome(const std::expected<I, Error>& result) {
    if (result) return *result;
    switch (result.error().trap.value()) {
      case TrapCode::uninitialized_element: return kNull;
      case TrapCode::indirect_call_type_mismatch: return kMismatch;
      case TrapCode::undefined_element: return kOutside;
      default: return -4;
    }
  }

  std::vector<I> all(const char* name = "call") {
    std::vector<I> results;
    for (I i = 0; i < 10; ++i) results.push_back(call(name, i));
    return results;
  }

  template <typename... Arguments>
  void run(const char* name, Arguments... arguments) {
    EXPECT_TRUE(instance_.function<void(Arguments...)>(name).value()(arguments...)) << name;
  }

  Instance make() {
    Imports imports;
    imports.function("", "five", [] { return I{5}; });
    return store_.instantiate(guest_.module(), imports).value();
  }

  Guest guest_{kModule};
  Store store_{{.poison_after_trap = false}};
  Instance instance_ = make();
  const std::vector<I> expected_{kNull, 1, 2, kMismatch, kNull, 5, kNull, kNull, kNull, kNull};
};

TEST_F(LazyTable, CallsFindTheLatestSegment) {
  EXPECT_EQ(all(), expected_);
  EXPECT_EQ(all(), expected_);  // the second time from the table
  EXPECT_EQ(call(10), kOutside);
}

TEST_F(LazyTable, TailCallsFindTheSame) { EXPECT_EQ(all("call_last"), expected_); }

TEST_F(LazyTable, TableGetFindsTheSame) {
  for (I i = 0; i < 10; ++i) EXPECT_EQ(call("is_null", i), expected_[i] == kNull) << i;
  EXPECT_EQ(all(), expected_);
}

TEST_F(LazyTable, TheHostFindsTheSame) {
  const Table table = std::get<Table>(instance_.find_export("t").value());
  for (I i = 0; i < 10; ++i) {
    EXPECT_EQ(table.get(i).value().funcref().is_null(), expected_[i] == kNull) << i;
  }
}

TEST_F(LazyTable, ReferencesToOneFunctionAreOne) {
  const Table table = std::get<Table>(instance_.find_export("t").value());
  const FuncRef first = table.get(2).value().funcref();
  run("set_two", I{7});
  EXPECT_EQ(table.get(7).value().funcref(), first);
  EXPECT_EQ(call(7), 2);
}

TEST_F(LazyTable, AReferenceMayComeBeforeTheElement) {
  run("set_two", I{0});
  EXPECT_EQ(call(0), 2);
  EXPECT_EQ(call(1), 1);
}

// Safety: an element that was overwritten with null must not come back.
TEST_F(LazyTable, NullStaysNull) {
  run("set_null", I{1});
  EXPECT_EQ(call(1), kNull);
  EXPECT_EQ(call(2), 2);
  run("fill_null", I{0}, I{10});
  EXPECT_EQ(all(), std::vector<I>(10, kNull));
}

TEST_F(LazyTable, TheHostMaySetNull) {
  const Table table = std::get<Table>(instance_.find_export("t").value());
  EXPECT_TRUE(table.set(2, Value::zero(ValueType::funcref)));
  EXPECT_EQ(call(2), kNull);
  EXPECT_EQ(call(1), 1);
}

TEST_F(LazyTable, CopiesTakeWhatNobodyAskedForYet) {
  run("copy_out");
  EXPECT_EQ(all("call_plain"), expected_);
  EXPECT_EQ(all(), expected_);
}

TEST_F(LazyTable, NullsAreCopiedOverWhatNobodyAskedForYet) {
  run("copy_in");
  EXPECT_EQ(all(), std::vector<I>(10, kNull));
}

TEST_F(LazyTable, GrowsWithoutLosingElements) {
  EXPECT_EQ(call("grow", 1), 10);
  EXPECT_EQ(all(), expected_);
  EXPECT_EQ(call(10), kNull);
  EXPECT_EQ(call(11), kOutside);
}

TEST_F(LazyTable, PassiveSegmentsGoOver) {
  run("init", I{1});
  EXPECT_EQ(call(1), 3);
  EXPECT_EQ(call(2), kNull);
  EXPECT_EQ(call(5), 5);
  EXPECT_EQ(call(2), kNull);
  run("init", I{5});
  EXPECT_EQ(call(5), 3);
  EXPECT_EQ(call(1), 3);
}

// Another instance calls through the table, in its own code.
TEST_F(LazyTable, ImportersFindTheSame) {
  const Guest importer(R"((module
    (type $number (func (result i32)))
    (import "a" "t" (table 10 funcref))
    (func $six (result i32) (i32.const 6))
    (elem (i32.const 8) func $six)
    (func (export "call") (param i32) (result i32) (call_indirect (type $number) (local.get 0)))))");
  Imports imports;
  imports.define_instance("a", instance_);
  instance_ = store_.instantiate(importer.module(), imports).value();
  auto expected = expected_;
  expected[8] = 6;
  EXPECT_EQ(all(), expected);
}

// Each segment that is left for later is one more to search.
TEST(Table, ManySegments) {
  std::string segments;
  for (int i = 0; i < 100; ++i) {
    const std::string at = std::to_string(i / 2);
    segments += "(func $f" + std::to_string(i) + " (result i32) (i32.const " + std::to_string(i) + "))";
    segments += "(elem (i32.const " + at + ") func $f" + std::to_string(i) + ")";
  }
  const Guest guest(
      "(module (type $number (func (result i32))) (table (export \"t\") 50 funcref)" + segments +
      "(func (export \"call\") (param i32) (result i32) (call_indirect (type $number) (local.get 0))))");
  Store store;
  const Instance instance = store.instantiate(guest.module()).value();
  const auto call = instance.function<I(I)>("call").value();
  for (I i = 0; i < 50; ++i) EXPECT_EQ(call(i).value(), 2 * i + 1);
}

// Large enough to come from the system, and to move as it grows.
TEST(Table, LargeOnesGrow) {
  Store store;
  const Function seven = store.create_function(HostFunction([] { return I{7}; }));
  const Table table =
      store
          .create_table({.element = ValueType::funcref, .limits = {.minimum = 100, .maximum = {}}},
                        Value::from_funcref(seven.reference()))
          .value();
  for (const std::uint64_t elements : {100, 1'000, 100'000, 1}) {
    const std::uint64_t size = table.size();
    EXPECT_EQ(table.grow(elements, Value::zero(ValueType::funcref)), size);
    EXPECT_FALSE(table.get(99).value().funcref().is_null());
    EXPECT_TRUE(table.get(100).value().funcref().is_null());
    EXPECT_TRUE(table.get(table.size() - 1).value().funcref().is_null());
  }
}

TEST(HostTable, WithAMaximumBelowItsMinimumIsRefused) {
  Store store;
  const auto table = store.create_table(
      {.element = ValueType::funcref, .limits = {.minimum = 2, .maximum = 1}}, Value::from_funcref({}));
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(table.error().message, "table funcref 2..1 has a maximum below its minimum");
}

}  // namespace
}  // namespace tenon
