// Numeric operators: integers, floats, comparisons (specification 4.3.2, 4.3.3).
#include "compiler/lower/float_minimum.hpp"
#include "compiler/lower/function_lowering.hpp"
#include "compiler/optimize/quiet_nan.hpp"

namespace tenon::compiler {

using llvm::Intrinsic::ID;
using wasm::Opcode;
using wasm::Operator;

namespace Intrinsic = llvm::Intrinsic;

bool FunctionLowering::lower_numeric(const Operator& op) {
  switch (op.opcode()) {
    case Opcode::i32_const: push(i32(op.bits[0])); return true;
    case Opcode::i64_const: push(i64(op.bits[0])); return true;
    case Opcode::f32_const:
      push(llvm::ConstantExpr::getBitCast(i32(op.bits[0]), builder_.getFloatTy()));
      return true;
    case Opcode::f64_const:
      push(llvm::ConstantExpr::getBitCast(i64(op.bits[0]), builder_.getDoubleTy()));
      return true;
    case Opcode::i32_div_s:
    case Opcode::i32_div_u:
    case Opcode::i32_rem_s:
    case Opcode::i32_rem_u:
    case Opcode::i64_div_s:
    case Opcode::i64_div_u:
    case Opcode::i64_rem_s:
    case Opcode::i64_rem_u: lower_division(op); return true;
    default: return lower_compare(op) || lower_bitwise(op) || lower_float(op);
  }
}

bool FunctionLowering::lower_compare(const Operator& op) {
  using P = llvm::CmpInst;
  P::Predicate predicate;
  switch (op.opcode()) {
    case Opcode::i32_eqz:
    case Opcode::i64_eqz: push(llvm::Constant::getNullValue(stack_.back()->getType())); [[fallthrough]];
    case Opcode::i32_eq:
    case Opcode::i64_eq: predicate = P::ICMP_EQ; break;
    case Opcode::i32_ne:
    case Opcode::i64_ne: predicate = P::ICMP_NE; break;
    case Opcode::i32_lt_s:
    case Opcode::i64_lt_s: predicate = P::ICMP_SLT; break;
    case Opcode::i32_lt_u:
    case Opcode::i64_lt_u: predicate = P::ICMP_ULT; break;
    case Opcode::i32_gt_s:
    case Opcode::i64_gt_s: predicate = P::ICMP_SGT; break;
    case Opcode::i32_gt_u:
    case Opcode::i64_gt_u: predicate = P::ICMP_UGT; break;
    case Opcode::i32_le_s:
    case Opcode::i64_le_s: predicate = P::ICMP_SLE; break;
    case Opcode::i32_le_u:
    case Opcode::i64_le_u: predicate = P::ICMP_ULE; break;
    case Opcode::i32_ge_s:
    case Opcode::i64_ge_s: predicate = P::ICMP_SGE; break;
    case Opcode::i32_ge_u:
    case Opcode::i64_ge_u: predicate = P::ICMP_UGE; break;
    case Opcode::f32_eq:
    case Opcode::f64_eq: predicate = P::FCMP_OEQ; break;
    case Opcode::f32_ne:
    case Opcode::f64_ne: predicate = P::FCMP_UNE; break;
    case Opcode::f32_lt:
    case Opcode::f64_lt: predicate = P::FCMP_OLT; break;
    case Opcode::f32_gt:
    case Opcode::f64_gt: predicate = P::FCMP_OGT; break;
    case Opcode::f32_le:
    case Opcode::f64_le: predicate = P::FCMP_OLE; break;
    case Opcode::f32_ge:
    case Opcode::f64_ge: predicate = P::FCMP_OGE; break;
    default: return false;
  }
  auto* right = pop();
  auto* left = pop();
  push(builder_.CreateZExt(builder_.CreateCmp(predicate, left, right), builder_.getInt32Ty()));
  return true;
}

bool FunctionLowering::lower_bitwise(const Operator& op) {
  auto binary = [&](auto make) {
    auto* right = pop();
    auto* left = pop();
    push(make(left, right));
    return true;
  };
  // Shift counts are modulo the width; LLVM's shifts are poison beyond it.
  auto masked = [&](llvm::Value* count) {
    const auto width = count->getType()->getScalarSizeInBits();
    return builder_.CreateAnd(count, llvm::ConstantInt::get(count->getType(), width - 1));
  };
  auto count_zeros = [&](ID id) {
    push(builder_.CreateBinaryIntrinsic(id, pop(), builder_.getFalse()));
    return true;
  };
  auto sign_extend = [&](unsigned bits) {
    auto* value = pop();
    push(builder_.CreateSExt(builder_.CreateTrunc(value, builder_.getIntNTy(bits)), value->getType()));
    return true;
  };
  auto& b = builder_;
  switch (op.opcode()) {
    case Opcode::i32_add:
    case Opcode::i64_add: return binary([&](auto* l, auto* r) { return b.CreateAdd(l, r); });
    case Opcode::i32_sub:
    case Opcode::i64_sub: return binary([&](auto* l, auto* r) { return b.CreateSub(l, r); });
    case Opcode::i32_mul:
    case Opcode::i64_mul: return binary([&](auto* l, auto* r) { return b.CreateMul(l, r); });
    case Opcode::i32_and:
    case Opcode::i64_and: return binary([&](auto* l, auto* r) { return b.CreateAnd(l, r); });
    case Opcode::i32_or:
    case Opcode::i64_or: return binary([&](auto* l, auto* r) { return b.CreateOr(l, r); });
    case Opcode::i32_xor:
    case Opcode::i64_xor: return binary([&](auto* l, auto* r) { return b.CreateXor(l, r); });
    case Opcode::i32_shl:
    case Opcode::i64_shl: return binary([&](auto* l, auto* r) { return b.CreateShl(l, masked(r)); });
    case Opcode::i32_shr_s:
    case Opcode::i64_shr_s: return binary([&](auto* l, auto* r) { return b.CreateAShr(l, masked(r)); });
    case Opcode::i32_shr_u:
    case Opcode::i64_shr_u: return binary([&](auto* l, auto* r) { return b.CreateLShr(l, masked(r)); });
    case Opcode::i32_rotl:
    case Opcode::i64_rotl:
      return binary(
          [&](auto* l, auto* r) { return b.CreateIntrinsic(Intrinsic::fshl, l->getType(), {l, l, r}); });
    case Opcode::i32_rotr:
    case Opcode::i64_rotr:
      return binary(
          [&](auto* l, auto* r) { return b.CreateIntrinsic(Intrinsic::fshr, l->getType(), {l, l, r}); });
    case Opcode::i32_clz:
    case Opcode::i64_clz: return count_zeros(Intrinsic::ctlz);
    case Opcode::i32_ctz:
    case Opcode::i64_ctz: return count_zeros(Intrinsic::cttz);
    case Opcode::i32_popcnt:
    case Opcode::i64_popcnt: push(builder_.CreateUnaryIntrinsic(Intrinsic::ctpop, pop())); return true;
    case Opcode::i32_extend8_s:
    case Opcode::i64_extend8_s: return sign_extend(8);
    case Opcode::i32_extend16_s:
    case Opcode::i64_extend16_s: return sign_extend(16);
    case Opcode::i64_extend32_s: return sign_extend(32);
    default: return false;
  }
}

// Division by zero traps; so does the one quotient that does not fit. The
// remainder of that same division is 0, which some machines fault on.
void FunctionLowering::lower_division(const Operator& op) {
  auto* right = pop();
  auto* left = pop();
  auto* of = llvm::cast<llvm::IntegerType>(right->getType());
  const unsigned width = of->getBitWidth();
  auto* minus_one = llvm::ConstantInt::getAllOnesValue(of);
  trap_if(builder_.CreateICmpEQ(right, llvm::ConstantInt::get(of, 0)), TrapCode::integer_divide_by_zero);
  switch (op.opcode()) {
    case Opcode::i32_div_u:
    case Opcode::i64_div_u: push(builder_.CreateUDiv(left, right)); return;
    case Opcode::i32_rem_u:
    case Opcode::i64_rem_u: push(builder_.CreateURem(left, right)); return;
    case Opcode::i32_div_s:
    case Opcode::i64_div_s: {
      auto* smallest = llvm::ConstantInt::get(of, llvm::APInt::getSignedMinValue(width));
      auto* overflows =
          builder_.CreateAnd(builder_.CreateICmpEQ(left, smallest), builder_.CreateICmpEQ(right, minus_one));
      trap_if(overflows, TrapCode::integer_overflow);
      push(builder_.CreateSDiv(left, right));
      return;
    }
    default: {
      auto* is_minus_one = builder_.CreateICmpEQ(right, minus_one);
      auto* divisor = builder_.CreateSelect(is_minus_one, llvm::ConstantInt::get(of, 1), right);
      push(builder_.CreateSRem(left, divisor));
      return;
    }
  }
}

bool FunctionLowering::lower_float(const Operator& op) {
  auto binary = [&](auto make) {
    auto* right = pop();
    auto* left = pop();
    push(make(left, right));
    return true;
  };
  auto arithmetic = [&](llvm::Instruction::BinaryOps operation) {
    return binary([&](auto* l, auto* r) {
      const auto& layout = module_.out.getDataLayout();
      return builder_.CreateBinOp(operation, quiet_constant(l, layout), quiet_constant(r, layout));
    });
  };
  auto unary_intrinsic = [&](ID id) {
    push(builder_.CreateUnaryIntrinsic(id, pop()));
    return true;
  };
  switch (op.opcode()) {
    case Opcode::f32_add:
    case Opcode::f64_add: return arithmetic(llvm::Instruction::FAdd);
    case Opcode::f32_sub:
    case Opcode::f64_sub: return arithmetic(llvm::Instruction::FSub);
    case Opcode::f32_mul:
    case Opcode::f64_mul: return arithmetic(llvm::Instruction::FMul);
    case Opcode::f32_div:
    case Opcode::f64_div: return arithmetic(llvm::Instruction::FDiv);
    case Opcode::f32_neg:
    case Opcode::f64_neg: push(builder_.CreateFNeg(pop())); return true;
    case Opcode::f32_abs:
    case Opcode::f64_abs: return unary_intrinsic(Intrinsic::fabs);
    case Opcode::f32_sqrt:
    case Opcode::f64_sqrt: return unary_intrinsic(Intrinsic::sqrt);
    case Opcode::f32_ceil:
    case Opcode::f64_ceil: return unary_intrinsic(Intrinsic::ceil);
    case Opcode::f32_floor:
    case Opcode::f64_floor: return unary_intrinsic(Intrinsic::floor);
    case Opcode::f32_trunc:
    case Opcode::f64_trunc: return unary_intrinsic(Intrinsic::trunc);
    case Opcode::f32_nearest:
    case Opcode::f64_nearest: return unary_intrinsic(Intrinsic::roundeven);
    case Opcode::f32_min:
    case Opcode::f64_min: return binary([&](auto* l, auto* r) { return float_minimum(builder_, l, r); });
    case Opcode::f32_max:
    case Opcode::f64_max: return binary([&](auto* l, auto* r) { return float_maximum(builder_, l, r); });
    case Opcode::f32_copysign:
    case Opcode::f64_copysign:
      return binary(
          [&](auto* l, auto* r) { return builder_.CreateBinaryIntrinsic(Intrinsic::copysign, l, r); });
    default: return false;
  }
}

}  // namespace tenon::compiler
