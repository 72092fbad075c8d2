// Numeric operators: integers, floats, comparisons (specification 4.3.2, 4.3.3).
#include "compiler/lower/float_minimum.hpp"
#include "compiler/lower/function_lowering.hpp"
#include "compiler/optimize/quiet_nan.hpp"

namespace tenon::compiler {

using llvm::Intrinsic::ID;
using wasm::Operator;

namespace Intrinsic = llvm::Intrinsic;

void FunctionLowering::lower_constant(const Operator& op) {
  using Op = wasm::ConstantOpcode;
  switch (Op(op.opcode())) {
    case Op::i32_const: push(i32(op.bits[0])); return;
    case Op::i64_const: push(i64(op.bits[0])); return;
    case Op::f32_const: push(llvm::ConstantExpr::getBitCast(i32(op.bits[0]), builder_.getFloatTy())); return;
    case Op::f64_const: push(llvm::ConstantExpr::getBitCast(i64(op.bits[0]), builder_.getDoubleTy())); return;
    case Op::v128_const:
      push(llvm::ConstantDataVector::get(module_.context, llvm::ArrayRef(op.bits)));
      return;
  }
}

void FunctionLowering::lower_comparison(const Operator& op) {
  using Op = wasm::ComparisonOpcode;
  using P = llvm::CmpInst;
  P::Predicate predicate = P::BAD_ICMP_PREDICATE;
  switch (Op(op.opcode())) {
    case Op::i32_eqz:
    case Op::i64_eqz: push(llvm::Constant::getNullValue(stack_.back()->getType())); [[fallthrough]];
    case Op::i32_eq:
    case Op::i64_eq: predicate = P::ICMP_EQ; break;
    case Op::i32_ne:
    case Op::i64_ne: predicate = P::ICMP_NE; break;
    case Op::i32_lt_s:
    case Op::i64_lt_s: predicate = P::ICMP_SLT; break;
    case Op::i32_lt_u:
    case Op::i64_lt_u: predicate = P::ICMP_ULT; break;
    case Op::i32_gt_s:
    case Op::i64_gt_s: predicate = P::ICMP_SGT; break;
    case Op::i32_gt_u:
    case Op::i64_gt_u: predicate = P::ICMP_UGT; break;
    case Op::i32_le_s:
    case Op::i64_le_s: predicate = P::ICMP_SLE; break;
    case Op::i32_le_u:
    case Op::i64_le_u: predicate = P::ICMP_ULE; break;
    case Op::i32_ge_s:
    case Op::i64_ge_s: predicate = P::ICMP_SGE; break;
    case Op::i32_ge_u:
    case Op::i64_ge_u: predicate = P::ICMP_UGE; break;
    case Op::f32_eq:
    case Op::f64_eq: predicate = P::FCMP_OEQ; break;
    case Op::f32_ne:
    case Op::f64_ne: predicate = P::FCMP_UNE; break;
    case Op::f32_lt:
    case Op::f64_lt: predicate = P::FCMP_OLT; break;
    case Op::f32_gt:
    case Op::f64_gt: predicate = P::FCMP_OGT; break;
    case Op::f32_le:
    case Op::f64_le: predicate = P::FCMP_OLE; break;
    case Op::f32_ge:
    case Op::f64_ge: predicate = P::FCMP_OGE; break;
  }
  auto* right = pop();
  auto* left = pop();
  push(builder_.CreateZExt(builder_.CreateCmp(predicate, left, right), builder_.getInt32Ty()));
}

void FunctionLowering::lower_integer(const Operator& op) {
  using Op = wasm::IntegerOpcode;
  auto binary = [&](auto make) {
    auto* right = pop();
    auto* left = pop();
    push(make(left, right));
  };
  // Shift counts are modulo the width; LLVM's shifts are poison beyond it.
  auto masked = [&](llvm::Value* count) {
    const auto width = count->getType()->getScalarSizeInBits();
    return builder_.CreateAnd(count, llvm::ConstantInt::get(count->getType(), width - 1));
  };
  auto count_zeros = [&](ID id) { push(builder_.CreateBinaryIntrinsic(id, pop(), builder_.getFalse())); };
  auto sign_extend = [&](unsigned bits) {
    auto* value = pop();
    push(builder_.CreateSExt(builder_.CreateTrunc(value, builder_.getIntNTy(bits)), value->getType()));
  };
  auto& b = builder_;
  switch (Op(op.opcode())) {
    case Op::i32_add:
    case Op::i64_add: return binary([&](auto* l, auto* r) { return b.CreateAdd(l, r); });
    case Op::i32_sub:
    case Op::i64_sub: return binary([&](auto* l, auto* r) { return b.CreateSub(l, r); });
    case Op::i32_mul:
    case Op::i64_mul: return binary([&](auto* l, auto* r) { return b.CreateMul(l, r); });
    case Op::i32_and:
    case Op::i64_and: return binary([&](auto* l, auto* r) { return b.CreateAnd(l, r); });
    case Op::i32_or:
    case Op::i64_or: return binary([&](auto* l, auto* r) { return b.CreateOr(l, r); });
    case Op::i32_xor:
    case Op::i64_xor: return binary([&](auto* l, auto* r) { return b.CreateXor(l, r); });
    case Op::i32_shl:
    case Op::i64_shl: return binary([&](auto* l, auto* r) { return b.CreateShl(l, masked(r)); });
    case Op::i32_shr_s:
    case Op::i64_shr_s: return binary([&](auto* l, auto* r) { return b.CreateAShr(l, masked(r)); });
    case Op::i32_shr_u:
    case Op::i64_shr_u: return binary([&](auto* l, auto* r) { return b.CreateLShr(l, masked(r)); });
    case Op::i32_rotl:
    case Op::i64_rotl:
      return binary(
          [&](auto* l, auto* r) { return b.CreateIntrinsic(Intrinsic::fshl, l->getType(), {l, l, r}); });
    case Op::i32_rotr:
    case Op::i64_rotr:
      return binary(
          [&](auto* l, auto* r) { return b.CreateIntrinsic(Intrinsic::fshr, l->getType(), {l, l, r}); });
    case Op::i32_clz:
    case Op::i64_clz: return count_zeros(Intrinsic::ctlz);
    case Op::i32_ctz:
    case Op::i64_ctz: return count_zeros(Intrinsic::cttz);
    case Op::i32_popcnt:
    case Op::i64_popcnt: push(builder_.CreateUnaryIntrinsic(Intrinsic::ctpop, pop())); return;
    case Op::i32_extend8_s:
    case Op::i64_extend8_s: return sign_extend(8);
    case Op::i32_extend16_s:
    case Op::i64_extend16_s: return sign_extend(16);
    case Op::i64_extend32_s: return sign_extend(32);
  }
}

// Division by zero traps; so does the one quotient that does not fit. The
// remainder of that same division is 0, which some machines fault on.
void FunctionLowering::lower_division(const Operator& op) {
  using Op = wasm::DivisionOpcode;
  auto* right = pop();
  auto* left = pop();
  auto* of = llvm::cast<llvm::IntegerType>(right->getType());
  const unsigned width = of->getBitWidth();
  auto* minus_one = llvm::ConstantInt::getAllOnesValue(of);
  trap_if(builder_.CreateICmpEQ(right, llvm::ConstantInt::get(of, 0)), TrapCode::integer_divide_by_zero);
  switch (Op(op.opcode())) {
    case Op::i32_div_u:
    case Op::i64_div_u: push(builder_.CreateUDiv(left, right)); return;
    case Op::i32_rem_u:
    case Op::i64_rem_u: push(builder_.CreateURem(left, right)); return;
    case Op::i32_div_s:
    case Op::i64_div_s: {
      auto* smallest = llvm::ConstantInt::get(of, llvm::APInt::getSignedMinValue(width));
      auto* overflows =
          builder_.CreateAnd(builder_.CreateICmpEQ(left, smallest), builder_.CreateICmpEQ(right, minus_one));
      trap_if(overflows, TrapCode::integer_overflow);
      push(builder_.CreateSDiv(left, right));
      return;
    }
    case Op::i32_rem_s:
    case Op::i64_rem_s: {
      auto* is_minus_one = builder_.CreateICmpEQ(right, minus_one);
      auto* divisor = builder_.CreateSelect(is_minus_one, llvm::ConstantInt::get(of, 1), right);
      push(builder_.CreateSRem(left, divisor));
      return;
    }
  }
}

void FunctionLowering::lower_floating_point(const Operator& op) {
  using Op = wasm::FloatingPointOpcode;
  auto binary = [&](auto make) {
    auto* right = pop();
    auto* left = pop();
    push(make(left, right));
  };
  auto arithmetic = [&](llvm::Instruction::BinaryOps operation) {
    return binary([&](auto* l, auto* r) {
      const auto& layout = module_.out.getDataLayout();
      return builder_.CreateBinOp(operation, quiet_constant(l, layout), quiet_constant(r, layout));
    });
  };
  auto unary_intrinsic = [&](ID id) { push(builder_.CreateUnaryIntrinsic(id, pop())); };
  switch (Op(op.opcode())) {
    case Op::f32_add:
    case Op::f64_add: return arithmetic(llvm::Instruction::FAdd);
    case Op::f32_sub:
    case Op::f64_sub: return arithmetic(llvm::Instruction::FSub);
    case Op::f32_mul:
    case Op::f64_mul: return arithmetic(llvm::Instruction::FMul);
    case Op::f32_div:
    case Op::f64_div: return arithmetic(llvm::Instruction::FDiv);
    case Op::f32_neg:
    case Op::f64_neg: push(builder_.CreateFNeg(pop())); return;
    case Op::f32_abs:
    case Op::f64_abs: return unary_intrinsic(Intrinsic::fabs);
    case Op::f32_sqrt:
    case Op::f64_sqrt: return unary_intrinsic(Intrinsic::sqrt);
    case Op::f32_ceil:
    case Op::f64_ceil: return unary_intrinsic(Intrinsic::ceil);
    case Op::f32_floor:
    case Op::f64_floor: return unary_intrinsic(Intrinsic::floor);
    case Op::f32_trunc:
    case Op::f64_trunc: return unary_intrinsic(Intrinsic::trunc);
    case Op::f32_nearest:
    case Op::f64_nearest: return unary_intrinsic(Intrinsic::roundeven);
    case Op::f32_min:
    case Op::f64_min: return binary([&](auto* l, auto* r) { return float_minimum(builder_, l, r); });
    case Op::f32_max:
    case Op::f64_max: return binary([&](auto* l, auto* r) { return float_maximum(builder_, l, r); });
    case Op::f32_copysign:
    case Op::f64_copysign:
      return binary(
          [&](auto* l, auto* r) { return builder_.CreateBinaryIntrinsic(Intrinsic::copysign, l, r); });
  }
}

}  // namespace tenon::compiler
