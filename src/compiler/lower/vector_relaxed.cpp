// Vector rules of the relaxed SIMD proposal. Where it leaves results open, each
// rule makes one choice, the same on every machine: the one that a single x86
// instruction makes, and separate roundings for madd (docs/conformance.md).
#include "compiler/lower/float_minimum.hpp"
#include "compiler/lower/vector_rules.hpp"

namespace tenon::compiler {

namespace {

using C = const VectorContext&;
namespace Intrinsic = llvm::Intrinsic;

// The second operand wins where one is a NaN, or both are zeros.
llvm::Value* min(C c) { return lesser_or_second(c.b, c[0], c[1]); }
llvm::Value* max(C c) { return greater_or_second(c.b, c[0], c[1]); }

// A product and a sum, each rounded: what a machine without fused multiply-add
// gives, and so the same with and without one.
llvm::Value* madd(C c) { return c.b.CreateFAdd(c.b.CreateFMul(c[0], c[1]), c[2]); }
llvm::Value* nmadd(C c) { return c.b.CreateFAdd(c.b.CreateFMul(c.b.CreateFNeg(c[0]), c[1]), c[2]); }

llvm::Value* laneselect(C c) {
  return c.b.CreateOr(c.b.CreateAnd(c[0], c[2]), c.b.CreateAnd(c[1], c.b.CreateNot(c[2])));
}

// The 7-bit operand counts as unsigned where it has an eighth bit; sums of two
// products saturate.
llvm::Value* dot(C c) { return c.call(Intrinsic::x86_ssse3_pmadd_ub_sw_128, {c[1], c[0]}); }

llvm::Value* dot_add(C c) {
  auto* pairs = dot(c);
  auto* quads = c.call(Intrinsic::x86_sse2_pmadd_wd, {pairs, llvm::ConstantInt::get(pairs->getType(), 1)});
  return c.b.CreateAdd(quads, c.as(c[2], c.shape));
}

constexpr NamedVectorRule kRules[] = {
    // Indices from 128 on give 0, others count modulo 16.
    {"relaxed_swizzle", [](C c) { return c.call(Intrinsic::x86_ssse3_pshuf_b_128, {c[0], c[1]}); }},
    // What does not fit gives 0x80000000.
    {"relaxed_trunc_s", [](C c) { return c.call(Intrinsic::x86_sse2_cvttps2dq, {c[0]}); }},
    {"relaxed_trunc_s_zero", [](C c) { return c.call(Intrinsic::x86_sse2_cvttpd2dq, {c[0]}); }},
    // As the saturating operators: x86 has no unsigned conversion to relax to.
    {"relaxed_trunc_u", [](C c) { return float_vector_rule("trunc_sat_u")(c); }},
    {"relaxed_trunc_u_zero", [](C c) { return float_vector_rule("trunc_sat_u_zero")(c); }},
    {"relaxed_madd", madd},
    {"relaxed_nmadd", nmadd},
    {"relaxed_laneselect", laneselect},
    {"relaxed_min", min},
    {"relaxed_max", max},
    // -1 times -1 gives -1.
    {"relaxed_q15mulr_s", [](C c) { return c.call(Intrinsic::x86_ssse3_pmul_hr_sw_128, {c[0], c[1]}); }},
    {"relaxed_dot_i7x16_s", dot},
    {"relaxed_dot_i7x16_add_s", dot_add},
};

}  // namespace

VectorRule relaxed_vector_rule(std::string_view operation) { return find_rule(kRules, operation); }

}  // namespace tenon::compiler
