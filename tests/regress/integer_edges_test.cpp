// Where LLVM's integers have undefined or poison results and WebAssembly's
// have values, and where an address could lose or keep a bit too many.
#include <bit>

#include "strict_guest.hpp"

namespace tenon::regress {
namespace {

class IntegerEdges : public AtEachLevel {};

std::string shift(const std::string& type, const std::string& op, std::uint64_t count) {
  const std::string name = type + "." + op;
  const std::string head = "(func (export \"" + name + " ";
  return head + std::to_string(count) + "\") (param " + type + ") (result " + type + ") (" + name +
         " (local.get 0) (" + type + ".const " + std::to_string(count) + ")))\n";
}

constexpr std::uint64_t kCounts[] = {0, 1, 31, 32, 33, 63, 64, 65, 0xFFFFFFFF};
constexpr const char* kShifts[] = {"shl", "shr_s", "shr_u", "rotl", "rotr"};

std::string shift_module() {
  std::string text = "(module ";
  for (const std::string type : {"i32", "i64"}) {
    for (const std::string op : kShifts) {
      text += "(func (export \"" + type + "." + op + "\") (param " + type + " " + type + ") (result " + type +
              ") (" + type + "." + op + " (local.get 0) (local.get 1)))\n";
      for (const auto count : kCounts) text += shift(type, op, count);
    }
  }
  return text + ")";
}

template <typename Unsigned, typename Signed>
Unsigned expected_shift(const std::string& op, Unsigned value, std::uint64_t count) {
  const auto by = static_cast<int>(count % (8 * sizeof(Unsigned)));
  if (op == "shl") return value << by;
  if (op == "shr_u") return value >> by;
  if (op == "shr_s") return static_cast<Unsigned>(static_cast<Signed>(value) >> by);
  return op == "rotl" ? std::rotl(value, by) : std::rotr(value, by);
}

// The count is taken modulo the width (section 4.3.2, ishl and its like).
TEST_P(IntegerEdges, ShiftCountsOfAndBeyondTheWidth) {
  StrictGuest guest(shift_module(), GetParam());
  constexpr std::uint32_t kNarrow = 0x9ABCDEF1;
  constexpr std::uint64_t kWide = 0x9ABCDEF123456789;
  for (const std::string op : kShifts) {
    for (const auto count : kCounts) {
      const auto narrow = expected_shift<std::uint32_t, std::int32_t>(op, kNarrow, count);
      const auto wide = expected_shift<std::uint64_t, std::int64_t>(op, kWide, count);
      const Value n = Value::from_bits(ValueType::i32, kNarrow);
      const Value w = Value::from_bits(ValueType::i64, kWide);
      const std::string constant = op + " " + std::to_string(count);
      EXPECT_EQ(static_cast<std::uint32_t>(guest.bits("i32." + constant, {n})), narrow) << constant;
      EXPECT_EQ(guest.bits("i64." + constant, {w}), wide) << constant;
      EXPECT_EQ(
          static_cast<std::uint32_t>(guest.bits("i32." + op, {n, Value::from_bits(ValueType::i32, count)})),
          narrow);
      EXPECT_EQ(guest.bits("i64." + op, {w, Value::from_bits(ValueType::i64, count)}), wide);
    }
  }
}

// llvm.ctlz and llvm.cttz can be told that zero is undefined.
TEST_P(IntegerEdges, CountingTheZerosOfZero) {
  StrictGuest guest(R"((module
    (func (export "clz") (param i32) (result i32) (i32.clz (local.get 0)))
    (func (export "ctz") (param i32) (result i32) (i32.ctz (local.get 0)))
    (func (export "clz64") (param i64) (result i64) (i64.clz (local.get 0)))
    (func (export "ctz64") (param i64) (result i64) (i64.ctz (local.get 0)))))",
                    GetParam());
  EXPECT_EQ(guest.bits("clz", {Value::from_i32(0)}), 32u);
  EXPECT_EQ(guest.bits("ctz", {Value::from_i32(0)}), 32u);
  EXPECT_EQ(guest.bits("clz64", {Value::from_i64(0)}), 64u);
  EXPECT_EQ(guest.bits("ctz64", {Value::from_i64(0)}), 64u);
}

// fptosi beyond the range is poison; saturation is a value.
TEST_P(IntegerEdges, SaturatingConversions) {
  StrictGuest guest(R"((module
    (func (export "s") (param f64) (result i32) (i32.trunc_sat_f64_s (local.get 0)))
    (func (export "u") (param f64) (result i64) (i64.trunc_sat_f64_u (local.get 0)))))",
                    GetParam());
  EXPECT_EQ(static_cast<std::uint32_t>(guest.bits("s", {Value::from_f64(1e300)})), 0x7FFFFFFFu);
  EXPECT_EQ(static_cast<std::uint32_t>(guest.bits("s", {Value::from_f64(-1e300)})), 0x80000000u);
  EXPECT_EQ(guest.bits("s", {Value::from_f64(__builtin_nan(""))}), 0u);
  EXPECT_EQ(guest.bits("u", {Value::from_f64(-5)}), 0u);
  EXPECT_EQ(guest.bits("u", {Value::from_f64(1e300)}), ~std::uint64_t{0});
}

constexpr char kAddresses[] = R"((module
  (memory 1)
  (data (i32.const 0) "\00\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\10")
  (func (export "at") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "at + 1") (param i32) (result i32) (i32.load8_u offset=1 (local.get 0)))
  (func (export "at + 4") (param i32) (result i32) (i32.load8_u offset=4 (local.get 0)))
  (func (export "at + max") (param i32) (result i32) (i32.load8_u offset=4294967295 (local.get 0)))
  (func (export "sum") (param i32 i32) (result i32) (i32.load8_u (i32.add (local.get 0) (local.get 1))))
  (func (export "sum + 1") (param i32 i32) (result i32)
    (i32.load8_u offset=1 (i32.add (local.get 0) (local.get 1))))
  (func (export "difference + 8") (param i32 i32) (result i32)
    (i32.load8_u offset=8 (i32.sub (local.get 0) (local.get 1))))
  (func (export "shifted") (param i32) (result i32) (i32.load8_u (i32.shl (local.get 0) (i32.const 1))))
  (func (export "wrapped") (param i64) (result i32) (i32.load8_u (i32.wrap_i64 (local.get 0))))
  (func (export "extended") (param i32) (result i32) (i32.load8_u (i32.extend8_s (local.get 0))))
  (func (export "constant") (result i32) (i32.load8_u offset=4294967295 (i32.const 0xffffffff)))
  (func (export "constant + 1") (result i32) (i32.load8_u offset=1 (i32.const 0xffffffff)))
  (func (export "loop") (param i32) (result i32) (local $sum i32)
    (loop
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u offset=1 (local.get 0))))
      (local.set 0 (i32.add (local.get 0) (i32.const 4)))
      (br_if 0 (i32.ne (local.get 0) (i32.const 4))))
    (local.get $sum))))";

std::vector<Value> i32s(std::initializer_list<std::uint32_t> values) {
  std::vector<Value> out;
  for (const auto value : values) out.push_back(Value::from_bits(ValueType::i32, value));
  return out;
}

// The index wraps in 32 bits; index plus offset does not (section 4.4.7).
TEST_P(IntegerEdges, IndicesWrapAndAddressesDoNot) {
  StrictGuest guest(kAddresses, GetParam());
  constexpr auto kTrap = TrapCode::out_of_bounds_memory_access;
  EXPECT_EQ(guest.bits("sum", i32s({0xFFFFFFF0, 0x14})), 4u);
  EXPECT_EQ(guest.bits("sum + 1", i32s({0xFFFFFFFF, 1})), 1u);
  EXPECT_EQ(guest.bits("shifted", i32s({0x80000003})), 6u);
  EXPECT_EQ(guest.bits("at + 4", i32s({4})), 8u);
  guest.expect_trap("at + 1", kTrap, i32s({0xFFFFFFFF}));
  guest.expect_trap("at + 4", kTrap, i32s({0xFFFFFFFE}));
  guest.expect_trap("at + max", kTrap, i32s({0xFFFFFFFF}));
  guest.expect_trap("at + max", kTrap, i32s({1}));
  guest.expect_trap("sum + 1", kTrap, i32s({0xFFFFFFFE, 1}));
  guest.expect_trap("difference + 8", kTrap, i32s({0, 4}));
  guest.expect_trap("extended", kTrap, i32s({0xFF}));
  guest.expect_trap("constant", kTrap);
  guest.expect_trap("constant + 1", kTrap);
  guest.expect_trap("loop", kTrap, i32s({0xFFFFFFFC}));
}

// What stands above an i32's 32 bits, in a slot or a register, is not part of it.
TEST_P(IntegerEdges, UpperBitsOfAnIndexAreIgnored) {
  StrictGuest guest(kAddresses, GetParam());
  constexpr std::uint64_t kDirt = 0xDEADBEEF00000000;
  EXPECT_EQ(guest.bits("at", {Value::from_bits(ValueType::i32, kDirt | 5)}), 5u);
  EXPECT_EQ(guest.bits("at + 4", {Value::from_bits(ValueType::i32, kDirt | 5)}), 9u);
  EXPECT_EQ(guest.bits("wrapped", {Value::from_bits(ValueType::i64, kDirt | 7)}), 7u);
  EXPECT_EQ(guest.bits("shifted", {Value::from_bits(ValueType::i32, kDirt | 0x80000001)}), 2u);
}

INSTANTIATE_TEST_SUITE_P(Levels, IntegerEdges, testing::Values(0, 1, 2, 3));

}  // namespace
}  // namespace tenon::regress
