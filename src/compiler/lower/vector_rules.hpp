// How each vector operator is lowered, in LLVM's own terms: right on every machine.
// Where a machine has better, its rule comes first (machine/vector_rule.hpp).
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "compiler/lower/vector_name.hpp"
#include "compiler/machine/vector_rule.hpp"
#include "wasm/opcode_table.hpp"

namespace tenon::compiler {

// The first operator of the family that has no rule among these, for NotLowered.
constexpr wasm::Opcode first_without_rule(wasm::Family family, std::span<const NamedVectorRule> rules) {
  return wasm::first_not_lowered(family, [&](const wasm::OpcodeInfo& info) {
    const auto name = parse_vector_name(info.text);
    return std::ranges::any_of(rules,
                               [&](const NamedVectorRule& rule) { return rule.first == name.operation(); });
  });
}

// The bytes of the first operand that the second names, modulo 16, but for indices that give 0.
[[nodiscard]] llvm::Value* swizzle_bytes(const VectorContext& c,
                                         llvm::function_ref<llvm::Value*(llvm::Value* index)> gives_zero);

// The rules themselves, by operation name; nullptr for none.
[[nodiscard]] VectorRule integer_vector_rule(std::string_view operation);  // vector_integer.cpp
[[nodiscard]] VectorRule float_vector_rule(std::string_view operation);    // vector_float.cpp
[[nodiscard]] VectorRule lane_vector_rule(std::string_view operation);     // vector_lanes.cpp
[[nodiscard]] VectorRule relaxed_vector_rule(std::string_view operation);  // vector_relaxed.cpp

}  // namespace tenon::compiler
