// References to functions of one type, and those that are never null.
#include <gtest/gtest.h>

#include "unit/wasm/module_bytes.hpp"
#include "wasm/operator.hpp"

namespace tenon::wasm::testing {
namespace {

constexpr auto kMalformed = ErrorCode::malformed;
constexpr auto kInvalid = ErrorCode::invalid;
constexpr auto kUnsupported = ErrorCode::unsupported;
const FeatureSet kOn = webassembly2_features()
                           .enable(Feature::function_references)
                           .enable(Feature::tail_calls)
                           .enable(Feature::exceptions);

// 0: () -> (), 1: (i32) -> i32, 2: the same, 3: (ref null 1) -> (ref 1),
// 4: (i64) -> i64, 5: as 3 through type 2.
const Bytes kTypes =
    section(1, {6, 0x60, 0,    0, 0x60, 1, 0x7F, 1, 0x7F, 0x60, 1, 0x7F, 1, 0x7F, 0x60, 1, 0x63,
                1, 1,    0x64, 1, 0x60, 1, 0x7E, 1, 0x7E, 0x60, 1, 0x63, 2, 1,    0x64, 2});
// Imported functions 0, 1 and 2 have the types 1, 4 and 3.
const Bytes kImports = section(2, Bytes{3} + name("") + name("f") + Bytes{0, 1} + name("") + name("g") +
                                      Bytes{0, 4} + name("") + name("h") + Bytes{0, 3});
const Bytes kDeclared = section(9, {1, 3, 0, 3, 0, 1, 2});

// The operators of function 3, with these groups of locals.
Bytes with_body(const Bytes& operators, std::uint8_t type, const Bytes& locals = {0}) {
  const Bytes body = locals + operators + Bytes{0x0B};
  return kHeader + kTypes + kImports + section(3, {1, type}) + kDeclared +
         section(10, Bytes{1} + sized(body));
}
void valid(const Bytes& operators, std::uint8_t type = 0, const Bytes& locals = {0}) {
  expect_accepted(with_body(operators, type, locals), kOn);
}
void invalid(const Bytes& operators, std::string_view message, std::uint8_t type = 0,
             const Bytes& locals = {0}) {
  expect_refused(with_body(operators, type, locals), kInvalid, message, kOn);
}

const Bytes kI32 = {0x41, 0};
const Bytes kDrop = {0x1A};
const Bytes kEnd = {0x0B};
const Bytes kUnreachable = {0x00};
Bytes ref_func(std::uint8_t function) { return {0xD2, function}; }
Bytes ref_null(std::uint8_t heap_type) { return {0xD0, heap_type}; }
Bytes call_ref(std::uint8_t type) { return {0x14, type}; }
Bytes get(std::uint8_t local) { return {0x20, local}; }
Bytes set(std::uint8_t local) { return {0x21, local}; }

TEST(FunctionReferences, EqualTypesHaveOneNumber) {
  const Bytes bytes = kHeader + kTypes;
  const auto module = read(bytes, kOn);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(module->canonical_types, (std::vector<std::uint32_t>{0, 1, 1, 3, 4, 3}));
  EXPECT_EQ(module->types[3], module->types[5]);
  EXPECT_EQ(module->types[3].parameters[0], detail::reference_to_number(1));
  EXPECT_EQ(module->types[3].results[0], non_null(detail::reference_to_number(1)));
}

void expect_type_refused(const Bytes& parameter, ErrorCode code, std::string_view message,
                         FeatureSet features = kOn) {
  expect_refused(kHeader + section(1, Bytes{2, 0x60, 0, 0, 0x60, 1} + parameter + Bytes{0}), code, message,
                 features);
}

TEST(FunctionReferences, ReferToEarlierTypes) {
  expect_accepted(kHeader + section(1, {2, 0x60, 0, 0, 0x60, 1, 0x64, 0, 0}), kOn);
  expect_accepted(kHeader + section(1, {2, 0x60, 0, 0, 0x60, 1, 0x64, 0x80, 0, 0}), kOn);
  expect_type_refused({0x64, 1}, kUnsupported, "type 1 in itself is of the proposal gc");
  expect_type_refused({0x63, 2}, kInvalid, "unknown type 2");
  expect_type_refused({0x63, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, kInvalid, "unknown type 4294967295");
  invalid({0xD0, 6, 0x1A}, "unknown type 6");
  invalid({0x02, 0x63, 6, 0x0B}, "unknown type 6");
}

TEST(FunctionReferences, NameTheHeapTypesThatThereAre) {
  for (const std::uint8_t heap_type : {0x70, 0x6F, 0x69}) {
    expect_accepted(kHeader + section(1, {1, 0x60, 1, 0x64, heap_type, 0}), kOn);
    expect_accepted(kHeader + section(1, {1, 0x60, 1, 0x63, heap_type, 0}), kOn);
    valid(ref_null(heap_type) + kDrop);
  }
  for (const std::uint8_t heap_type : {0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x71, 0x72, 0x73}) {
    expect_type_refused({0x63, heap_type}, kUnsupported, "is of the proposal gc");
  }
  expect_type_refused({0x64, 0x7F}, kMalformed, "malformed heap type 0x7f");
  expect_type_refused({0x64, 0x40}, kMalformed, "malformed heap type 0x40");
  expect_type_refused({0x64, 0x68}, kMalformed, "malformed heap type 0x68");
  expect_type_refused({0x64, 0xF0, 0x7F}, kMalformed, "malformed heap type");  // funcref in two bytes
  expect_refused(kHeader + section(1, {1, 0x60, 1, 0x64, 0x69, 0}), kUnsupported, "exceptions",
                 FeatureSet(kOn).disable(Feature::exceptions));
}

// (ref null func) is funcref and nothing else.
TEST(FunctionReferences, HaveShortNames) {
  const Bytes bytes = kHeader + section(1, {2, 0x60, 1, 0x63, 0x70, 0, 0x60, 1, 0x70, 0});
  const auto module = read(bytes, kOn);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(module->types[0], module->types[1]);
}

TEST(FunctionReferences, NeedTheirFeature) {
  expect_type_refused({0x64, 0x70}, kUnsupported, "needs the feature function-references, which is off",
                      webassembly2_features());
  const Bytes before = kHeader + kNoType + kOneFunction;
  for (const Bytes& operators :
       {Bytes{0x14, 0}, Bytes{0x15, 0}, Bytes{0xD4}, Bytes{0xD5, 0}, Bytes{0xD6, 0}, Bytes{0xD0, 0}}) {
    expect_refused(before + code(operators), kUnsupported, "needs the feature function-references");
  }
  expect_refused(before + code({0x15, 0}), kUnsupported, "needs the feature tail-calls",
                 webassembly2_features().enable(Feature::function_references));
  expect_refused(kHeader + section(4, {1, 0x40, 0, 0x70, 0, 0, 0xD0, 0x70, 0x0B}), kMalformed,
                 "malformed value type 0x40");
}

TEST(CallRef, TakesAReferenceOfItsType) {
  valid(kI32 + ref_func(0) + call_ref(1) + kDrop);
  valid(kI32 + ref_func(0) + call_ref(2) + kDrop);
  valid(kI32 + ref_null(1) + call_ref(2) + kDrop);
  valid(ref_func(0) + ref_func(2) + call_ref(5) + kDrop);
  valid(ref_null(2) + ref_func(2) + call_ref(3) + kDrop);
  valid(kUnreachable + call_ref(1) + kDrop);
  valid(kUnreachable + ref_func(0) + call_ref(1) + kDrop);
  invalid(kI32 + ref_func(1) + call_ref(1), "type mismatch: call_ref expects (ref null 1), found (ref 4)");
  invalid(kI32 + ref_null(0x70) + call_ref(1), "type mismatch: call_ref expects (ref null 1), found funcref");
  invalid(kI32 + ref_null(0x6F) + call_ref(1),
          "type mismatch: call_ref expects (ref null 1), found externref");
  invalid({0x42, 0, 0xD2, 0, 0x14, 1}, "type mismatch: call_ref expects i32, found i64");
  invalid(kI32 + kI32 + call_ref(1), "type mismatch: call_ref expects (ref null 1), found i32");
  invalid(call_ref(1), "found no value");
  invalid(ref_func(0) + call_ref(6), "unknown type 6");
}

TEST(ReturnCallRef, ReturnsWhatItsFunctionDoes) {
  valid(kI32 + ref_func(0) + Bytes{0x15, 2}, 1);
  valid(kUnreachable + Bytes{0x15, 1}, 1);
  invalid(kI32 + ref_func(0) + Bytes{0x15, 1}, "type mismatch: return_call_ref of a function (i32) -> i32");
  invalid(kI32 + ref_null(0x70) + Bytes{0x15, 1}, "found funcref", 1);
  invalid(get(0) + ref_func(1) + Bytes{0x15, 4},
          "of a function (i64) -> i64 from one ((ref null 1)) -> (ref 1)", 5);
}

// Function 3 is () -> T for a block of that type.
Bytes block_of(const Bytes& type, const Bytes& operators) {
  return Bytes{0x02} + type + operators + kEnd + kDrop;
}

TEST(Subtyping, IsThatOfNullAndOfFunctions) {
  const Bytes any = {0x70}, some = {0x64, 0x70}, typed = {0x63, 1}, exact = {0x64, 2};
  for (const Bytes& wanted : {any, some, typed, exact}) valid(block_of(wanted, ref_func(0)));
  valid(block_of(any, ref_null(1)));
  valid(block_of(typed, ref_null(2)));
  invalid(block_of(exact, ref_null(1)), "end expects (ref 1), found (ref null 1)");
  invalid(block_of(some, ref_null(1)), "end expects (ref func), found (ref null 1)");
  invalid(block_of(some, ref_null(0x70)), "end expects (ref func), found funcref");
  invalid(block_of(typed, ref_null(0x70)), "end expects (ref null 1), found funcref");
  invalid(block_of(typed, ref_func(1)), "end expects (ref null 1), found (ref 4)");
  invalid(block_of({0x6F}, ref_func(0)), "end expects externref, found (ref 1)");
  invalid(block_of({0x64, 0x6F}, ref_null(0x6F)), "end expects (ref extern), found externref");
  valid(block_of({0x6F}, block_of({0x6F}, ref_null(0x6F)) + ref_null(0x6F) + Bytes{0xD4}));
}

TEST(Subtyping, HoldsWhereControlMeets) {
  // if without else hands its parameter on: (ref null 1) -> (ref 1) must not
  invalid(get(0) + kI32 + Bytes{0x04, 3, 0xD4, 0x0B}, "if without else must hand on", 3);
  // br_table to labels of funcref and (ref null 1)
  const Bytes open = {0x02, 0x70, 0x02, 0x63, 1};
  valid(open + ref_func(0) + kI32 + Bytes{0x0E, 1, 0, 1, 0x0B, 0x0B, 0x1A});
  valid(open + ref_null(1) + kI32 + Bytes{0x0E, 1, 1, 0, 0x0B, 0x0B, 0x1A});
  invalid(open + ref_null(0x70) + kI32 + Bytes{0x0E, 1, 1, 0, 0x0B, 0x0B, 0x1A},
          "br_table expects (ref null 1)");
  // br_if leaves what the label takes, not what was there
  invalid(
      Bytes{0x02, 0x70} + kI32 + ref_func(0) + kI32 + Bytes{0x0D, 0} + call_ref(1) + Bytes{0x00, 0x0B, 0x1A},
      "call_ref expects (ref null 1), found funcref");
  valid(ref_func(0) + ref_null(1) + kI32 + Bytes{0x1C, 1, 0x63, 2} + kDrop);  // select
  invalid(ref_func(0) + ref_func(0) + kI32 + Bytes{0x1B} + kDrop, "select without a type");
  // return_call: its results are those of this function or better
  const Bytes types = section(1, {3, 0x60, 0, 1, 0x70, 0x60, 0, 0, 0x60, 0, 1, 0x63, 1});
  const Bytes functions = section(3, {2, 0, 2});
  const auto bodies = [](const Bytes& first, const Bytes& second) {
    return section(10, Bytes{2} + sized(Bytes{0} + first + kEnd) + sized(Bytes{0} + second + kEnd));
  };
  expect_accepted(kHeader + types + functions + bodies({0x12, 1}, {0xD0, 1}), kOn);
  expect_refused(kHeader + types + functions + bodies({0xD0, 0x70}, {0x12, 0}), kInvalid, "return_call of",
                 kOn);
}

// Results of many values are compared at once, and one by one where they differ.
TEST(Subtyping, HoldsInLongSequences) {
  const auto types = [](std::uint8_t given) {
    return section(1, Bytes{3, 0x60, 0, 0, 0x60, 0, 20} + repeat({0x63, 0}, 19) + Bytes{given, 0} +
                          Bytes{0x60, 20} + repeat({0x63, 0}, 19) + Bytes{0x64, 0, 0});
  };
  const Bytes rest =
      section(3, {3, 1, 2, 0}) +
      section(10, Bytes{3} + sized({0, 0, 0x0B}) + sized({0, 0, 0x0B}) + sized({0, 0x10, 0, 0x10, 1, 0x0B}));
  expect_accepted(kHeader + types(0x64) + rest, kOn);
  expect_refused(kHeader + types(0x63) + rest, kInvalid, "call expects (ref 0), found (ref null 0)", kOn);
}

TEST(AsNonNull, TakesNullAway) {
  valid(get(0) + Bytes{0xD4}, 3);
  valid(ref_null(0x6F) + Bytes{0xD4, 0xD1, 0x1A});
  invalid(kI32 + Bytes{0xD4}, "ref.as_non_null expects a reference, found i32");
  invalid({0xD4}, "expects a value, found none");
  valid(kUnreachable + Bytes{0xD4, 0x1A});
  valid(kUnreachable + Bytes{0xD4} + call_ref(1) + kDrop);
  valid(kUnreachable + Bytes{0xD4, 0xD1, 0x1A});
  invalid(kUnreachable + Bytes{0xD4, 0x45, 0x1A}, "i32.eqz expects i32, found a reference");
  invalid(kUnreachable + Bytes{0xD4, 0x41, 0, 0x1B, 0x1A}, "select without a type");
}

TEST(BranchOnNull, GoesOnWithoutNull) {
  valid(Bytes{0x02, 0x40} + get(0) + Bytes{0xD5, 0, 0x0F, 0x0B, 0x00}, 3);
  valid(Bytes{0x02, 0x7F} + kI32 + get(0) + Bytes{0xD5, 0, 0x0F, 0x0B, 0x00}, 3);
  invalid(Bytes{0x02, 0x7F} + get(0) + Bytes{0xD5, 0, 0x0F, 0x0B, 0x00},
          "br_on_null expects i32, found no value", 3);
  invalid(kI32 + Bytes{0xD5, 0}, "br_on_null expects a reference, found i32");
  invalid(ref_null(1) + Bytes{0xD5, 1, 0x1A}, "unknown label 1");
  valid(kUnreachable + Bytes{0xD5, 0} + call_ref(1) + kDrop);
  // The unknown reference lies on top of what the label takes.
  valid(Bytes{0x02, 0x7F} + kUnreachable + Bytes{0xD5, 0} + call_ref(1) + Bytes{0x0B, 0x1A});
  invalid(Bytes{0x02, 0x7F} + kUnreachable + Bytes{0xD5, 0, 0x6A, 0x0B, 0x1A},
          "i32.add expects i32, found a reference");
}

TEST(BranchOnNonNull, BranchesWithoutNull) {
  valid(Bytes{0x02, 0x64, 1} + get(0) + Bytes{0xD6, 0, 0x00, 0x0B}, 3);
  valid(block_of({0x64, 0x70}, ref_null(1) + Bytes{0xD6, 0, 0x00}));
  valid(block_of({0x70}, ref_null(1) + Bytes{0xD6, 0, 0x00}));
  valid(block_of({0x64, 0x6F}, ref_null(0x6F) + Bytes{0xD6, 0, 0x00}));
  invalid(block_of({0x64, 1}, ref_null(0x70) + Bytes{0xD6, 0, 0x00}),
          "br_on_non_null expects (ref 1), found (ref func)");
  invalid(block_of({0x64, 0x6F}, ref_null(1) + Bytes{0xD6, 0, 0x00}), "br_on_non_null expects (ref extern)");
  invalid(ref_null(1) + Bytes{0xD6, 0}, "a label without a reference");
  invalid(block_of({0x7F}, ref_null(1) + Bytes{0xD6, 0, 0x00}), "br_on_non_null expects i32");
  invalid(block_of({0x64, 1}, kI32 + Bytes{0xD6, 0, 0x00}), "expects a reference, found i32");
  valid(block_of({0x64, 1}, kUnreachable + Bytes{0xD6, 0}));
}

// One local of (ref 1); the function is () -> () and its parameters none.
const Bytes kLocal = {1, 1, 0x64, 1};

TEST(Locals, ThatHaveNoNullAreSetFirst) {
  valid({}, 0, kLocal);
  valid(ref_func(0) + set(0) + get(0) + kDrop, 0, kLocal);
  valid(ref_func(0) + Bytes{0x22, 0} + kDrop + get(0) + kDrop, 0, kLocal);
  invalid(get(0) + kDrop, "uninitialized local 0", 0, kLocal);
  invalid(kUnreachable + get(0) + kDrop, "uninitialized local 0", 0, kLocal);
  invalid(ref_null(1) + set(0), "local.set expects (ref 1), found (ref null 1)", 0, kLocal);
  valid(get(0) + kDrop, 0, {1, 1, 0x63, 1});
  invalid(ref_func(0) + set(0) + get(1) + kDrop, "uninitialized local 1", 0, {1, 2, 0x64, 1});
}

TEST(Locals, ForgetWhatABlockSet) {
  const Bytes set_it = ref_func(0) + set(0), use_it = get(0) + kDrop;
  invalid(Bytes{0x02, 0x40} + set_it + kEnd + use_it, "uninitialized local 0", 0, kLocal);
  valid(Bytes{0x02, 0x40} + set_it + use_it + kEnd, 0, kLocal);
  valid(set_it + Bytes{0x02, 0x40} + set_it + kEnd + use_it, 0, kLocal);
  invalid(kI32 + Bytes{0x04, 0x40} + set_it + Bytes{0x05} + use_it + kEnd, "uninitialized local 0", 0,
          kLocal);
  invalid(kI32 + Bytes{0x04, 0x40} + set_it + Bytes{0x05} + set_it + kEnd + use_it, "uninitialized local 0",
          0, kLocal);
  valid(Bytes{0x03, 0x40} + set_it + use_it + kEnd, 0, kLocal);
  invalid(Bytes{0x1F, 0x40, 0} + set_it + kEnd + use_it, "uninitialized local 0", 0, kLocal);
}

// What one function sets, the next one has not.
TEST(Locals, BelongToOneFunction) {
  const Bytes first = kLocal + ref_func(0) + set(0) + kEnd;
  const Bytes second = kLocal + get(0) + kDrop + kEnd;
  const auto module = [](const Bytes& a, const Bytes& b) {
    return kHeader + kTypes + kImports + section(3, {2, 0, 0}) + kDeclared +
           section(10, Bytes{2} + sized(a) + sized(b));
  };
  expect_accepted(module(first, first), kOn);
  expect_refused(module(first, second), kInvalid, "uninitialized local 0", kOn);
}

TEST(Locals, ThatAreParametersAreSet) {
  const Bytes types = section(1, {2, 0x60, 0, 0, 0x60, 1, 0x64, 0, 0});
  expect_accepted(kHeader + types + section(3, {1, 1}) + code({0x20, 0, 0x1A}), kOn);
}

Bytes with_table(const Bytes& table, const Bytes& more = {}) {
  return kHeader + kTypes + kImports + section(4, Bytes{1} + table) + more;
}
const Bytes kRefFunc0 = {0xD2, 0, 0x0B};

TEST(Tables, OfWhatIsNeverNullHaveAnInitialValue) {
  const Bytes with_initial = Bytes{0x40, 0, 0x64, 1, 0, 2} + kRefFunc0;
  const Bytes bytes = with_table(with_initial);
  const auto module = read(bytes, kOn);
  ASSERT_TRUE(module) << module.error().message;
  ASSERT_EQ(module->table_initials.size(), 1u);
  EXPECT_EQ(module->table_initials[0].at(0).kind, ConstantOperator::Kind::ref_func);
  EXPECT_EQ(module->referenced_functions, std::vector<std::uint32_t>{0});
  expect_refused(with_table({0x64, 1, 0, 2}), kInvalid, "a table of (ref 1) must have an initial value", kOn);
  expect_refused(with_table({0x64, 0x6F, 0, 0}), kInvalid, "must have an initial value", kOn);
  expect_accepted(with_table({0x63, 1, 0, 2}), kOn);
  expect_accepted(with_table(Bytes{0x40, 0, 0x70, 0, 2} + kRefFunc0), kOn);
  expect_refused(with_table({0x40, 0, 0x64, 1, 0, 2, 0xD0, 1, 0x0B}), kInvalid, "must leave one (ref 1)",
                 kOn);
  expect_refused(with_table({0x40, 0, 0x64, 1, 0, 2, 0xD2, 1, 0x0B}), kInvalid, "must leave one (ref 1)",
                 kOn);
  expect_refused(with_table({0x40, 0, 0x64, 1, 0, 2, 0x0B}), kInvalid, "must leave one (ref 1)", kOn);
  expect_refused(with_table(Bytes{0x40, 1, 0x64, 1, 0, 2} + kRefFunc0), kMalformed, "malformed table", kOn);
  expect_refused(with_table(Bytes{0x40, 0, 0x7F, 0, 2} + kRefFunc0), kMalformed, "malformed reference type",
                 kOn);
}

TEST(Tables, TakeSegmentsOfSubtypes) {
  const Bytes typed = {0x63, 1, 0, 2};
  const auto segment = [](const Bytes& bytes) { return section(9, Bytes{1} + bytes); };
  const Bytes offset = {0x41, 0, 0x0B};
  expect_accepted(with_table(typed, segment(Bytes{6, 0} + offset + Bytes{0x64, 2, 1} + kRefFunc0)), kOn);
  expect_accepted(with_table({0x70, 0, 2}, segment(Bytes{6, 0} + offset + Bytes{0x64, 2, 1} + kRefFunc0)),
                  kOn);
  expect_accepted(
      with_table(Bytes{0x40, 0, 0x64, 0x70, 0, 2} + kRefFunc0, segment(Bytes{0} + offset + Bytes{1, 1})),
      kOn);
  expect_refused(with_table(typed, segment(Bytes{0} + offset + Bytes{1, 0})), kInvalid,
                 "segment of (ref func) for a table of (ref null 1)", kOn);
  expect_refused(with_table(typed, segment(Bytes{4} + offset + Bytes{1} + kRefFunc0)), kInvalid,
                 "segment of funcref for a table of (ref null 1)", kOn);
  expect_refused(with_table(typed, segment({5, 0x64, 1, 1, 0xD0, 1, 0x0B})), kInvalid,
                 "must leave one (ref 1)", kOn);
}

// Table 0 is of funcref, 1 of (ref null 1); segment 0 is of (ref 1), 1 of funcref.
void check_on_tables(const Bytes& operators, std::string_view message) {
  const Bytes bytes =
      kHeader + kTypes + kImports + section(3, {1, 0}) + section(4, {2, 0x70, 0, 2, 0x63, 1, 0, 2}) +
      section(9, Bytes{2, 5, 0x64, 1, 1} + kRefFunc0 + Bytes{5, 0x70, 1} + kRefFunc0) + code(operators);
  if (message.empty()) return expect_accepted(bytes, kOn);
  expect_refused(bytes, kInvalid, message, kOn);
}

TEST(Tables, TakeValuesOfSubtypes) {
  const Bytes three = kI32 + kI32 + kI32;
  check_on_tables(three + Bytes{0xFC, 0x0E, 0, 1}, "");  // table.copy to 0 from 1
  check_on_tables(three + Bytes{0xFC, 0x0E, 1, 0}, "the tables hold other types");
  check_on_tables(three + Bytes{0xFC, 0x0C, 0, 0}, "");  // table.init of 0 with segment 0
  check_on_tables(three + Bytes{0xFC, 0x0C, 0, 1}, "");
  check_on_tables(three + Bytes{0xFC, 0x0C, 1, 1}, "segment and table hold other types");
  check_on_tables(kI32 + ref_func(0) + Bytes{0x26, 1}, "");  // table.set
  check_on_tables(kI32 + ref_null(0x70) + Bytes{0x26, 1}, "table.set expects (ref null 1), found funcref");
  check_on_tables(kI32 + kI32 + Bytes{0x25, 1} + call_ref(2) + kDrop, "");  // table.get
  check_on_tables(kI32 + kI32 + Bytes{0x25, 0} + call_ref(2) + kDrop, "found funcref");
  check_on_tables(kI32 + kI32 + Bytes{0x11, 1, 1} + kDrop, "");  // call_indirect
}

TEST(Globals, AreOfTypedReferences) {
  const auto module = [](const Bytes& globals) { return kHeader + kTypes + kImports + section(6, globals); };
  expect_accepted(module(Bytes{1, 0x64, 1, 0} + kRefFunc0), kOn);
  expect_accepted(module(Bytes{1, 0x70, 0} + kRefFunc0), kOn);
  expect_accepted(module({1, 0x63, 2, 1, 0xD0, 1, 0x0B}), kOn);
  expect_refused(module({1, 0x64, 2, 1, 0xD0, 1, 0x0B}), kInvalid, "must leave one (ref 1)", kOn);
  expect_refused(module({1, 0x64, 1, 0, 0xD2, 1, 0x0B}), kInvalid, "must leave one (ref 1)", kOn);
  expect_refused(module({1, 0x63, 1, 0, 0xD0, 0x70, 0x0B}), kInvalid, "must leave one (ref null 1)", kOn);
  // An imported one is as good a value as another.
  const Bytes import = section(2, Bytes{1} + name("") + name("g") + Bytes{3, 0x64, 1, 0});
  expect_accepted(kHeader + kTypes + import + section(6, {1, 0x63, 1, 0, 0x23, 0, 0x0B}), kOn);
  expect_accepted(kHeader + kTypes + import + section(6, {1, 0x70, 0, 0x23, 0, 0x0B}), kOn);
  expect_refused(kHeader + kTypes + import + section(6, {1, 0x63, 4, 0, 0x23, 0, 0x0B}), kInvalid,
                 "must leave one (ref null 4)", kOn);
}

TEST(CatchClauses, GiveAnExceptionThatIsNotNull) {
  const Bytes inner = {0x1F, 0x40, 1, 3, 0, 0x0B, 0x00};  // catch_all_ref 0
  valid(block_of({0x64, 0x69}, inner));
  valid(block_of({0x69}, inner));
  invalid(block_of({0x6F}, inner), "gives an exnref that its label does not take");
}

}  // namespace
}  // namespace tenon::wasm::testing
