// Types of artifacts in the numbers of the process.
#include "runtime/code/process_types.hpp"

#include <gtest/gtest.h>

#include "unit/artifact/samples.hpp"

namespace tenon::runtime {
namespace {

namespace samples = artifact::samples;

const FunctionType kNested{{reference_to(samples::kUnary)}, {non_null(reference_to(samples::kUnary))}};

TEST(ProcessTypes, OfANoteAreKnownToTheHost) {
  const auto info = in_process_types(samples::note());
  ASSERT_TRUE(info) << info.error().message;
  const auto& tag = std::get<TagType>(info->imports.back().type);
  EXPECT_EQ(tag.type.parameters[0], reference_to(kNested));
  ASSERT_NE(referenced_type(tag.type.parameters[0]), nullptr);
  EXPECT_EQ(*referenced_type(tag.type.parameters[0]), kNested);
  EXPECT_EQ(std::get<GlobalType>(info->exports.back().type).value, non_null(reference_to(samples::kUnary)));
}

TEST(ProcessTypes, OfAPlanAreTheSameWhateverTheirPlaceInTheFile) {
  base::TypeUses uses;
  const auto plan = in_process_types(samples::plan(), uses);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->tables[1].type.element, non_null(reference_to(samples::kUnary)));
  EXPECT_EQ(std::get<TagType>(plan->imports.back().type).type.parameters[0], reference_to(kNested));

  artifact::InstantiationPlan other;
  other.numbered_types = {{}, samples::kUnary};
  other.types = {{{detail::reference_to_number(1)}, {}}};
  other.globals = {{GlobalType{detail::reference_to_number(1), true}, {}}};
  other.elements = {{.type = non_null(detail::reference_to_number(1))}};
  const auto renumbered = in_process_types(other, uses);
  ASSERT_TRUE(renumbered) << renumbered.error().message;
  EXPECT_EQ(renumbered->types[0].parameters[0], reference_to(samples::kUnary));
  EXPECT_EQ(renumbered->globals[0].type.value, reference_to(samples::kUnary));
  EXPECT_EQ(renumbered->elements[0].type, non_null(reference_to(samples::kUnary)));
}

// With the last copy of what the note says, its types go.
TEST(ProcessTypes, OfANoteGoWithIt) {
  artifact::Note note;
  note.numbered_types = {FunctionType{std::vector(41, ValueType::f32), {}}};
  note.info.exports = {{"g", GlobalType{detail::reference_to_number(0), true}, 0}};
  ValueType type = ValueType::i32;
  {
    const auto info = in_process_types(note);
    ASSERT_TRUE(info);
    type = std::get<GlobalType>(info->exports[0].type).value;
    EXPECT_NE(referenced_type(type), nullptr);
  }
  EXPECT_EQ(referenced_type(type), nullptr);
}

}  // namespace
}  // namespace tenon::runtime
