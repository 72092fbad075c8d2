#include "compiler/lower/tail_registers.hpp"

#include "machine_convention.hpp"

namespace tenon::compiler {

namespace {

bool in_vector_register(ValueType type) {
  return type == ValueType::f32 || type == ValueType::f64 || type == ValueType::v128;
}

}  // namespace

std::vector<bool> tail_registers(const FunctionType& type) {
  unsigned integers = returns_through_slots(type) ? 2 : 1, vectors = 0;
  std::vector<bool> result;
  result.reserve(type.parameters.size());
  for (const ValueType parameter : type.parameters) {
    unsigned& used = in_vector_register(parameter) ? vectors : integers;
    const unsigned all =
        in_vector_register(parameter) ? machine::kTailVectorRegisters : machine::kTailIntegerRegisters;
    result.push_back(used < all);
    if (used < all) ++used;
  }
  return result;
}

}  // namespace tenon::compiler
