#include "base/type_registry.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "artifact/abi.hpp"

namespace tenon::base {
namespace {

using enum ValueType;

TEST(TypeRegistry, EqualTypesHaveOneId) {
  const FunctionType type{{i32, f64}, {v128}};
  EXPECT_EQ(type_id_of(type), type_id_of(FunctionType{{i32, f64}, {v128}}));
  EXPECT_EQ(type_of_id(type_id_of(type)), type);
  EXPECT_NE(type_id_of(type), artifact::kNullTypeId);
}

TEST(TypeRegistry, ParametersAndResultsDoNotRunTogether) {
  EXPECT_NE(type_id_of({{i32, i64}, {}}), type_id_of({{i32}, {i64}}));
  EXPECT_NE(type_id_of({{i32}, {}}), type_id_of({{}, {i32}}));
  EXPECT_NE(type_id_of({{}, {}}), artifact::kNullTypeId);
}

TEST(TypeRegistry, GivesReferenceTypes) {
  const FunctionType type{{i32, f64}, {v128}};
  const ValueType reference = reference_to(type);
  EXPECT_EQ(reference, reference_to(FunctionType{{i32, f64}, {v128}}));
  EXPECT_NE(reference, reference_to({{i32}, {}}));
  EXPECT_EQ(*referenced_type(non_null(reference)), type);
  EXPECT_EQ(referenced_type(funcref), nullptr);
  EXPECT_EQ(referenced_type(i32), nullptr);
  // A type may refer to others, and is equal to one that refers to equal ones.
  EXPECT_EQ(reference_to({{reference}, {}}), reference_to({{reference_to(type)}, {}}));
  EXPECT_NE(reference_to({{reference}, {}}), reference_to({{non_null(reference)}, {}}));
  EXPECT_LT(type_id_of(type), type_id_of({{reference}, {}}));
}

TEST(ReferenceTypes, HaveSubtypes) {
  const ValueType typed = reference_to({{i32}, {}}), other = reference_to({{i64}, {}});
  for (const ValueType type : {typed, other, funcref, externref, exnref}) {
    EXPECT_TRUE(is_subtype(type, type));
    EXPECT_TRUE(is_subtype(non_null(type), type));
    EXPECT_FALSE(is_subtype(type, non_null(type)));
    EXPECT_TRUE(is_reference(non_null(type)));
    EXPECT_TRUE(has_default(type));
    EXPECT_FALSE(has_default(non_null(type)));
    EXPECT_EQ(nullable(non_null(type)), type);
    EXPECT_FALSE(is_subtype(type, i32));
    EXPECT_FALSE(is_subtype(i32, type));
  }
  EXPECT_TRUE(is_subtype(typed, funcref));
  EXPECT_TRUE(is_subtype(non_null(typed), non_null(funcref)));
  EXPECT_FALSE(is_subtype(typed, non_null(funcref)));
  EXPECT_FALSE(is_subtype(typed, other));
  EXPECT_FALSE(is_subtype(funcref, typed));
  EXPECT_FALSE(is_subtype(typed, externref));
  EXPECT_EQ(general_type(non_null(typed)), funcref);
  EXPECT_EQ(general_type(non_null(externref)), externref);
  EXPECT_EQ(general_type(i64), i64);
}

TEST(ReferenceTypes, AreToldInWords) {
  const ValueType typed = reference_to({{i32}, {}});
  EXPECT_EQ(to_string(non_null(funcref)), "(ref func)");
  EXPECT_EQ(to_string(non_null(externref)), "(ref extern)");
  EXPECT_EQ(to_string(non_null(exnref)), "(ref exn)");
  EXPECT_EQ(to_string(typed), "(ref null (i32) -> ())");
  EXPECT_EQ(to_string(FunctionType{{non_null(typed)}, {}}), "((ref (i32) -> ())) -> ()");
  // However deep and wide, a line.
  EXPECT_EQ(to_string(reference_to({{typed, non_null(typed)}, {}})),
            "(ref null ((ref null …), (ref …)) -> ())");
  EXPECT_EQ(to_string(reference_to({std::vector(9, i32), {}})),
            "(ref null (i32, i32, i32, i32, i32, i32, i32, i32, …) -> ())");
}

// A process that loads plugins for years kept every type that any of them had.
TEST(TypeRegistry, ATypeGoesWithItsLastUse) {
  const FunctionType type{{i64, i64, i64, f32, i64}, {i64}};
  std::uint32_t id = 0;
  {
    TypeUses uses, more;
    id = uses.add(type);
    EXPECT_EQ(more.add(type), id);
    TypeUses moved = std::move(uses);
    { const TypeUses gone = std::move(more); }
    EXPECT_EQ(type_of_id(id), type);
  }
  EXPECT_EQ(find_type(id), nullptr);
  EXPECT_EQ(to_string(detail::reference_to_number(id)), "(ref null unknown)");
  // Whoever still has the number has that of no other type.
  TypeUses again;
  EXPECT_GT(again.add(type), id);
}

TEST(TypeRegistry, ANamedTypeStays) {
  const FunctionType type{{i64, i64, f32, f32, i64}, {i64}};
  const ValueType named = reference_to(type);
  { EXPECT_EQ(TypeUses().add(type), detail::number_of(named)); }
  EXPECT_EQ(*referenced_type(named), type);
}

TEST(TypeRegistry, WhatATypeRefersToStaysWithIt) {
  const FunctionType inner{{f64, f64, f32, f32, i64}, {i64}};
  auto uses = std::make_unique<TypeUses>();
  const std::uint32_t inner_id = uses->add(inner);
  const FunctionType outer{{detail::reference_to_number(inner_id)}, {}};
  auto outer_uses = std::make_unique<TypeUses>();
  const std::uint32_t outer_id = outer_uses->add(outer);
  uses.reset();
  EXPECT_EQ(type_of_id(inner_id), inner);
  uses = std::make_unique<TypeUses>();
  uses->add(detail::reference_to_number(outer_id));
  outer_uses.reset();
  EXPECT_EQ(type_of_id(inner_id), inner);
  uses->add_all_in({{detail::reference_to_number(outer_id)}, {}});
  uses.reset();
  EXPECT_EQ(find_type(outer_id), nullptr);
  EXPECT_EQ(find_type(inner_id), nullptr);
}

// One frame each would be the end of the stack.
TEST(TypeRegistry, ALongChainOfTypesGoesAtOnce) {
  std::uint32_t first = 0, last = 0;
  {
    TypeUses chain;
    first = last = chain.add({{f64, i32, f64, i32, f64}, {}});
    for (int i = 0; i < 300'000; ++i) {
      TypeUses next;
      last = next.add({{detail::reference_to_number(last)}, {}});
      chain = std::move(next);
    }
    EXPECT_NE(find_type(first), nullptr);
  }
  EXPECT_EQ(find_type(first), nullptr);
  EXPECT_EQ(find_type(last), nullptr);
}

TEST(TypeRegistry, ThreadsAgree) {
  const FunctionType type{{funcref, funcref, funcref, f32}, {externref}};
  std::uint32_t ids[8] = {};
  {
    std::vector<std::jthread> threads;
    for (auto& id : ids) threads.emplace_back([&] { id = type_id_of(type); });
  }
  for (auto id : ids) EXPECT_EQ(id, type_id_of(type));
}

}  // namespace
}  // namespace tenon::base
