// Constant expressions that name globals of the module itself were refused once.
// What is evaluated late, the elements of tables of functions, must give the same
// as it would have at once.
#include "binary_guest.hpp"

namespace tenon::regress {
namespace {

class ConstantExpressions : public testing::TestWithParam<Setting> {
 protected:
  [[nodiscard]] static BinaryGuest guest(const std::string& text) {
    return {tests::wat_to_wasm(text), GetParam().options()};
  }
};

TEST_P(ConstantExpressions, NameEarlierGlobalsOfEveryType) {
  auto made = guest(R"((module
    (global $i i32 (i32.const 3))
    (global $i2 i32 (i32.mul (global.get $i) (i32.add (global.get $i) (i32.const 1))))
    (global $i3 (mut i32) (global.get $i2))
    (global $l i64 (i64.const -5))
    (global $l2 i64 (i64.sub (global.get $l) (i64.const 1)))
    (global $d f64 (f64.const 1.5))
    (global $d2 f64 (global.get $d))
    (global $v v128 (v128.const i64x2 7 9))
    (global $v2 v128 (global.get $v))
    (func (export "i32") (result i32) (global.set $i3 (i32.add (global.get $i3) (i32.const 1))) (global.get $i3))
    (func (export "i64") (result i64) (global.get $l2))
    (func (export "f64") (result f64) (global.get $d2))
    (func (export "v128") (result i64) (i64x2.extract_lane 1 (global.get $v2)))))");
  EXPECT_EQ(made.bits("i32", {}), 13u);
  EXPECT_EQ(made.bits("i64", {}), static_cast<std::uint64_t>(-6));
  EXPECT_EQ(made.bits("f64", {}), 0x3FF8000000000000u);
  EXPECT_EQ(made.bits("v128", {}), 9u);
}

TEST_P(ConstantExpressions, PlaceSegmentsByGlobalsOfTheModule) {
  auto made = guest(R"((module
    (memory 1)
    (table 10 funcref)
    (global $at i32 (i32.const 5))
    (global $next i32 (i32.add (global.get $at) (i32.const 1)))
    (data (global.get $at) "ab")
    (data (global.get $next) "c")
    (elem (global.get $next) func $f)
    (func $f (result i32) (i32.const 42))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))))");
  EXPECT_EQ(made.bits("load", {Value::from_i32(4)}), 0u);
  EXPECT_EQ(made.bits("load", {Value::from_i32(5)}), std::uint64_t{'a'});
  EXPECT_EQ(made.bits("load", {Value::from_i32(6)}), std::uint64_t{'c'});
  EXPECT_EQ(made.bits("call", {Value::from_i32(6)}), 42u);
  EXPECT_FALSE(made.call("call", {Value::from_i32(5)}));
}

// Element 0 is called before the table has changed, 1 after, 2 from a passive segment.
TEST_P(ConstantExpressions, GiveElementsTheSameValueWhenTheyAreAskedForLate) {
  auto made = guest(R"((module
    (table $t 4 funcref)
    (global $f funcref (ref.func $one))
    (global $g funcref (global.get $f))
    (global $none funcref (ref.null func))
    (elem (table $t) (i32.const 0) funcref (global.get $g) (global.get $g) (global.get $none))
    (elem $late funcref (global.get $none) (global.get $g))
    (func $one (result i32) (i32.const 1))
    (func (export "init") (table.init $t $late (i32.const 2) (i32.const 1) (i32.const 1)))
    (func (export "change") (table.set $t (i32.const 3) (ref.func $one)))
    (func (export "call") (param i32) (result i32) (call_indirect $t (result i32) (local.get 0)))))");
  EXPECT_EQ(made.bits("call", {Value::from_i32(0)}), 1u);
  EXPECT_FALSE(made.call("call", {Value::from_i32(2)}));
  ASSERT_TRUE(made.call("change", {}));
  EXPECT_EQ(made.bits("call", {Value::from_i32(1)}), 1u);
  ASSERT_TRUE(made.call("init", {}));
  EXPECT_EQ(made.bits("call", {Value::from_i32(2)}), 1u);
  EXPECT_EQ(made.bits("call", {Value::from_i32(3)}), 1u);
}

INSTANTIATE_TEST_SUITE_P(Settings, ConstantExpressions, testing::ValuesIn(kSettings), setting_name);

}  // namespace
}  // namespace tenon::regress
