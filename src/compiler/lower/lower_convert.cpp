// Conversions between numeric types (specification 4.3.4).
#include <cmath>

#include "compiler/lower/function_lowering.hpp"

namespace tenon::compiler {

using wasm::Operator;

void FunctionLowering::lower_conversion(const Operator& op) {
  using Op = wasm::ConversionOpcode;
  auto* int32 = builder_.getInt32Ty();
  auto* int64 = builder_.getInt64Ty();
  auto* float32 = builder_.getFloatTy();
  auto* float64 = builder_.getDoubleTy();
  auto cast = [&](llvm::Instruction::CastOps operation, llvm::Type* to) {
    push(builder_.CreateCast(operation, pop(), to));
  };
  using Cast = llvm::Instruction;
  switch (Op(op.opcode())) {
    case Op::i32_wrap_i64: return cast(Cast::Trunc, int32);
    case Op::i64_extend_i32_s: return cast(Cast::SExt, int64);
    case Op::i64_extend_i32_u: return cast(Cast::ZExt, int64);
    case Op::f32_convert_i32_s:
    case Op::f32_convert_i64_s: return cast(Cast::SIToFP, float32);
    case Op::f32_convert_i32_u:
    case Op::f32_convert_i64_u: return cast(Cast::UIToFP, float32);
    case Op::f64_convert_i32_s:
    case Op::f64_convert_i64_s: return cast(Cast::SIToFP, float64);
    case Op::f64_convert_i32_u:
    case Op::f64_convert_i64_u: return cast(Cast::UIToFP, float64);
    case Op::f32_demote_f64: return cast(Cast::FPTrunc, float32);
    case Op::f64_promote_f32: return cast(Cast::FPExt, float64);
    case Op::i32_reinterpret_f32: return cast(Cast::BitCast, int32);
    case Op::i64_reinterpret_f64: return cast(Cast::BitCast, int64);
    case Op::f32_reinterpret_i32: return cast(Cast::BitCast, float32);
    case Op::f64_reinterpret_i64: return cast(Cast::BitCast, float64);
    case Op::i32_trunc_f32_s:
    case Op::i32_trunc_f64_s: lower_checked_truncation(int32, true); return;
    case Op::i32_trunc_f32_u:
    case Op::i32_trunc_f64_u: lower_checked_truncation(int32, false); return;
    case Op::i64_trunc_f32_s:
    case Op::i64_trunc_f64_s: lower_checked_truncation(int64, true); return;
    case Op::i64_trunc_f32_u:
    case Op::i64_trunc_f64_u: lower_checked_truncation(int64, false); return;
    case Op::i32_trunc_sat_f32_s:
    case Op::i32_trunc_sat_f64_s: lower_saturating_truncation(int32, true); return;
    case Op::i32_trunc_sat_f32_u:
    case Op::i32_trunc_sat_f64_u: lower_saturating_truncation(int32, false); return;
    case Op::i64_trunc_sat_f32_s:
    case Op::i64_trunc_sat_f64_s: lower_saturating_truncation(int64, true); return;
    case Op::i64_trunc_sat_f32_u:
    case Op::i64_trunc_sat_f64_u: lower_saturating_truncation(int64, false); return;
  }
}

// Defined where the truncated value fits: for signed N bits where
// -2^(N-1) - 1 < x < 2^(N-1), for unsigned where -1 < x < 2^N. Where the lower
// bound has no exact float of x's type, x >= -2^(N-1) says the same.
void FunctionLowering::lower_checked_truncation(llvm::Type* to, bool is_signed) {
  auto* value = pop();
  const int bits = static_cast<int>(to->getIntegerBitWidth());
  const int precision = value->getType()->isFloatTy() ? 24 : 53;
  const double above = std::ldexp(1.0, is_signed ? bits - 1 : bits);
  const bool exact_below = !is_signed || precision > bits;
  const double below = !is_signed ? -1.0 : exact_below ? -above - 1 : -above;

  auto constant = [&](double v) { return llvm::ConstantFP::get(value->getType(), v); };
  auto* fits_below = exact_below ? builder_.CreateFCmpOGT(value, constant(below))
                                 : builder_.CreateFCmpOGE(value, constant(below));
  auto* fits = builder_.CreateAnd(fits_below, builder_.CreateFCmpOLT(value, constant(above)));
  auto* good = new_block("");
  auto* bad = new_block("unfit");
  builder_.CreateCondBr(fits, good, bad, llvm::MDBuilder(module_.context).createLikelyBranchWeights());
  builder_.SetInsertPoint(bad);
  builder_.CreateCondBr(builder_.CreateFCmpUNO(value, value),
                        trap_block(TrapCode::invalid_conversion_to_integer),
                        trap_block(TrapCode::integer_overflow));
  start(good);
  push(is_signed ? builder_.CreateFPToSI(value, to) : builder_.CreateFPToUI(value, to));
}

void FunctionLowering::lower_saturating_truncation(llvm::Type* to, bool is_signed) {
  auto* value = pop();
  const auto id = is_signed ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat;
  push(builder_.CreateIntrinsic(id, {to, value->getType()}, {value}));
}

}  // namespace tenon::compiler
