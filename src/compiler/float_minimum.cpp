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

// minps and its kin. For vectors by name: LLVM knows the select for what it is
// only as long as no cast to integer lanes, of which guests are full, moves in
// between (f64x2 always).
llvm::Value* extreme(llvm::IRBuilder<>& b, bool least, llvm::Value* x, llvm::Value* y) {
  namespace Intrinsic = llvm::Intrinsic;
  if (x->getType()->isVectorTy()) {
    const bool is_float = x->getType()->getScalarType()->isFloatTy();
    return b.CreateIntrinsic(least ? (is_float ? Intrinsic::x86_sse_min_ps : Intrinsic::x86_sse2_min_pd)
                                   : (is_float ? Intrinsic::x86_sse_max_ps : Intrinsic::x86_sse2_max_pd),
                             {x, y});
  }
  return b.CreateSelect(least ? b.CreateFCmpOLT(x, y) : b.CreateFCmpOGT(x, y), x, y);
}

// Both selects are one instruction of x86 (minps or maxps, once with the
// operands swapped). They agree but for two zeros, which `join` brings
// together, and NaNs, for which the sum of both is the quieted NaN that the
// specification asks for (section 4.3.3, "NaN propagation").
// llvm.minimum would let a signalling NaN through.
llvm::Value* select_and_join(llvm::IRBuilder<>& b, bool least, llvm::Instruction::BinaryOps join,
                             llvm::Value* left, llvm::Value* right) {
  auto* one = extreme(b, least, left, right);
  auto* other = extreme(b, least, right, left);
  auto* bits = bits_of(left->getType());
  auto* joined = b.CreateBinOp(join, b.CreateBitCast(one, bits), b.CreateBitCast(other, bits));
  return b.CreateSelect(b.CreateFCmpUNO(left, right), b.CreateFAdd(left, right),
                        b.CreateBitCast(joined, left->getType()));
}

}  // namespace

llvm::Value* lesser_or_second(llvm::IRBuilder<>& builder, llvm::Value* x, llvm::Value* y) {
  return extreme(builder, true, x, y);
}

llvm::Value* greater_or_second(llvm::IRBuilder<>& builder, llvm::Value* x, llvm::Value* y) {
  return extreme(builder, false, x, y);
}

llvm::Value* float_minimum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right) {
  return select_and_join(builder, true, llvm::Instruction::Or, left, right);
}

llvm::Value* float_maximum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right) {
  return select_and_join(builder, false, llvm::Instruction::And, left, right);
}

}  // namespace tenon::compiler
