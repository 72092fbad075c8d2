// Memories and tables whose addresses are i64.
#include <gtest/gtest.h>

#include "unit/wasm/module_bytes.hpp"

namespace tenon::wasm::testing {
namespace {

constexpr auto kInvalid = ErrorCode::invalid;
const FeatureSet kFeatures = webassembly2_features().enable(Feature::memory64).enable(Feature::multi_memory);

Bytes memory(const Bytes& type) { return kHeader + section(5, Bytes{1} + type); }

TEST(Memory64, HasLimitsOf64Bits) {
  const Bytes bytes = memory(Bytes{5} + leb(1) + leb(std::uint64_t{1} << 48));
  const auto module = read(bytes, kFeatures);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(to_string(module->extern_type(ExternKind::memory, 0)), "memory i64 1..281474976710656");
  expect_refused(memory(Bytes{4} + leb((std::uint64_t{1} << 48) + 1)), kInvalid, "at most 2^48 pages",
                 kFeatures);
  expect_refused(memory(Bytes{0} + leb(65537)), kInvalid, "at most 65536 pages", kFeatures);
  expect_refused(memory({5, 2, 1}), kInvalid, "size minimum must not be greater than maximum", kFeatures);
  expect_refused_at(11, memory({4, 0}), ErrorCode::unsupported, "memory64", webassembly2_features());
}

TEST(Table64, HasLimitsOf64Bits) {
  const Bytes bytes = kHeader + section(4, Bytes{1, 0x70, 5, 0} + leb(~std::uint64_t{0}));
  const auto module = read(bytes, kFeatures);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(to_string(module->extern_type(ExternKind::table, 0)),
            "table i64 funcref 0..18446744073709551615");
}

TEST(Segments, HaveOffsetsOfTheirTargetsAddressType) {
  const Bytes memory64 = memory({4, 1});
  expect_accepted(memory64 + section(11, {1, 0, 0x42, 0, 0x0B, 0}), kFeatures);
  expect_refused(memory64 + section(11, {1, 0, 0x41, 0, 0x0B, 0}), kInvalid, "must leave one i64", kFeatures);
  const Bytes table64 = kHeader + section(4, {1, 0x70, 4, 1});
  expect_accepted(table64 + section(9, {1, 0, 0x42, 0, 0x0B, 0}), kFeatures);
  expect_refused(table64 + section(9, {1, 0, 0x41, 0, 0x0B, 0}), kInvalid, "must leave one i64", kFeatures);
}

// Memory 0 and table 0 have 64 bits, memory 1 and table 1 have 32.
Bytes with_body(const Bytes& operators) {
  return kHeader + kNoType + kOneFunction + section(4, {2, 0x70, 4, 1, 0x70, 0, 1}) +
         section(5, {2, 4, 1, 0, 1}) + section(9, {1, 1, 0, 0}) + section(12, {1}) + code(operators) +
         section(11, {1, 1, 0});
}
void valid(const Bytes& operators) { expect_accepted(with_body(operators), kFeatures); }
void invalid(const Bytes& operators, std::string_view message) {
  expect_refused(with_body(operators), kInvalid, message, kFeatures);
}

const Bytes kI32 = {0x41, 0};
const Bytes kI64 = {0x42, 0};
const Bytes kNull = {0xD0, 0x70};
const Bytes kDrop = {0x1A};

TEST(Memory64, IsAccessedByI64) {
  valid(kI64 + Bytes{0x28, 2, 0} + kDrop);
  valid(kI32 + Bytes{0x28, 0x42, 1, 0} + kDrop);
  invalid(kI32 + Bytes{0x28, 2, 0} + kDrop, "i32.load expects i64, found i32");
  invalid(kI64 + Bytes{0x28, 0x42, 1, 0} + kDrop, "i32.load expects i32, found i64");
  valid(kI64 + Bytes{0xFD, 0x0C} + Bytes(16, 0) + Bytes{0xFD, 0x54, 0, 0, 1} + kDrop);  // v128.load8_lane
  valid(Bytes{0x3F, 0, 0x40, 0, 0x50} + kDrop);  // memory.size, memory.grow, i64.eqz
  valid(kI64 + kI32 + kI64 + Bytes{0xFC, 0x0B, 0});
  valid(kI64 + kI32 + kI32 + Bytes{0xFC, 0x08, 0, 0});
  invalid(kI64 + kI32 + kI64 + Bytes{0xFC, 0x08, 0, 0}, "memory.init expects i32, found i64");
}

// Safety: what has 32-bit addresses must not be reached with a larger offset.
TEST(Memory64, AloneHasOffsetsBeyond32Bits) {
  const Bytes large = leb(std::uint64_t{1} << 32);
  valid(kI64 + Bytes{0x28, 2} + leb(~std::uint64_t{0}) + kDrop);
  valid(kI32 + Bytes{0x28, 0x42, 1} + leb(0xFFFFFFFF) + kDrop);
  invalid(kI32 + Bytes{0x28, 0x42, 1} + large + kDrop, "offset out of range");
  expect_refused(
      kHeader + kNoType + kOneFunction + section(5, {1, 0, 1}) + code(kI32 + Bytes{0x28, 2} + large + kDrop),
      ErrorCode::malformed, "integer too large", webassembly2_features());
}

TEST(Copies, CountInTheNarrowerType) {
  valid(kI64 + kI64 + kI64 + Bytes{0xFC, 0x0A, 0, 0});
  valid(kI64 + kI32 + kI32 + Bytes{0xFC, 0x0A, 0, 1});
  valid(kI32 + kI64 + kI32 + Bytes{0xFC, 0x0A, 1, 0});
  invalid(kI64 + kI32 + kI64 + Bytes{0xFC, 0x0A, 0, 1}, "memory.copy expects i32, found i64");
  valid(kI64 + kI64 + kI64 + Bytes{0xFC, 0x0E, 0, 0});
  valid(kI64 + kI32 + kI32 + Bytes{0xFC, 0x0E, 0, 1});
  valid(kI32 + kI64 + kI32 + Bytes{0xFC, 0x0E, 1, 0});
  invalid(kI32 + kI64 + kI64 + Bytes{0xFC, 0x0E, 1, 0}, "table.copy expects i32, found i64");
}

TEST(Table64, IsAccessedByI64) {
  valid(kI64 + Bytes{0x25, 0} + kDrop);
  invalid(kI32 + Bytes{0x25, 0} + kDrop, "table.get expects i64, found i32");
  valid(kI64 + kNull + Bytes{0x26, 0});
  valid(kNull + kI64 + Bytes{0xFC, 0x0F, 0, 0x50} + kDrop);  // table.grow, i64.eqz
  valid(Bytes{0xFC, 0x10, 0, 0x50} + kDrop);                 // table.size
  valid(kI64 + kNull + kI64 + Bytes{0xFC, 0x11, 0});         // table.fill
  valid(kI64 + kI32 + kI32 + Bytes{0xFC, 0x0C, 0, 0});       // table.init
  valid(kI64 + Bytes{0x11, 0, 0});                           // call_indirect
  invalid(kI32 + Bytes{0x11, 0, 0}, "call_indirect expects i64, found i32");
  valid(kI32 + Bytes{0x11, 0, 1});
}

}  // namespace
}  // namespace tenon::wasm::testing
