#include "compiler/lower/float_minimum.hpp"

#include "compiler/machine/vector_rule.hpp"

namespace tenon::compiler {

namespace {

llvm::Type* bits_of(llvm::Type* type) {
  auto* lane = llvm::Type::getIntNTy(type->getContext(), type->getScalarSizeInBits());
  if (auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type)) {
    return llvm::FixedVectorType::get(lane, vector->getNumElements());
  }
  return lane;
}

llvm::Value* extreme(llvm::IRBuilder<>& b, bool least, llvm::Value* x, llvm::Value* y, bool with_machine) {
  if (with_machine && x->getType()->isVectorTy()) {
    if (auto* value = machine_extreme(b, least, x, y)) return value;
  }
  return b.CreateSelect(least ? b.CreateFCmpOLT(x, y) : b.CreateFCmpOGT(x, y), x, y);
}

struct Both {
  llvm::Value *one, *other;  // the operands in both orders, as bits
};
Both in_both_orders(llvm::IRBuilder<>& b, bool least, llvm::Value* x, llvm::Value* y, bool with_machine) {
  auto* bits = bits_of(x->getType());
  return {b.CreateBitCast(extreme(b, least, x, y, with_machine), bits),
          b.CreateBitCast(extreme(b, least, y, x, with_machine), bits)};
}

// Both selects are one instruction of most machines, once with the operands
// swapped. They agree but for two zeros, which `join` brings
// together, and NaNs, for which the sum of both is the quieted NaN that the
// specification asks for (section 4.3.3, "NaN propagation").
// llvm.minimum would let a signalling NaN through.
llvm::Value* select_and_join(llvm::IRBuilder<>& b, bool least, llvm::Instruction::BinaryOps join,
                             llvm::Value* left, llvm::Value* right) {
  const auto [one, other] = in_both_orders(b, least, left, right, false);
  auto* joined = b.CreateBitCast(b.CreateBinOp(join, one, other), left->getType());
  return b.CreateSelect(b.CreateFCmpUNO(left, right), b.CreateFAdd(left, right), joined);
}

// In vectors a NaN comes out as the canonical one, which takes fewer
// instructions, and with the sign that V8 gives it: compared bit for bit,
// integer operations on such lanes show every difference.
llvm::Value* vector_minimum(llvm::IRBuilder<>& b, llvm::Value* left, llvm::Value* right, bool with_machine) {
  const auto [one, other] = in_both_orders(b, true, left, right, with_machine);
  auto* joined = b.CreateBitCast(b.CreateOr(one, other), left->getType());
  auto* nan = llvm::ConstantFP::getQNaN(left->getType(), true);
  return b.CreateSelect(b.CreateFCmpUNO(left, right), nan, joined);
}

llvm::Value* vector_maximum(llvm::IRBuilder<>& b, llvm::Value* left, llvm::Value* right, bool with_machine) {
  const auto [one, other] = in_both_orders(b, false, left, right, with_machine);
  auto* type = left->getType();
  auto* bits = bits_of(type);
  auto* signs =
      b.CreateAnd(b.CreateOr(one, other), b.CreateBitCast(llvm::ConstantFP::getZero(type, true), bits));
  auto* nan = b.CreateOr(signs, b.CreateBitCast(llvm::ConstantFP::getQNaN(type), bits));
  return b.CreateSelect(b.CreateFCmpUNO(left, right), b.CreateBitCast(nan, type),
                        b.CreateBitCast(b.CreateAnd(one, other), type));
}

}  // namespace

llvm::Value* lesser_or_second(llvm::IRBuilder<>& builder, llvm::Value* x, llvm::Value* y, bool with_machine) {
  return extreme(builder, true, x, y, with_machine);
}

llvm::Value* greater_or_second(llvm::IRBuilder<>& builder, llvm::Value* x, llvm::Value* y,
                               bool with_machine) {
  return extreme(builder, false, x, y, with_machine);
}

llvm::Value* float_minimum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right,
                           bool with_machine) {
  if (left->getType()->isVectorTy()) return vector_minimum(builder, left, right, with_machine);
  return select_and_join(builder, true, llvm::Instruction::Or, left, right);
}

llvm::Value* float_maximum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right,
                           bool with_machine) {
  if (left->getType()->isVectorTy()) return vector_maximum(builder, left, right, with_machine);
  return select_and_join(builder, false, llvm::Instruction::And, left, right);
}

}  // namespace tenon::compiler
