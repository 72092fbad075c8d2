// Tags, and the operators that throw and catch: those of the standard and the
// older ones beside them.
#include <gtest/gtest.h>

#include "unit/wasm/module_bytes.hpp"
#include "wasm/operator.hpp"

namespace tenon::wasm::testing {
namespace {

constexpr auto kMalformed = ErrorCode::malformed;
constexpr auto kInvalid = ErrorCode::invalid;
constexpr auto kUnsupported = ErrorCode::unsupported;
const FeatureSet kStandard = webassembly2_features().enable(Feature::exceptions).enable(Feature::tail_calls);
const FeatureSet kLegacy = FeatureSet(kStandard).enable(Feature::legacy_exceptions);

// Types 0: () -> (), 1: (i32) -> (), 2: () -> i32, 3: () -> (i32, exnref),
// 4: () -> exnref.
const Bytes kTypes = section(1, {5,    0x60, 0, 0,    0x60, 1,    0x7F, 0, 0x60, 0, 1, 0x7F,  //
                                 0x60, 0,    2, 0x7F, 0x69, 0x60, 0,    1, 0x69});
// Tags 0 and 1 are of types 0 and 1.
const Bytes kTags = section(13, {2, 0, 0, 0, 1});

TEST(Tags, AreImportedDefinedAndExported) {
  const Bytes imports = section(2, Bytes{1} + name("a") + name("b") + Bytes{4, 0, 1});
  const Bytes exports = section(7, Bytes{1} + name("t") + Bytes{4, 1});
  const Bytes bytes = kHeader + kTypes + imports + section(13, {1, 0, 0}) + exports;
  const auto module = read(bytes, kStandard);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(module->imported_tags, 1u);
  EXPECT_EQ(module->imports[0].kind, ExternKind::tag);
  EXPECT_EQ(to_string(module->extern_type(ExternKind::tag, 0)), "tag (i32) -> ()");
  EXPECT_EQ(to_string(module->extern_type(module->exports[0].kind, module->exports[0].index)),
            "tag () -> ()");
}

TEST(Tags, HaveNoResults) {
  expect_refused(kHeader + kTypes + section(13, {1, 0, 2}), kInvalid, "non-empty tag result type", kStandard);
  expect_refused(kHeader + kTypes + section(13, {1, 0, 5}), kInvalid, "unknown type 5", kStandard);
  expect_refused(kHeader + kTypes + section(13, {1, 1, 0}), kMalformed, "malformed tag attribute", kStandard);
  expect_refused(kHeader + kTypes + kTags + section(7, Bytes{1} + name("t") + Bytes{4, 2}), kInvalid,
                 "unknown tag 2", kStandard);
  expect_refused(kHeader + kTypes + section(6, {0}) + kTags, kMalformed, "out of order", kStandard);
}

TEST(Tags, NeedTheirFeature) {
  const FeatureSet without = webassembly2_features();
  const Bytes ab = name("a") + name("b");
  expect_refused(kHeader + kNoType + section(13, {1, 0, 0}), kUnsupported, "exceptions", without);
  expect_refused(kHeader + kNoType + section(2, Bytes{1} + ab + Bytes{4, 0, 0}), kUnsupported, "exceptions",
                 without);
  expect_refused_at(13, kHeader + section(1, {1, 0x60, 1, 0x69, 0}), kUnsupported, "exceptions", without);
}

Bytes with_body(const Bytes& operators, std::uint8_t type) {
  return kHeader + kTypes + section(3, {1, type}) + kTags + code(operators);
}
void valid(const Bytes& operators, std::uint8_t type = 0, FeatureSet features = kStandard) {
  expect_accepted(with_body(operators, type), features);
}
void invalid(const Bytes& operators, std::string_view message, std::uint8_t type = 0,
             FeatureSet features = kStandard) {
  expect_refused(with_body(operators, type), kInvalid, message, features);
}

const Bytes kI32 = {0x41, 0};
const Bytes kI64 = {0x42, 0};
const Bytes kNullExn = {0xD0, 0x69};
const Bytes kEnd = {0x0B};

TEST(Throw, TakesWhatTheTagCarries) {
  valid(kI32 + Bytes{0x08, 1});
  valid(kI32 + Bytes{0x08, 1}, 2);  // nothing comes after
  valid({0x08, 0});
  invalid({0x08, 1}, "throw expects i32, found no value");
  invalid(kI64 + Bytes{0x08, 1}, "throw expects i32, found i64");
  invalid({0x08, 2}, "unknown tag 2");
  valid(kNullExn + Bytes{0x0A});
  invalid({0x0A}, "throw_ref expects exnref, found no value");
  invalid({0xD0, 0x6F, 0x0A}, "throw_ref expects exnref, found externref");
}

TEST(References, ToExceptionsAreOrdinaryReferences) {
  valid(kNullExn + Bytes{0xD1, 0x1A});
  valid(kNullExn, 4);
  valid(kNullExn + kNullExn + kI32 + Bytes{0x1C, 1, 0x69, 0x1A});
  invalid(kNullExn + kNullExn + kI32 + Bytes{0x1B, 0x1A}, "select without a type expects numbers");
}

TEST(TryTable, HandsWhatItCatchesToLabels) {
  valid({0x1F, 0x40, 1, 0, 0, 0, 0x0B});                                    // catch 0: nothing
  valid(Bytes{0x02, 0x7F, 0x1F, 0x40, 1, 0, 1, 0, 0x0B} + kI32 + kEnd, 2);  // catch 1: i32
  valid(Bytes{0x1F, 0x40, 1, 1, 1, 0, 0x0B} + kI32 + kNullExn, 3);          // catch_ref 1: i32, exnref
  valid({0x1F, 0x40, 1, 2, 0, 0x0B});                                       // catch_all: nothing
  valid(Bytes{0x1F, 0x40, 1, 3, 0, 0x0B} + kNullExn, 4);                    // catch_all_ref: exnref
  invalid({0x1F, 0x40, 1, 0, 1, 0, 0x0B}, "other values than its label takes");
  invalid({0x1F, 0x40, 1, 1, 0, 0, 0x0B}, "gives an exnref that its label does not take");
  invalid(Bytes{0x1F, 0x40, 1, 2, 0, 0x0B} + kNullExn, "other values than its label takes", 4);
}

bool handles_exceptions(const Bytes& operators) {
  const auto module = read(with_body(operators, 0), kLegacy);
  return module && module->bodies.at(0).handles_exceptions;
}

// A module without either is nounwind throughout, and its functions can be borrowed.
TEST(Bodies, HandleExceptionsWhereTheyHaveATryAndNotForAnyBlock) {
  EXPECT_FALSE(handles_exceptions({0x02, 0x40, 0x0B}));              // block
  EXPECT_FALSE(handles_exceptions({0x03, 0x40, 0x0B}));              // loop
  EXPECT_FALSE(handles_exceptions(kI32 + Bytes{0x04, 0x40, 0x0B}));  // if
  EXPECT_FALSE(handles_exceptions({0x08, 0}));                       // throw
  EXPECT_TRUE(handles_exceptions({0x1F, 0x40, 0, 0x0B}));            // try_table
  EXPECT_TRUE(handles_exceptions({0x06, 0x40, 0x0B}));               // try
  EXPECT_TRUE(handles_exceptions({0x02, 0x40, 0x06, 0x40, 0x0B, 0x0B}));
}

// The innermost label that a clause can name is the one around the try_table.
TEST(TryTable, CountsLabelsFromOutside) {
  invalid({0x1F, 0x40, 1, 2, 1, 0x0B}, "unknown label 1");
  valid({0x02, 0x40, 0x1F, 0x40, 1, 2, 1, 0x0B, 0x0B});
  valid(Bytes{0x1F, 0x7F, 1, 2, 0} + kI32 + Bytes{0x0B, 0x1A});  // not its own result
  invalid({0x1F, 0x40, 1, 0, 2, 0, 0x0B}, "unknown tag 2");
  invalid({0x1F, 9, 0, 0x0B}, "unknown type 9");
  expect_refused(with_body({0x1F, 0x40, 1, 4, 0, 0x0B}, 0), kMalformed, "malformed catch clause", kStandard);
}

TEST(TryTable, IsDecodedWithItsClauses) {
  const Bytes bytes = {0x1F, 0x7F, 2, 1, 7, 8, 2, 9};
  OperatorReader reader(bytes, 0, kStandard);
  Operator op;
  ASSERT_TRUE(reader.next(op));
  EXPECT_EQ(op.opcode(), Opcode::try_table);
  EXPECT_EQ(op.block.value, ValueType::i32);
  ASSERT_EQ(op.catches.size(), 2u);
  EXPECT_EQ(op.catches[0].kind, CatchClause::Kind::catch_ref);
  EXPECT_EQ(op.catches[0].tag, 7u);
  EXPECT_EQ(op.catches[0].label, 8u);
  EXPECT_FALSE(op.catches[1].has_tag());
  EXPECT_EQ(op.catches[1].label, 9u);
}

void legacy_valid(const Bytes& operators, std::uint8_t type = 0) { valid(operators, type, kLegacy); }
void legacy_invalid(const Bytes& operators, std::string_view message, std::uint8_t type = 0) {
  invalid(operators, message, type, kLegacy);
}
void legacy_malformed(const Bytes& operators, std::string_view message) {
  expect_refused(with_body(operators, 0), kMalformed, message, kLegacy);
}

TEST(LegacyTry, CatchesInItsOwnBlock) {
  legacy_valid({0x06, 0x40, 0x0B});
  legacy_valid(Bytes{0x06, 0x7F} + kI32 + Bytes{0x07, 1, 0x07, 0} + kI32 + Bytes{0x19} + kI32 + kEnd, 2);
  legacy_invalid(Bytes{0x06, 0x7F} + kI32 + Bytes{0x07, 0, 0x0B}, "end expects i32, found no value");
  legacy_invalid({0x06, 0x40, 0x07, 2, 0x0B}, "unknown tag 2");
  legacy_malformed({0x07, 0}, "catch without try");
  legacy_malformed({0x06, 0x40, 0x19, 0x07, 0, 0x0B}, "catch without try");
  legacy_malformed({0x06, 0x40, 0x19, 0x19, 0x0B}, "catch_all without try");
  legacy_malformed({0x1F, 0x40, 0, 0x07, 0, 0x0B}, "catch without try");
  expect_refused(with_body({0x06, 0x40, 0x0B}, 0), kUnsupported, "try needs the feature legacy-exceptions",
                 kStandard);
}

TEST(LegacyRethrow, NamesACatch) {
  legacy_valid({0x06, 0x40, 0x19, 0x09, 0, 0x0B});
  legacy_valid({0x06, 0x40, 0x07, 0, 0x02, 0x40, 0x09, 1, 0x0B, 0x0B});
  legacy_invalid({0x09, 0}, "invalid rethrow label");
  legacy_invalid({0x06, 0x40, 0x09, 0, 0x0B}, "invalid rethrow label");
  legacy_invalid({0x09, 1}, "unknown label 1");
}

TEST(LegacyDelegate, EndsItsTryAndCountsFromOutside) {
  legacy_valid({0x06, 0x40, 0x18, 0});
  legacy_valid(Bytes{0x06, 0x7F} + kI32 + Bytes{0x18, 0}, 2);
  legacy_valid({0x06, 0x40, 0x06, 0x40, 0x18, 1, 0x0B});
  legacy_invalid({0x06, 0x40, 0x18, 1}, "unknown label 1");
  legacy_malformed({0x18, 0}, "delegate without try");
  legacy_malformed({0x06, 0x40, 0x19, 0x18, 0}, "delegate without try");
}

}  // namespace
}  // namespace tenon::wasm::testing
