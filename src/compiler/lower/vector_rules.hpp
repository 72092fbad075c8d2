// How each vector operator is lowered, in LLVM's own terms: right on every machine.
// Where a machine has better, its rule comes first (machine/vector_rule.hpp).
#pragma once

#include <string_view>

#include "compiler/machine/vector_rule.hpp"

namespace tenon::compiler {

// The rule of an operator, or nullptr where it is not one of these (constants,
// loads and stores are not).
struct VectorOperation {
  VectorRule rule = nullptr;
  Shape shape, source;
  bool is_arithmetic = false;  // of floats: makes signalling NaNs quiet
};
// Without `with_machine` in LLVM's own terms alone.
[[nodiscard]] const VectorOperation& vector_operation(const wasm::OpcodeInfo& info, bool with_machine);

// The bytes of the first operand that the second names, modulo 16, but for indices that give 0.
[[nodiscard]] llvm::Value* swizzle_bytes(const VectorContext& c,
                                         llvm::function_ref<llvm::Value*(llvm::Value* index)> gives_zero);

// The rules themselves, by operation name; nullptr for none.
[[nodiscard]] VectorRule integer_vector_rule(std::string_view operation);  // vector_integer.cpp
[[nodiscard]] VectorRule float_vector_rule(std::string_view operation);    // vector_float.cpp
[[nodiscard]] VectorRule lane_vector_rule(std::string_view operation);     // vector_lanes.cpp
[[nodiscard]] VectorRule relaxed_vector_rule(std::string_view operation);  // vector_relaxed.cpp

}  // namespace tenon::compiler
