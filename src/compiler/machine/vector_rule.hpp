// How a vector operator is lowered, and the machine's own ways.
//
// A rule is found by the operator's name alone: the text "i16x8.extmul_low_i8x16_s" is
// the operation "extmul_low_s" on the shapes i16x8 and i8x16. One rule serves an
// operation for all its shapes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "compiler/llvm.hpp"
#include "wasm/operator.hpp"

namespace tenon::compiler {

struct Shape {
  unsigned lane_bits = 64;
  bool is_float = false;
  [[nodiscard]] unsigned lanes() const { return 128 / lane_bits; }
  [[nodiscard]] llvm::Type* lane(llvm::LLVMContext& context) const {
    if (!is_float) return llvm::Type::getIntNTy(context, lane_bits);
    return lane_bits == 32 ? llvm::Type::getFloatTy(context) : llvm::Type::getDoubleTy(context);
  }
  [[nodiscard]] llvm::FixedVectorType* vector(llvm::LLVMContext& context) const {
    return llvm::FixedVectorType::get(lane(context), lanes());
  }
};

// What a rule works with. Operands of type v128 come in the operator's source
// shape; a vector result may have any shape, the caller casts it back.
struct VectorContext {
  llvm::IRBuilder<>& b;
  const wasm::Operator& op;
  Shape shape;   // before the dot: of the result
  Shape source;  // the other shape in the name, else the same
  llvm::SmallVector<llvm::Value*, 3> operands;
  bool with_machine = true;  // else in LLVM's own terms alone

  [[nodiscard]] llvm::Value* operator[](unsigned i) const { return operands[i]; }
  [[nodiscard]] llvm::Type* type() const { return shape.vector(b.getContext()); }
  [[nodiscard]] llvm::Value* as(llvm::Value* value, Shape to) const {
    return b.CreateBitCast(value, to.vector(b.getContext()));
  }
  [[nodiscard]] llvm::Value* splat(double value) const {
    return llvm::ConstantFP::get(type_of(operands[0]), value);
  }
  // An instruction of the machine; not for intrinsics that exist for many types.
  [[nodiscard]] llvm::Value* call(llvm::Intrinsic::ID id, llvm::ArrayRef<llvm::Value*> arguments) const {
    return b.CreateIntrinsic(id, arguments);
  }
  static llvm::Type* type_of(llvm::Value* value) { return value->getType(); }
};

using VectorRule = llvm::Value* (*)(const VectorContext&);

// A row of a table of rules, and the search in one.
using NamedVectorRule = std::pair<std::string_view, VectorRule>;
[[nodiscard]] constexpr VectorRule find_rule(std::span<const NamedVectorRule> rules,
                                             std::string_view operation) {
  for (const auto& [name, rule] : rules) {
    if (name == operation) return rule;
  }
  return nullptr;
}

// The machine's instructions for an operation, bit for bit as the rule in LLVM's own
// terms (lower/vector_rules.hpp), and faster; nullptr for none.
[[nodiscard]] VectorRule machine_vector_rule(std::string_view operation);

// x < y ? x : y of vectors of floats, or with >; nullptr where LLVM's select does as well.
[[nodiscard]] llvm::Value* machine_extreme(llvm::IRBuilder<>& builder, bool least, llvm::Value* x,
                                           llvm::Value* y);

}  // namespace tenon::compiler
