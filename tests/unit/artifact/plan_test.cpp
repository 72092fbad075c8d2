#include "artifact/plan.hpp"

#include <gtest/gtest.h>

#include "unit/artifact/samples.hpp"

namespace tenon::artifact {
namespace {

using Kind = ConstantOperator::Kind;

TEST(Plan, ComesBackAsItWas) {
  const base::Bytes bytes = encode(samples::plan());
  const auto decoded = decode_plan(bytes);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(encode(*decoded), bytes);
  EXPECT_EQ(decoded->elements[0].elements[0][0], (ConstantOperator{Kind::ref_func, {2}}));
  EXPECT_EQ(decoded->start, 2u);
  for (std::size_t i = 0; i < decoded->imports.size(); ++i) {
    EXPECT_EQ(decoded->imports[i].type, samples::imports()[i].type) << i;
  }
  EXPECT_EQ(decoded->exports[1].name, std::string("nul\0name", 8));
}

TEST(Plan, CountsImportsByKind) {
  const auto counts = samples::plan().counts();
  EXPECT_EQ(counts.imported_functions, 1u);
  EXPECT_EQ(counts.tables, 4u);
  EXPECT_EQ(counts.memories, 2u);
  EXPECT_EQ(counts.globals, 3u);
}

// The file lists what is mentioned, and nothing else that the compiler has numbers for.
TEST(Plan, ReferencesToTypesComeBack) {
  const auto decoded = decode_plan(encode(samples::plan()));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->numbered_types, samples::numbered_types());
  EXPECT_EQ(decoded->tables[1].type.element, non_null(samples::kUnaryReference));
  EXPECT_EQ(std::get<TagType>(decoded->imports.back().type).type.parameters[0], samples::kNestedReference);

  InstantiationPlan plan;
  plan.numbered_types = {{}, samples::kUnary, {}, {{detail::reference_to_number(1)}, {}}, {}};
  plan.types = {{{detail::reference_to_number(3)}, {}}};
  const auto fewer = decode_plan(encode(plan));
  ASSERT_TRUE(fewer) << fewer.error().message;
  EXPECT_EQ(fewer->numbered_types, (NumberedTypes{samples::kUnary, {{detail::reference_to_number(0)}, {}}}));
  EXPECT_EQ(fewer->types[0].parameters[0], detail::reference_to_number(1));
}

// A place in the list that is not before the type that has it.
TEST(Plan, ReferencesToLaterTypesAreAnError) {
  InstantiationPlan plan;
  plan.numbered_types = {samples::kUnary};
  plan.types = {{{samples::kUnaryReference}, {}}};
  base::Bytes bytes = encode(plan);
  const base::Bytes list = {1, 1, 0x7F, 1, 0x7F, 1, 1, 0x63, 0, 0};
  ASSERT_EQ(base::Bytes(bytes.begin(), bytes.begin() + 10), list);
  EXPECT_TRUE(decode_plan(bytes));
  bytes[8] = 1;
  EXPECT_FALSE(decode_plan(bytes));
  bytes[8] = 0;
  bytes[2] = 0x63, bytes[3] = 0, bytes[4] = 0;
  EXPECT_FALSE(decode_plan(bytes));
}

TEST(Plan, EveryTruncationIsAnError) {
  const base::Bytes bytes = encode(samples::plan());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_plan(base::ByteView(bytes).first(size))) << size;
  }
}

TEST(Plan, TrailingBytesAreAnError) {
  base::Bytes bytes = encode(samples::plan());
  bytes.push_back(0);
  EXPECT_FALSE(decode_plan(bytes));
}

// A flipped byte may give another valid plan; it must never give a crash.
TEST(Plan, FlippedBytesNeverCrash) {
  const base::Bytes bytes = encode(samples::plan());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned value = 0; value < 256; ++value) {
      base::Bytes changed = bytes;
      changed[i] = static_cast<std::uint8_t>(value);
      if (const auto decoded = decode_plan(changed)) {
        EXPECT_TRUE(decode_plan(encode(*decoded)));
      }
    }
  }
}

TEST(Plan, ACountBeyondTheBytesAllocatesNothing) {
  base::ByteWriter out;
  out.leb(std::uint64_t{1} << 60);
  EXPECT_FALSE(decode_plan(out.bytes()));
}

struct BadPlan {
  const char* what;
  void (*spoil)(InstantiationPlan&);
};

class PlanIndices : public testing::TestWithParam<BadPlan> {};

TEST_P(PlanIndices, OutOfRangeIsAnError) {
  InstantiationPlan plan = samples::plan();
  GetParam().spoil(plan);
  const auto decoded = decode_plan(encode(plan));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::corrupt_artifact);
}

INSTANTIATE_TEST_SUITE_P(
    All, PlanIndices,
    testing::Values(
        BadPlan{"type_index", [](auto& p) { p.function_types[1] = 2; }},
        BadPlan{"missing_function", [](auto& p) { p.function_types.clear(); }},
        BadPlan{"import_of_other_type", [](auto& p) { p.function_types[0] = 1; }},
        BadPlan{"referenced_import", [](auto& p) { p.referenced_functions[0] = 0; }},
        BadPlan{"referenced_beyond", [](auto& p) { p.referenced_functions[1] = 3; }},
        BadPlan{"referenced_twice", [](auto& p) { p.referenced_functions = {1, 2, 2}; }},
        BadPlan{"export_without_record", [](auto& p) { p.referenced_functions = {2}; }},
        BadPlan{"export_of_no_global", [](auto& p) { p.exports[2].index = 3; }},
        BadPlan{"global_sees_itself", [](auto& p) { p.globals[0].initial = {{Kind::global_get, {1}}}; }},
        BadPlan{"empty_expression", [](auto& p) { p.globals[0].initial = {}; }},
        BadPlan{"two_results", [](auto& p) { p.elements[0].offset.push_back({Kind::i32_const}); }},
        BadPlan{"underflow", [](auto& p) { p.elements[0].offset = {{Kind::i32_const}, {Kind::i32_add}}; }},
        BadPlan{"ref_func_without_record",
                [](auto& p) { p.elements[0].elements[0] = {{Kind::ref_func, {7}}}; }},
        BadPlan{"table_index", [](auto& p) { p.elements[0].table = 4; }},
        BadPlan{"elements_of_numbers", [](auto& p) { p.elements[0].type = ValueType::i32; }},
        BadPlan{"table_of_numbers", [](auto& p) { p.tables[0].type.element = ValueType::i32; }},
        BadPlan{"table_without_value", [](auto& p) { p.tables[1].initial = {}; }},
        BadPlan{"table_of_later_global", [](auto& p) { p.tables[1].initial = {{Kind::global_get, {1}}}; }},
        BadPlan{"memory_index", [](auto& p) { p.data[0].memory = 2; }},
        BadPlan{"passive_in_image", [](auto& p) { p.data[1].in_image = true; }},
        BadPlan{"declarative_data", [](auto& p) { p.data[1].mode = SegmentMode::declarative; }},
        BadPlan{"start", [](auto& p) { p.start = 3; }}),
    [](const auto& info) { return std::string(info.param.what); });

TEST(FunctionNames, ComeBackAndAreChecked) {
  const FunctionNames names{{0, "a"}, {5, ""}, {70000, "long name"}};
  const base::Bytes bytes = encode_names(names);
  EXPECT_EQ(decode_names(bytes).value(), names);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_names(base::ByteView(bytes).first(size)));
  }
  EXPECT_FALSE(decode_names(encode_names({{2, "b"}, {1, "a"}})));
}

}  // namespace
}  // namespace tenon::artifact
