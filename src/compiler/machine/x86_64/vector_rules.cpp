// Vector operators that an instruction of x86-64-v2 does, or nearly, where LLVM does
// not come upon it by itself.
#include <llvm/IR/IntrinsicsX86.h>

#include "compiler/machine/vector_rule.hpp"

namespace tenon::compiler {

namespace {

using C = const VectorContext&;
namespace Intrinsic = llvm::Intrinsic;

// x where x > 0, else (a NaN too) 0: maxps/maxpd exactly.
llvm::Value* positive_or_zero(C c, llvm::Value* x) {
  return c.b.CreateSelect(c.b.CreateFCmpOGT(x, c.splat(0)), x, c.splat(0));
}

llvm::Value* at_most(C c, llvm::Value* x, double limit) {
  return c.b.CreateSelect(c.b.CreateFCmpOLT(x, c.splat(limit)), x, c.splat(limit));
}

// x, with every NaN lane made +0.
llvm::Value* nan_to_zero(C c, llvm::Value* x) {
  return c.b.CreateSelect(c.b.CreateFCmpORD(x, x), x, c.splat(0));
}

llvm::Value* convert_to_i32(C c, llvm::Value* x) { return c.call(Intrinsic::x86_sse2_cvttps2dq, {x}); }

// cvttps2dq gives 0x80000000 for whatever does not fit; where that was too
// large, all bits flipped make it 0x7FFFFFFF. llvm.fptosi.sat takes 33
// instructions for this.
llvm::Value* trunc_sat_s(C c) {
  auto* converted = convert_to_i32(c, nan_to_zero(c, c[0]));
  auto* too_large = c.b.CreateSExt(c.b.CreateFCmpOGE(c[0], c.splat(2147483648.0)), c.type());
  return c.b.CreateXor(converted, too_large);
}

// In two halves: up to 2^31 by the first conversion, what is above by the
// second, which gives 0 for small lanes and 0x7FFFFFFF for those beyond 2^32.
llvm::Value* trunc_sat_u(C c) {
  auto* x = positive_or_zero(c, c[0]);
  auto* above = c.b.CreateFSub(x, c.splat(2147483648.0));
  auto* too_large = c.b.CreateSExt(c.b.CreateFCmpOGE(above, c.splat(2147483648.0)), c.type());
  auto* upper = c.b.CreateXor(convert_to_i32(c, above), too_large);
  auto* zero = llvm::Constant::getNullValue(c.type());
  return c.b.CreateAdd(convert_to_i32(c, x), c.b.CreateBinaryIntrinsic(Intrinsic::smax, upper, zero));
}

llvm::Value* trunc_sat_s_zero(C c) {
  auto* x = at_most(c, nan_to_zero(c, c[0]), 2147483647.0);
  return c.call(Intrinsic::x86_sse2_cvttpd2dq, {x});  // its two upper lanes are 0
}

// 2^52 plus a whole number below 2^32 has that number in its low 32 bits.
llvm::Value* trunc_sat_u_zero(C c) {
  auto* x = at_most(c, positive_or_zero(c, c[0]), 4294967295.0);
  auto* whole = c.b.CreateUnaryIntrinsic(Intrinsic::trunc, x);
  auto* biased = c.as(c.b.CreateFAdd(whole, c.splat(4503599627370496.0)), c.shape);
  return c.b.CreateShuffleVector(biased, llvm::Constant::getNullValue(c.type()), {0, 2, 4, 5});
}

// pshufb gives 0 only where the index's top bit is set. Adding 0x70 with
// saturation sets it for exactly the indices beyond 15 and keeps the low four
// bits of the others.
llvm::Value* swizzle(C c) {
  auto* bias = llvm::ConstantInt::get(c.type(), 0x70);
  auto* index = c.b.CreateBinaryIntrinsic(Intrinsic::uadd_sat, c[1], bias);
  return c.call(Intrinsic::x86_ssse3_pshuf_b_128, {c[0], index});
}

// The packs take signed lanes for both results, as the specification does.
template <bool kSigned>
llvm::Value* narrow(C c) {
  const bool to_bytes = c.shape.lane_bits == 8;
  const auto id = kSigned ? (to_bytes ? Intrinsic::x86_sse2_packsswb_128 : Intrinsic::x86_sse2_packssdw_128)
                          : (to_bytes ? Intrinsic::x86_sse2_packuswb_128 : Intrinsic::x86_sse41_packusdw);
  return c.call(id, {c[0], c[1]});
}

// Sums of neighbours: a multiply-add with ones.
llvm::Value* extadd_pairwise_s(C c) {
  auto* ones = llvm::ConstantInt::get(c[0]->getType(), 1);
  if (c.shape.lane_bits == 16) return c.call(Intrinsic::x86_ssse3_pmadd_ub_sw_128, {ones, c[0]});
  return c.call(Intrinsic::x86_sse2_pmadd_wd, {c[0], ones});
}

// There is none for unsigned lanes of 16 bits.
llvm::Value* extadd_pairwise_u(C c) {
  if (c.shape.lane_bits == 16) {
    return c.call(Intrinsic::x86_ssse3_pmadd_ub_sw_128, {c[0], llvm::ConstantInt::get(c[0]->getType(), 1)});
  }
  auto* pairs = c.as(c[0], c.shape);
  auto* low = c.b.CreateAnd(pairs, llvm::ConstantInt::get(c.type(), 0xFFFF));
  return c.b.CreateAdd(low, c.b.CreateLShr(pairs, llvm::ConstantInt::get(c.type(), 16)));
}

// pmulhrsw is right but for -1 * -1, which it leaves at -1 (0x8000): flipping
// all bits where the result is 0x8000 makes that 0x7FFF.
llvm::Value* q15mulr_sat_s(C c) {
  auto* product = c.call(Intrinsic::x86_ssse3_pmul_hr_sw_128, {c[0], c[1]});
  auto* overflowed = c.b.CreateICmpEQ(product, llvm::ConstantInt::get(c.type(), 0x8000));
  return c.b.CreateXor(product, c.b.CreateSExt(overflowed, c.type()));
}

llvm::Value* dot(C c) { return c.call(Intrinsic::x86_ssse3_pmadd_ub_sw_128, {c[1], c[0]}); }

llvm::Value* dot_add(C c) {
  auto* pairs = dot(c);
  auto* quads = c.call(Intrinsic::x86_sse2_pmadd_wd, {pairs, llvm::ConstantInt::get(pairs->getType(), 1)});
  return c.b.CreateAdd(quads, c.as(c[2], c.shape));
}

constexpr NamedVectorRule kRules[] = {
    {"swizzle", swizzle},
    {"narrow_s", narrow<true>},
    {"narrow_u", narrow<false>},
    {"extadd_pairwise_s", extadd_pairwise_s},
    {"extadd_pairwise_u", extadd_pairwise_u},
    {"q15mulr_sat_s", q15mulr_sat_s},
    {"dot_s", [](C c) { return c.call(Intrinsic::x86_sse2_pmadd_wd, {c[0], c[1]}); }},
    {"trunc_sat_s", trunc_sat_s},
    {"trunc_sat_u", trunc_sat_u},
    {"trunc_sat_s_zero", trunc_sat_s_zero},
    {"trunc_sat_u_zero", trunc_sat_u_zero},
    {"relaxed_swizzle", [](C c) { return c.call(Intrinsic::x86_ssse3_pshuf_b_128, {c[0], c[1]}); }},
    {"relaxed_trunc_s", [](C c) { return c.call(Intrinsic::x86_sse2_cvttps2dq, {c[0]}); }},
    {"relaxed_trunc_s_zero", [](C c) { return c.call(Intrinsic::x86_sse2_cvttpd2dq, {c[0]}); }},
    {"relaxed_trunc_u", trunc_sat_u},
    {"relaxed_trunc_u_zero", trunc_sat_u_zero},
    {"relaxed_q15mulr_s", [](C c) { return c.call(Intrinsic::x86_ssse3_pmul_hr_sw_128, {c[0], c[1]}); }},
    {"relaxed_dot_i7x16_s", dot},
    {"relaxed_dot_i7x16_add_s", dot_add},
};

}  // namespace

VectorRule machine_vector_rule(std::string_view operation) { return find_rule(kRules, operation); }

// minps and its kin, by name: LLVM knows the select for what it is only as long as
// no cast to integer lanes, of which guests are full, moves in between (f64x2 always).
llvm::Value* machine_extreme(llvm::IRBuilder<>& builder, bool least, llvm::Value* x, llvm::Value* y) {
  const bool is_float = x->getType()->getScalarType()->isFloatTy();
  const auto id = least ? (is_float ? Intrinsic::x86_sse_min_ps : Intrinsic::x86_sse2_min_pd)
                        : (is_float ? Intrinsic::x86_sse_max_ps : Intrinsic::x86_sse2_max_pd);
  return builder.CreateIntrinsic(id, {x, y});
}

}  // namespace tenon::compiler
