// Element and data segments, and which functions they make known.
#include <gtest/gtest.h>

#include "unit/wasm/module_bytes.hpp"

namespace tenon::wasm::testing {
namespace {

constexpr auto kMalformed = ErrorCode::malformed;
constexpr auto kInvalid = ErrorCode::invalid;

// Three functions and two tables, of funcref and externref.
Bytes with_elements(const Bytes& segments) {
  return kHeader + kNoType + section(3, {3, 0, 0, 0}) + section(4, {2, 0x70, 0, 9, 0x6F, 0, 9}) +
         section(9, segments) + section(10, {3, 2, 0, 0x0B, 2, 0, 0x0B, 2, 0, 0x0B});
}

Bytes with_data(const Bytes& segments) { return kHeader + section(5, {1, 0, 1}) + section(11, segments); }

TEST(Elements, ComeInEightForms) {
  const Bytes zero = {0x41, 0, 0x0B};
  const Bytes expressions = {2, 0xD2, 0, 0x0B, 0xD0, 0x70, 0x0B};
  const Bytes functions = {2, 2, 1};
  const Bytes segments = Bytes{8} + Bytes{0} + zero + functions +                 // active, table 0
                         Bytes{1, 0} + functions +                                // passive
                         Bytes{2, 0} + zero + Bytes{0} + functions +              // active, explicit table
                         Bytes{3, 0} + functions +                                // declarative
                         Bytes{4} + zero + expressions +                          // the same with expressions
                         Bytes{5, 0x70} + expressions +                           //
                         Bytes{6, 1} + zero + Bytes{0x6F, 1, 0xD0, 0x6F, 0x0B} +  //
                         Bytes{7, 0x70} + expressions;
  const auto module = read(with_elements(segments));
  ASSERT_TRUE(module) << module.error().message;
  ASSERT_EQ(module->elements.size(), 8u);
  const SegmentMode modes[] = {SegmentMode::active,      SegmentMode::passive,    SegmentMode::active,
                               SegmentMode::declarative, SegmentMode::active,     SegmentMode::passive,
                               SegmentMode::active,      SegmentMode::declarative};
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(module->elements[i].mode, modes[i]) << i;
    EXPECT_EQ(module->elements[i].offset.size(), modes[i] == SegmentMode::active ? 1u : 0u) << i;
  }
  EXPECT_EQ(module->elements[0].elements[0][0].kind, ConstantOperator::Kind::ref_func);
  EXPECT_EQ(module->elements[0].elements[0][0].value[0], 2u);
  EXPECT_EQ(module->elements[4].elements[1][0].kind, ConstantOperator::Kind::ref_null);
  EXPECT_EQ(module->elements[6].type, ValueType::externref);
  EXPECT_EQ(module->elements[6].table, 1u);
}

TEST(Elements, RefuseWhatDoesNotFit) {
  expect_refused(with_elements({1, 8}), kMalformed, "malformed elements segment kind");
  expect_refused(with_elements({1, 1, 1, 0}), kMalformed, "malformed element kind");
  expect_refused(with_elements({1, 1, 0, 1, 3}), kInvalid, "unknown function 3");
  expect_refused(with_elements({1, 2, 2, 0x41, 0, 0x0B, 0, 0}), kInvalid, "unknown table 2");
  expect_refused(with_elements({1, 2, 1, 0x41, 0, 0x0B, 0, 0}), kInvalid, "type mismatch");
  expect_refused(with_elements({1, 0, 0x42, 0, 0x0B, 0}), kInvalid, "type mismatch");
  expect_refused(with_elements({1, 5, 0x6F, 1, 0xD2, 0, 0x0B}), kInvalid, "type mismatch");
  expect_refused(with_elements({1, 5, 0x70, 1, 0x41, 0, 0x0B}), kInvalid, "type mismatch");
  expect_refused(kHeader + section(9, {1, 0, 0x41, 0, 0x0B, 0}), kInvalid, "unknown table 0");
}

TEST(Data, ComesInThreeForms) {
  const Bytes bytes = with_data({3, 0, 0x41, 5, 0x0B, 2, 'a', 'b', 1, 1, 'c', 2, 0, 0x41, 0, 0x0B, 0});
  const auto module = read(bytes);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(module->data[0].offset[0].value[0], 5u);
  EXPECT_EQ(base::as_text(module->data[0].bytes), "ab");
  EXPECT_EQ(module->data[1].mode, SegmentMode::passive);
  EXPECT_EQ(module->data[2].mode, SegmentMode::active);
}

TEST(Data, RefusesWhatDoesNotFit) {
  expect_refused(with_data({1, 3}), kMalformed, "malformed data segment kind");
  expect_refused(with_data({1, 2, 1, 0x41, 0, 0x0B, 0}), kInvalid, "unknown memory 1");
  expect_refused(with_data({1, 0, 0x42, 0, 0x0B, 0}), kInvalid, "type mismatch");
  expect_refused(with_data({1, 1, 5, 'a'}), kMalformed, "length out of bounds");
  expect_refused(kHeader + section(11, {1, 0, 0x41, 0, 0x0B, 0}), kInvalid, "unknown memory 0");
}

// Exported, in an element segment of any mode, or in a global's initialiser.
TEST(ReferencedFunctions, AreThoseWhoseReferenceMayEscape) {
  const Bytes bytes =
      kHeader + kNoType + section(3, {5, 0, 0, 0, 0, 0}) + section(6, {1, 0x70, 0, 0xD2, 4, 0x0B}) +
      section(7, Bytes{1} + name("f") + Bytes{0, 2}) + section(9, {2, 3, 0, 1, 0, 1, 0, 2, 2, 0}) +
      section(10, Bytes{5} + repeat({2, 0, 0x0B}, 5));
  const auto module = read(bytes);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(module->referenced_functions, (std::vector<std::uint32_t>{0, 2, 4}));
}

}  // namespace
}  // namespace tenon::wasm::testing
