// Validation of function bodies, rule by rule.
#include "wasm/validate/validator.hpp"

#include <gtest/gtest.h>

#include "unit/wasm/module_bytes.hpp"

namespace tenon::wasm::testing {
namespace {

constexpr auto kInvalid = ErrorCode::invalid;

// The surroundings of one body: types 0: () -> (), 1: (i32) -> i32,
// 2: () -> (i32, i64), 3: (i32, i64) -> (i32, i64); function 0 is of the type
// given and has the locals i32, f64; function 1 is of type 1 and may not be
// referenced, function 2 may. Two tables, funcref and externref; a memory;
// global 0 is i32, global 1 mut f64; passive element segments of both kinds.
Bytes with_body(std::uint8_t type, const Bytes& operators, bool data_count = true) {
  const Bytes types =
      section(1, {4,    0x60, 0,    0,    0x60, 1,    0x7F, 1, 0x7F, 0x60, 0, 2, 0x7F, 0x7E,  //
                  0x60, 2,    0x7F, 0x7E, 2,    0x7F, 0x7E});
  const Bytes global0 = {0x7F, 0, 0x41, 0, 0x0B};
  const Bytes global1 = {0x7C, 1, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0B};
  const Bytes globals = section(6, Bytes{2} + global0 + global1);
  const Bytes elements = section(9, {2, 1, 0, 1, 2, 5, 0x6F, 0});
  const Bytes body = Bytes{2, 1, 0x7F, 1, 0x7C} + operators + Bytes{0x0B};
  return kHeader + types + section(3, {3, type, 1, 0}) + section(4, {2, 0x70, 0, 1, 0x6F, 0, 1}) +
         section(5, {1, 0, 1}) + globals + elements + (data_count ? section(12, {1}) : Bytes{}) +
         section(10, Bytes{3} + sized(body) + Bytes{4, 0, 0x20, 0, 0x0B, 2, 0, 0x0B}) +
         section(11, {1, 1, 0});
}

const FeatureSet kFeatures = webassembly2_features().enable(Feature::tail_calls);

void valid(const Bytes& operators, std::uint8_t type = 0) {
  expect_accepted(with_body(type, operators), kFeatures);
}
void invalid(const Bytes& operators, std::string_view message, std::uint8_t type = 0) {
  expect_refused(with_body(type, operators), kInvalid, message, kFeatures);
}

const Bytes kI32 = {0x41, 0};
const Bytes kI64 = {0x42, 0};
const Bytes kDrop = {0x1A};

TEST(Signatures, TakeAndGive) {
  valid(kI32 + kI32 + Bytes{0x6A} + kDrop);
  invalid(kI32 + Bytes{0x6A} + kDrop, "type mismatch: i32.add expects i32, found no value");
  invalid(kI32 + kI64 + Bytes{0x6A} + kDrop, "type mismatch: i32.add expects i32, found i64");
  invalid(kI64 + kI32 + Bytes{0x6A} + kDrop, "type mismatch: i32.add expects i32, found i64");
  invalid(kI32, "type mismatch: 1 values too many at the end of a block");
  invalid({0x1A}, "type mismatch: drop expects a value, found none");
}

TEST(Results, AreCheckedAtEveryWayOut) {
  valid(kI32 + kI64, 2);
  valid(kI32 + kI64 + Bytes{0x0F}, 2);
  valid(kI32 + kI64 + Bytes{0x0C, 0}, 2);
  invalid(kI64 + kI32, "type mismatch", 2);
  invalid(kI32 + Bytes{0x0F}, "type mismatch", 2);
  invalid(kI32 + Bytes{0x0C, 0}, "type mismatch", 2);
}

TEST(Blocks, SeeOnlyTheirOwnOperands) {
  valid({0x02, 0x7F, 0x41, 0, 0x0B, 0x1A});
  valid(kI32 + kI64 + Bytes{0x02, 3, 0x0B} + kDrop + kDrop);  // parameters are handed in
  invalid(kI32 + Bytes{0x02, 0x40, 0x1A, 0x0B}, "type mismatch: drop");
  invalid(kI64 + Bytes{0x02, 3, 0x0B}, "type mismatch: block expects i32, found no value");
  invalid({0x02, 9, 0x0B}, "unknown type 9");
  valid(kI32 + Bytes{0x03, 1, 0x0C, 0, 0x0B} + kDrop);  // a branch to a loop takes its parameters
  invalid({0x03, 0x7F, 0x0C, 1, 0x0B}, "type mismatch", 2);
}

TEST(If, WantsBothWaysToGiveTheSame) {
  valid(kI32 + Bytes{0x04, 0x7F} + kI32 + Bytes{0x05} + kI32 + Bytes{0x0B} + kDrop);
  valid(kI32 + kI32 + Bytes{0x04, 1, 0x0B} + kDrop);  // (i32) -> i32 needs no else
  invalid(kI32 + Bytes{0x04, 0x7F} + kI32 + Bytes{0x0B} + kDrop, "if without else");
  invalid(kI32 + Bytes{0x04, 0x7F} + kI32 + Bytes{0x05} + kI64 + Bytes{0x0B} + kDrop, "type mismatch");
  expect_refused(with_body(0, {0x02, 0x40, 0x05, 0x0B}), ErrorCode::malformed, "else without if");
  expect_refused(with_body(0, {0x05}), ErrorCode::malformed, "else without if");
  expect_refused(with_body(0, kI32 + Bytes{0x04, 0x40, 0x05, 0x05, 0x0B}), ErrorCode::malformed,
                 "else without if");
}

TEST(Branches, ReachLabelsThatExist) {
  valid({0x02, 0x40, 0x0C, 1, 0x0B});
  invalid({0x02, 0x40, 0x0C, 2, 0x0B}, "unknown label 2");
  invalid(kI32 + Bytes{0x0E, 1, 0, 1}, "unknown label 1");
  valid({0x02, 0x7F, 0x41, 0, 0x41, 0, 0x0D, 0, 0x0B, 0x1A});
  invalid({0x02, 0x7F, 0x41, 0, 0x0D, 0, 0x0B, 0x1A}, "type mismatch");
}

TEST(BranchTables, WantTargetsOfOneArity) {
  valid({0x02, 0x7F, 0x02, 0x7F, 0x41, 0, 0x41, 0, 0x0E, 1, 0, 1, 0x0B, 0x0B, 0x1A});
  invalid({0x02, 0x7F, 0x02, 0x40, 0x41, 0, 0x41, 0, 0x0E, 1, 0, 1, 0x0B, 0x41, 0, 0x0B, 0x1A},
          "type mismatch: br_table targets");
  invalid({0x02, 0x7F, 0x02, 0x7E, 0x41, 0, 0x41, 0, 0x0E, 1, 0, 1, 0x0B, 0x1A, 0x41, 0, 0x0B, 0x1A},
          "type mismatch: br_table expects i64, found i32");
}

TEST(UnreachableCode, TakesWhatIsMissing) {
  valid({0x00, 0x6A, 0x1A});
  valid({0x00}, 2);
  valid({0x00, 0x1B, 0x1A});                              // select of unknowns
  valid({0x00, 0x1B, 0x42, 0, 0x7C, 0x1A});               // which then serve as i64
  valid({0x00, 0xD1, 0x1A});                              // ref.is_null of an unknown
  invalid({0x00, 0x42, 0, 0x6A, 0x1A}, "type mismatch");  // but not for what is there
  invalid({0x00, 0x41, 0, 0x42, 0, 0x41, 0, 0x1B, 0x1A}, "type mismatch: select of i32 and i64");
  invalid({0x00, 0x41, 0}, "type mismatch: 1 values too many");
  invalid({0x00, 0x41, 0}, "type mismatch", 2);
  invalid({0x00, 0x20, 5, 0x1A}, "unknown local 5");
}

// A br_table looks at operands but leaves an unknown one unknown; after a br_if
// they have the types of its label.
TEST(UnreachableCode, KeepsUnknownsForBranchTables) {
  const Bytes two_blocks = {0x02, 0x7F, 0x02, 0x7E};
  const Bytes table = {0x00, 0x1B, 0x41, 0, 0x0E, 1, 0, 1};
  valid(two_blocks + table + Bytes{0x0B, 0x1A, 0x41, 0, 0x0B, 0x1A});
  const Bytes branches = {0x00, 0x1B, 0x41, 0, 0x0D, 0, 0x41, 0, 0x0D, 1};
  invalid(two_blocks + branches + Bytes{0x0B, 0x1A, 0x41, 0, 0x0B, 0x1A}, "type mismatch: br_if expects i32");
}

TEST(Select, IsOfNumbersUnlessTyped) {
  valid(kI64 + kI64 + kI32 + Bytes{0x1B} + kDrop);
  invalid(kI64 + kI32 + kI32 + Bytes{0x1B} + kDrop, "type mismatch");
  invalid({0xD0, 0x70, 0xD0, 0x70, 0x41, 0, 0x1B, 0x1A}, "type mismatch");
  valid({0xD0, 0x70, 0xD0, 0x70, 0x41, 0, 0x1C, 1, 0x70, 0x1A});
  invalid({0xD0, 0x70, 0xD0, 0x70, 0x41, 0, 0x1C, 2, 0x70, 0x70, 0x1A}, "invalid result arity");
  invalid({0x00, 0x1C, 0, 0x1A}, "invalid result arity");
}

TEST(Variables, HaveTheirTypes) {
  valid({0x20, 0, 0x21, 0, 0x20, 1, 0x22, 1, 0x1A});
  invalid({0x20, 0, 0x21, 1}, "type mismatch: local.set expects f64, found i32");
  invalid({0x20, 2, 0x1A}, "unknown local 2");
  valid({0x20, 2, 0x24, 1, 0x20, 0}, 1);  // behind the parameter, the locals move on by one
  valid({0x23, 1, 0x24, 1});
  invalid({0x23, 0, 0x24, 0}, "immutable global");
  invalid({0x23, 2, 0x1A}, "unknown global 2");
}

TEST(Calls, TakeParametersAndGiveResults) {
  valid(kI32 + Bytes{0x10, 1} + kDrop);
  invalid(kI64 + Bytes{0x10, 1} + kDrop, "type mismatch: call expects i32, found i64");
  invalid({0x10, 3}, "unknown function 3");
  valid(kI32 + kI32 + Bytes{0x11, 1, 0} + kDrop);
  invalid(kI32 + Bytes{0x11, 0, 1}, "type mismatch: call_indirect expects a table of funcref");
  invalid(kI32 + Bytes{0x11, 0, 2}, "unknown table 2");
  invalid(kI32 + Bytes{0x11, 4, 0}, "unknown type 4");
}

TEST(TailCalls, ReturnWhatTheCallerReturns) {
  valid({0x20, 0, 0x12, 1}, 1);
  valid(kI32 + kI32 + Bytes{0x13, 1, 0}, 1);
  valid(kI64 + kI32 + Bytes{0x12, 1, 0x6A}, 1);  // what is below is forgotten, and nothing comes after
  invalid({0x20, 0, 0x12, 1}, "type mismatch: return_call of a function (i32) -> i32 from one () -> ()");
  invalid(kI32 + kI32 + Bytes{0x13, 1, 0}, "type mismatch: return_call_indirect of a function");
  invalid(kI64 + Bytes{0x12, 1}, "type mismatch: return_call expects i32, found i64", 1);
  invalid({0x12, 1}, "type mismatch: return_call expects i32, found no value", 1);
  invalid(kI32 + Bytes{0x13, 1, 0}, "type mismatch: return_call_indirect expects i32, found no value", 1);
  invalid({0x12, 3}, "unknown function 3");
  invalid(kI32 + Bytes{0x13, 0, 1}, "type mismatch: return_call_indirect expects a table of funcref");
}

TEST(References, AreToDeclaredFunctions) {
  valid({0xD2, 2, 0x1A});
  invalid({0xD2, 1, 0x1A}, "undeclared function reference");
  invalid({0xD2, 3, 0x1A}, "unknown function 3");
  valid({0xD0, 0x6F, 0xD1, 0x1A});
  invalid(kI32 + Bytes{0xD1, 0x1A}, "type mismatch: ref.is_null expects a reference, found i32");
}

TEST(Tables, HoldOneType) {
  valid({0x41, 0, 0xD2, 2, 0x26, 0, 0x41, 0, 0x25, 1, 0x1A});
  invalid({0x41, 0, 0xD2, 2, 0x26, 1}, "type mismatch: table.set expects externref, found funcref");
  valid({0xD0, 0x6F, 0x41, 1, 0xFC, 0x0F, 1, 0x1A});     // table.grow
  valid({0x41, 0, 0xD0, 0x6F, 0x41, 1, 0xFC, 0x11, 1});  // table.fill
  valid({0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 0x0E, 0, 0});  // table.copy
  invalid({0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 0x0E, 0, 1}, "type mismatch");
  valid({0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 0x0C, 1, 1});  // table.init
  invalid({0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 0x0C, 1, 0}, "type mismatch");
  invalid({0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 0x0C, 2, 0}, "unknown elem segment 2");
  invalid({0xFC, 0x0D, 2}, "unknown elem segment 2");
  invalid({0xFC, 0x10, 2, 0x1A}, "unknown table 2");
}

TEST(Memories, AreAccessedWithinTheirAlignment) {
  valid({0x41, 0, 0x28, 2, 0, 0x1A});
  invalid({0x41, 0, 0x28, 3, 0, 0x1A}, "alignment must not be larger than natural");
  invalid({0x41, 0, 0x2D, 1, 0, 0x1A}, "alignment must not be larger than natural");
  invalid({0x41, 0, 0x28, 32, 0, 0x1A}, "alignment must not be larger than natural");
  expect_refused(kHeader + kNoType + kOneFunction + code({0x41, 0, 0x28, 0, 0, 0x1A}), kInvalid,
                 "unknown memory 0");
  expect_refused(kHeader + kNoType + kOneFunction + code({0x3F, 0, 0x1A}), kInvalid, "unknown memory 0");
}

TEST(DataSegments, MustBeAnnouncedToBeUsed) {
  const Bytes init = {0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 0x08, 0, 0};
  valid(init);
  valid({0xFC, 0x09, 0});
  invalid({0xFC, 0x09, 1}, "unknown data segment 1");
  expect_refused(with_body(0, init, false), ErrorCode::malformed, "data count section required");
  expect_refused(with_body(0, {0xFC, 0x09, 0}, false), ErrorCode::malformed, "data count section required");
}

TEST(Vectors, HaveAsManyLanesAsTheyHave) {
  const Bytes vector = Bytes{0xFD, 0x0C} + Bytes(16, 0);
  valid(vector + Bytes{0xFD, 0x15, 15, 0x1A});
  invalid(vector + Bytes{0xFD, 0x15, 16, 0x1A}, "invalid lane index 16");
  valid(vector + kI64 + Bytes{0xFD, 0x1E, 1, 0x1A});
  invalid(vector + kI64 + Bytes{0xFD, 0x1E, 2, 0x1A}, "invalid lane index 2");
  valid(kI32 + vector + Bytes{0xFD, 0x57, 3, 0, 1, 0x1A});
  invalid(kI32 + vector + Bytes{0xFD, 0x57, 3, 0, 2, 0x1A}, "invalid lane index 2");
  valid(vector + vector + Bytes{0xFD, 0x0D} + Bytes(16, 31) + kDrop);
  invalid(vector + vector + Bytes{0xFD, 0x0D} + Bytes(15, 0) + Bytes{32} + kDrop, "invalid lane index");
}

// Each of these took minutes, or gigabytes, if types were handled one by one
// or locals spread out.
TEST(Work, IsLinearInTheBodyWhateverItsTypes) {
  const Bytes thousand(1000, 0x7F);
  const Bytes types = section(1, Bytes{1, 0x60} + leb(1000) + thousand + leb(1000) + thousand);
  Bytes operators;
  for (std::uint64_t i = 0; i < 1000; ++i) operators = std::move(operators) + Bytes{0x20} + leb(i);
  operators = std::move(operators) + repeat({0x02, 0, 0x0B}, 500'000) + repeat({0x10, 0}, 500'000);
  expect_accepted(kHeader + types + kOneFunction + code(operators));
}

TEST(Work, IsLinearInTheGroupsOfLocals) {
  const Bytes many_locals = sized(Bytes{1} + leb(50'000) + Bytes{0x7F, 0x0B});
  expect_accepted(kHeader + kNoType + section(3, leb(200'000) + Bytes(200'000, 0)) +
                  section(10, leb(200'000) + repeat(many_locals, 200'000)));
}

}  // namespace
}  // namespace tenon::wasm::testing
