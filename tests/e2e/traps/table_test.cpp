// Indirect calls that have no callee, and table accesses out of bounds.
#include "traps/trap_case.hpp"

namespace tenon::e2e {
namespace {

constexpr char kModule[] = R"((module
  (type $get (func (result i32)))
  (type $take (func (param i64)))
  (table $t 3 funcref)
  (table $any 2 externref)
  (func $one (type $get) (i32.const 1))
  (func $other (type $take))
  (elem (table $t) (i32.const 0) func $one)
  (elem (table $t) (i32.const 2) func $other)
  (elem $passive func $one $other)
  (func (export "ok") (result i32) (i32.const 42))
  (func (export "call") (param i32) (result i32) (call_indirect $t (type $get) (local.get 0)))
  (func (export "get") (param i32) (drop (table.get $t (local.get 0))))
  (func (export "get any") (param i32) (result externref) (table.get $any (local.get 0)))
  (func (export "set") (param i32) (table.set $t (local.get 0) (ref.null func)))
  (func (export "set any") (param i32) (table.set $any (local.get 0) (ref.null extern)))
  (func (export "fill") (param i32 i32) (table.fill $t (local.get 0) (ref.null func) (local.get 1)))
  (func (export "copy") (param i32 i32 i32) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32)
    (table.init $t $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init dropped") (param i32 i32 i32)
    (elem.drop $passive)
    (table.init $t $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "call after set") (result i32)
    (table.set $t (i32.const 0) (ref.null func))
    (call_indirect $t (type $get) (i32.const 0)))))";

std::vector<Value> numbers(std::initializer_list<std::int32_t> values) {
  std::vector<Value> out;
  for (const auto value : values) out.push_back(Value::from_i32(value));
  return out;
}

class TableTraps : public testing::TestWithParam<Mode> {
 protected:
  void expect(const char* name, std::initializer_list<std::int32_t> arguments, TrapCode code) const {
    expect_trap_every_time(guest_.module(), {name, numbers(arguments), code});
  }
  tests::Guest guest_{kModule, [] {
                        auto options = GetParam().options();
                        options.strict = true;  // "get" drops what it reads
                        return options;
                      }()};
};

TEST_P(TableTraps, IndirectCallThatWorks) {
  Store store;
  const auto instance = store.instantiate(guest_.module());
  ASSERT_TRUE(instance) << to_string(instance.error());
  const auto result = instance->function("call")->call(numbers({0}));
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(result->at(0).i32(), 1);
}

TEST_P(TableTraps, IndirectCallOfNull) { expect("call", {1}, TrapCode::uninitialized_element); }

TEST_P(TableTraps, IndirectCallOfAnotherType) { expect("call", {2}, TrapCode::indirect_call_type_mismatch); }

TEST_P(TableTraps, IndirectCallBeyondTheEnd) {
  expect("call", {3}, TrapCode::undefined_element);
  expect("call", {-1}, TrapCode::undefined_element);
  expect("call", {0x08000000}, TrapCode::undefined_element);  // times 32 bytes this is 2^32
}

TEST_P(TableTraps, IndirectCallOfAnEntrySetToNull) {
  expect("call after set", {}, TrapCode::uninitialized_element);
}

TEST_P(TableTraps, AccessOutOfBounds) {
  for (const std::int32_t index : {3, -1, 0x08000000}) {
    expect("get", {index}, TrapCode::out_of_bounds_table_access);
    expect("set", {index}, TrapCode::out_of_bounds_table_access);
  }
  for (const std::int32_t index : {2, -1, 0x20000000}) {
    expect("get any", {index}, TrapCode::out_of_bounds_table_access);
    expect("set any", {index}, TrapCode::out_of_bounds_table_access);
  }
}

TEST_P(TableTraps, BulkOperators) {
  constexpr auto kCode = TrapCode::out_of_bounds_table_access;
  expect("fill", {3, 1}, kCode);
  expect("fill", {4, 0}, kCode);
  expect("fill", {-1, -1}, kCode);
  expect("copy", {0, 3, 1}, kCode);
  expect("copy", {2, 0, 2}, kCode);
  expect("copy", {-1, 0, -1}, kCode);
  expect("init", {2, 0, 2}, kCode);
  expect("init", {0, 1, 2}, kCode);
  expect("init dropped", {0, 0, 1}, kCode);
}

INSTANTIATE_TEST_SUITE_P(Modes, TableTraps, testing::ValuesIn(kModes), mode_name);

}  // namespace
}  // namespace tenon::e2e
