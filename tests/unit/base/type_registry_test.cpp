#include "base/type_registry.hpp"

#include <gtest/gtest.h>

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
