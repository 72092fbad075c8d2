#include "compiler/float_minimum.hpp"

namespace tenon::compiler {

namespace {

llvm::Type* bits_of(llvm::Type* type) {
  auto* lane = llvm::Type::getIntNTy(type->getContext(), type->getScalarSizeInBits());
  if (auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type)) {
    return llvm::FixedVectorType::get(lane, vector->getNumElements());
  }
  return lane;
}

// Both selects are one instruction of x86 (minps or maxps, once with the
// operands swapped). They agree but for two zeros, which `join` brings
// together, and NaNs, for which the sum of both is the quieted NaN that the
// specification asks for (section 4.3.3, "NaN propagation").
// llvm.minimum would let a signalling NaN through.
llvm::Value* select_and_join(llvm::IRBuilder<>& b, llvm::CmpInst::Predicate first_wins,
                             llvm::Instruction::BinaryOps join, llvm::Value* left, llvm::Value* right) {
  auto* one = b.CreateSelect(b.CreateFCmp(first_wins, left, right), left, right);
  auto* other = b.CreateSelect(b.CreateFCmp(first_wins, right, left), right, left);
  auto* bits = bits_of(left->getType());
  auto* joined = b.CreateBinOp(join, b.CreateBitCast(one, bits), b.CreateBitCast(other, bits));
  return b.CreateSelect(b.CreateFCmpUNO(left, right), b.CreateFAdd(left, right),
                        b.CreateBitCast(joined, left->getType()));
}

}  // namespace

llvm::Value* float_minimum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right) {
  return select_and_join(builder, llvm::CmpInst::FCMP_OLT, llvm::Instruction::Or, left, right);
}

llvm::Value* float_maximum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right) {
  return select_and_join(builder, llvm::CmpInst::FCMP_OGT, llvm::Instruction::And, left, right);
}

}  // namespace tenon::compiler
