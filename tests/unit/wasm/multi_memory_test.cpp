// Several memories in one module, and constants that are calculated.
#include <gtest/gtest.h>

#include "unit/wasm/module_bytes.hpp"

namespace tenon::wasm::testing {
namespace {

constexpr auto kInvalid = ErrorCode::invalid;
const FeatureSet kFeatures =
    webassembly2_features().enable(Feature::multi_memory).enable(Feature::extended_const);

// A function of two memories and one passive data segment.
Bytes with_body(const Bytes& operators) {
  return kHeader + kNoType + kOneFunction + section(5, {2, 0, 1, 0, 1}) + section(12, {1}) + code(operators) +
         section(11, {1, 1, 0});
}
void valid(const Bytes& operators) { expect_accepted(with_body(operators), kFeatures); }
void invalid(const Bytes& operators, std::string_view message) {
  expect_refused(with_body(operators), kInvalid, message, kFeatures);
}

const Bytes kThree = {0x41, 0, 0x41, 0, 0x41, 0};

TEST(MultiMemory, LetsEveryOperatorNameItsMemory) {
  valid({0x41, 0, 0x28, 0x42, 1, 0, 0x1A});     // i32.load
  valid({0x41, 0, 0x41, 0, 0x36, 0x42, 1, 0});  // i32.store
  valid(Bytes{0x41, 0, 0xFD, 0x0C} + Bytes(16, 0) +
        Bytes{0xFD, 0x54, 0x40, 1, 0, 15, 0x1A});  // v128.load8_lane
  valid({0x3F, 1, 0x40, 1, 0x1A});                 // memory.size and grow
  valid(kThree + Bytes{0xFC, 0x0B, 1});            // memory.fill
  valid(kThree + Bytes{0xFC, 0x0A, 1, 0});         // memory.copy
  valid(kThree + Bytes{0xFC, 0x08, 0, 1});         // memory.init: the segment goes first
}

TEST(MultiMemory, RefusesMemoriesThatDoNotExist) {
  invalid({0x41, 0, 0x28, 0x42, 2, 0, 0x1A}, "unknown memory 2");
  invalid({0x3F, 2, 0x1A}, "unknown memory 2");
  invalid(kThree + Bytes{0xFC, 0x0B, 2}, "unknown memory 2");
  invalid(kThree + Bytes{0xFC, 0x0A, 2, 0}, "unknown memory 2");
  invalid(kThree + Bytes{0xFC, 0x0A, 0, 2}, "unknown memory 2");
  invalid(kThree + Bytes{0xFC, 0x08, 0, 2}, "unknown memory 2");
  invalid(kThree + Bytes{0xFC, 0x08, 1, 0}, "unknown data segment 1");
}

// Each takes gigabytes of address space.
TEST(MultiMemory, CountsImportedMemoriesToo) {
  const Bytes import = name("a") + name("b") + Bytes{2, 0, 0};
  expect_accepted(kHeader + section(2, leb(100) + repeat(import, 100)), kFeatures);
  expect_refused(kHeader + section(2, leb(101) + repeat(import, 101)), ErrorCode::limit_exceeded,
                 "module has 101 memories; the limit is 100", kFeatures);
}

TEST(MultiMemory, LetsSegmentsNameTheirMemory) {
  const Bytes before = kHeader + section(5, {2, 0, 1, 0, 1});
  const Bytes bytes = before + section(11, {1, 2, 1, 0x41, 3, 0x0B, 1, 'x'});
  const auto module = read(bytes, kFeatures);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(module->data[0].memory, 1u);
  expect_refused(before + section(11, {1, 2, 2, 0x41, 3, 0x0B, 0}), kInvalid, "unknown memory 2", kFeatures);
}

TEST(ExtendedConst, CalculatesOffsetsOfSegments) {
  const Bytes bytes = kHeader + section(5, {1, 0, 1}) +
                      section(11, {1, 0, 0x41, 6, 0x41, 1, 0x6B, 0x41, 2, 0x6C, 0x0B, 1, 'x'});
  const auto module = read(bytes, kFeatures);
  ASSERT_TRUE(module) << module.error().message;
  const ConstantExpression& offset = module->data[0].offset;
  ASSERT_EQ(offset.size(), 5u);
  EXPECT_EQ(offset[2].kind, ConstantOperator::Kind::i32_sub);
  EXPECT_EQ(offset[4].kind, ConstantOperator::Kind::i32_mul);
}

TEST(ExtendedConst, CalculatesWithIntegersOnly) {
  const auto global = [](const Bytes& type, const Bytes& expression) {
    return kHeader + section(6, Bytes{1} + type + expression + Bytes{0x0B});
  };
  expect_accepted(global({0x7E, 0}, {0x42, 6, 0x42, 7, 0x7C, 0x42, 8, 0x7D, 0x42, 9, 0x7E}), kFeatures);
  expect_refused(global({0x7F, 0}, {0x41, 6, 0x42, 7, 0x6A}), kInvalid, "type mismatch", kFeatures);
  expect_refused(global({0x7F, 0}, {0x41, 6, 0x41, 7, 0x6D}), kInvalid, "constant expression required",
                 kFeatures);
}

}  // namespace
}  // namespace tenon::wasm::testing
