// Atomic operators: the order of their traps, sums of 33 bits, operands wider
// than what is in memory, and races that must stay the guest's own.
#include <vector>

#include "binary_guest.hpp"

namespace tenon::regress {
namespace {

constexpr auto kOutOfBounds = TrapCode::out_of_bounds_memory_access;
constexpr auto kUnaligned = TrapCode::unaligned_atomic;
constexpr std::uint64_t kSize = kPageSize;
__extension__ typedef unsigned __int128 Wide;

struct Operator {
  std::string name;
  unsigned bytes;
  std::string operands;  // after the address
  bool has_result = true;
};

std::vector<Operator> operators() {
  std::vector<Operator> all{{"memory.atomic.notify", 4, "(i32.const 1)"}};
  const std::pair<std::string, std::vector<unsigned>> types[] = {{"i32", {4, 1, 2}}, {"i64", {8, 1, 2, 4}}};
  for (const auto& [type, widths] : types) {
    const std::string zero = " (" + type + ".const 0)";
    for (const unsigned bytes : widths) {
      const bool whole = bytes == widths[0];
      const std::string width = whole ? "" : std::to_string(8 * bytes);
      const std::string suffix = whole ? "" : "_u";
      all.push_back({type + ".atomic.load" + width + suffix, bytes, ""});
      all.push_back({type + ".atomic.store" + width, bytes, zero, false});
      for (const char* name : {"add", "sub", "and", "or", "xor", "xchg"}) {
        all.push_back({type + ".atomic.rmw" + width + "." + name + suffix, bytes, zero});
      }
      all.push_back({type + ".atomic.rmw" + width + ".cmpxchg" + suffix, bytes, zero + zero});
    }
  }
  return all;
}

constexpr std::uint64_t kOffsets[] = {0, 1, 4, 7, kSize - 8, kSize, 0xFFFFFFF8, 0xFFFFFFFF};

std::string function_name(const Operator& op, std::uint64_t offset) {
  return op.name + "+" + std::to_string(offset);
}

// Waiting is tried with a value that is not there, so nobody sleeps.
std::string access_module(const std::string& memory, const std::string& address_type, bool waits) {
  std::vector<Operator> all = operators();
  if (waits) {
    all.push_back({"memory.atomic.wait32", 4, "(i32.const 9) (i64.const -1)"});
    all.push_back({"memory.atomic.wait64", 8, "(i64.const 9) (i64.const -1)"});
  }
  std::string text = "(module (memory " + memory + ")";
  for (const Operator& op : all) {
    for (const std::uint64_t offset : kOffsets) {
      text += "(func (export \"" + function_name(op, offset) + "\") (param " + address_type + ") (" +
              (op.has_result ? "drop (" : "") + op.name + " offset=" + std::to_string(offset) +
              " (local.get 0) " + op.operands + (op.has_result ? ")" : "") + "))\n";
    }
  }
  return text + ")";
}

std::optional<TrapCode> expected_trap(std::uint64_t address, std::uint64_t offset, unsigned bytes) {
  const Wide effective = Wide{address} + offset;
  if (effective % bytes != 0) return kUnaligned;
  if (effective + bytes > kSize) return kOutOfBounds;
  return std::nullopt;
}

std::vector<std::uint64_t> addresses(std::uint64_t offset) {
  std::vector<std::uint64_t> all;
  for (const std::uint64_t around :
       {std::uint64_t{0}, kSize, kSize - offset, 0 - offset, std::uint64_t{1} << 32}) {
    for (std::uint64_t i = 0; i < 17; ++i) all.push_back(around - 8 + i);
  }
  return all;
}

class Atomics : public testing::TestWithParam<Setting> {
 protected:
  [[nodiscard]] static BinaryGuest guest(const std::string& text) {
    return {tests::wat_to_wasm(text), GetParam().options()};
  }
};

void expect_exact_traps(BinaryGuest& guest, bool is_64) {
  for (const Operator& op : operators()) {
    for (const std::uint64_t offset : kOffsets) {
      const auto function = guest.instance().function(function_name(op, offset)).value();
      for (std::uint64_t address : addresses(offset)) {
        if (!is_64) address = static_cast<std::uint32_t>(address);
        const Value argument = is_64 ? Value::from_i64(static_cast<std::int64_t>(address))
                                     : Value::from_i32(static_cast<std::int32_t>(address));
        const auto result = function.call(std::vector{argument});
        const auto trap = result ? std::nullopt : result.error().trap;
        ASSERT_EQ(trap, expected_trap(address, offset, op.bytes))
            << function_name(op, offset) << " at " << address;
      }
    }
  }
}

TEST_P(Atomics, TrapWhereUnalignedAndThenExactlyOutsideTheMemory) {
  auto made = guest(access_module("1 1 shared", "i32", true));
  expect_exact_traps(made, false);
}

TEST_P(Atomics, OfAMemoryThatIsNotShared) {
  auto made = guest(access_module("1 1", "i32", false));
  expect_exact_traps(made, false);
}

TEST_P(Atomics, OfA64BitMemory) {
  auto made = guest(access_module("i64 1 1", "i64", false));
  expect_exact_traps(made, true);
}

TEST_P(Atomics, OperandsAreWrappedAndResultsZeroExtended) {
  auto made = guest(R"((module (memory 1 1 shared)
    (func (export "set") (param i64) (i64.store (i32.const 0) (local.get 0)))
    (func (export "get") (result i64) (i64.load (i32.const 0)))
    (func (export "add8") (param i64) (result i64) (i64.atomic.rmw8.add_u (i32.const 1) (local.get 0)))
    (func (export "sub16") (param i32) (result i32) (i32.atomic.rmw16.sub_u (i32.const 2) (local.get 0)))
    (func (export "xchg32") (param i64) (result i64) (i64.atomic.rmw32.xchg_u (i32.const 4) (local.get 0)))
    (func (export "store16") (param i32) (i32.atomic.store16 (i32.const 0) (local.get 0)))
    (func (export "load8") (result i32) (i32.atomic.load8_u (i32.const 7)))
    (func (export "exchange8") (param i32 i32) (result i32)
      (i32.atomic.rmw8.cmpxchg_u (i32.const 7) (local.get 0) (local.get 1)))
    (func (export "exchange32") (param i64 i64) (result i64)
      (i64.atomic.rmw32.cmpxchg_u (i32.const 4) (local.get 0) (local.get 1)))))");
  const auto set = [&](std::uint64_t value) {
    ASSERT_TRUE(made.call("set", {Value::from_i64(static_cast<std::int64_t>(value))}));
  };
  const auto i32 = [](std::uint32_t value) { return Value::from_i32(static_cast<std::int32_t>(value)); };
  const auto i64 = [](std::uint64_t value) { return Value::from_i64(static_cast<std::int64_t>(value)); };
  set(0xFFFFFFFFFFFFFFFF);
  EXPECT_EQ(made.bits("add8", {i64(0xABCDEF01)}), 0xFFu);
  EXPECT_EQ(made.bits("get", {}), 0xFFFFFFFFFFFF00FF);
  EXPECT_EQ(made.bits("sub16", {i32(0x7FFF0001)}), 0xFFFFu);
  EXPECT_EQ(made.bits("get", {}), 0xFFFFFFFFFFFE00FF);
  EXPECT_EQ(made.bits("xchg32", {i64(0x1122334480000000)}), 0xFFFFFFFFu);
  EXPECT_EQ(made.bits("get", {}), 0x80000000FFFE00FF);
  ASSERT_TRUE(made.call("store16", {i32(0x12345678)}));
  EXPECT_EQ(made.bits("get", {}), 0x80000000FFFE5678);
  EXPECT_EQ(made.bits("load8", {}), 0x80u);
  // The value expected is as wide as what is in memory: the bits above do not count.
  EXPECT_EQ(made.bits("exchange8", {i32(0x180), i32(0x1FF)}), 0x80u);
  EXPECT_EQ(made.bits("exchange8", {i32(0x80), i32(0)}), 0xFFu);
  EXPECT_EQ(made.bits("get", {}), 0xFF000000FFFE5678);
  EXPECT_EQ(made.bits("exchange32", {i64(0x1FF000000), i64(0x2000000007)}), 0xFF000000u);
  EXPECT_EQ(made.bits("get", {}), 0x00000007FFFE5678);
}

constexpr char kWaits[] = R"(
  (func (export "wait32") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i32 i64 i64) (result i32)
    (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32)
    (memory.atomic.notify (local.get 0) (local.get 1)))))";

TEST_P(Atomics, WaitingAlone) {
  auto made = guest("(module (memory 1 1 shared) (data (i32.const 8) \"\\01\\00\\00\\00\\02\")" +
                    std::string(kWaits));
  const auto wait32 = [&](std::int32_t at, std::int32_t expected, std::int64_t timeout) {
    return made.bits("wait32", {Value::from_i32(at), Value::from_i32(expected), Value::from_i64(timeout)});
  };
  const auto wait64 = [&](std::int32_t at, std::int64_t expected, std::int64_t timeout) {
    return made.bits("wait64", {Value::from_i32(at), Value::from_i64(expected), Value::from_i64(timeout)});
  };
  EXPECT_EQ(wait32(8, 2, -1), 1u);
  EXPECT_EQ(wait32(8, 2, INT64_MAX), 1u);
  EXPECT_EQ(wait32(8, 1, 0), 2u);
  EXPECT_EQ(wait32(8, 1, 1'000'000), 2u);
  EXPECT_EQ(wait64(8, 1, -1), 1u);
  EXPECT_EQ(wait64(8, 0x200000001, 1000), 2u);
  EXPECT_EQ(made.bits("notify", {Value::from_i32(8), Value::from_i32(-1)}), 0u);
}

// After its address is found good, as elsewhere.
TEST_P(Atomics, WaitingWhereNobodyElseIs) {
  auto made = guest("(module (memory 1 1)" + std::string(kWaits));
  const auto trap = [&](std::int32_t at) {
    return made.trap("wait32", {Value::from_i32(at), Value::from_i32(0), Value::from_i64(0)});
  };
  EXPECT_EQ(trap(0), TrapCode::expected_shared_memory);
  EXPECT_EQ(trap(2), kUnaligned);
  EXPECT_EQ(trap(65534), kUnaligned);  // and out of bounds
  EXPECT_EQ(trap(-4), kOutOfBounds);
  EXPECT_EQ(made.bits("notify", {Value::from_i32(0), Value::from_i32(1)}), 0u);
}

TEST_P(Atomics, ResultsThatNobodyReadsStillHappen) {
  auto made = guest(R"((module (memory 1 1 shared)
    (func (export "modify") (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 5))))
    (func (export "keep") (param i32) (drop (i32.atomic.rmw.or (local.get 0) (i32.const 0))))
    (func (export "load") (param i32) (drop (i32.atomic.load (local.get 0))))
    (func (export "get") (result i32) (i32.load (i32.const 0)))))");
  ASSERT_TRUE(made.call("modify", {}));
  EXPECT_EQ(made.bits("get", {}), 5u);
  for (const char* name : {"keep", "load"}) {
    EXPECT_EQ(made.trap(name, {Value::from_i32(kPageSize)}), kOutOfBounds);
    EXPECT_EQ(made.trap(name, {Value::from_i32(2)}), kUnaligned);
  }
}

INSTANTIATE_TEST_SUITE_P(Settings, Atomics, testing::ValuesIn(kSettings), setting_name);

// A value that another thread may be changing is one value: LLVM may not give
// the check of an index one and the access another.
TEST(Races, PlainLoadsOfSharedMemoryAreFrozen) {
  const std::string body = R"((func (export "f") (param i32) (result i32)
    (i32.add (i32.load (local.get 0)) (i32x4.extract_lane 0 (v128.load32_splat (local.get 0))))))";
  const auto count = [&](const std::string& memory) {
    const auto text = tests::emit_text("(module (memory " + memory + ")" + body + ")",
                                       {.optimization_level = 0, .emit = compiler::Emit::llvm_ir});
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(" freeze ", at)) != std::string::npos; ++at) ++found;
    return found;
  };
  EXPECT_EQ(count("1 1 shared"), 2u);
  EXPECT_EQ(count("1 1"), 0u);
}

}  // namespace
}  // namespace tenon::regress
