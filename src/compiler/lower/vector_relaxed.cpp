// Vector rules of the relaxed SIMD proposal. Where it leaves results open, each
// rule makes one choice, the same on every machine (docs/conformance.md): the one that
// an instruction of the first machine makes, and separate roundings for madd.
#include "compiler/lower/float_minimum.hpp"
#include "compiler/lower/vector_rules.hpp"

namespace tenon::compiler {

namespace {

using C = const VectorContext&;
namespace Intrinsic = llvm::Intrinsic;

// The second operand wins where one is a NaN, or both are zeros.
llvm::Value* min(C c) { return lesser_or_second(c.b, c[0], c[1], c.with_machine); }
llvm::Value* max(C c) { return greater_or_second(c.b, c[0], c[1], c.with_machine); }

// A product and a sum, each rounded: what a machine without fused multiply-add
// gives, and so the same with and without one.
llvm::Value* madd(C c) { return c.b.CreateFAdd(c.b.CreateFMul(c[0], c[1]), c[2]); }
llvm::Value* nmadd(C c) { return c.b.CreateFAdd(c.b.CreateFMul(c.b.CreateFNeg(c[0]), c[1]), c[2]); }

llvm::Value* laneselect(C c) {
  return c.b.CreateOr(c.b.CreateAnd(c[0], c[2]), c.b.CreateAnd(c[1], c.b.CreateNot(c[2])));
}

// Indices from 128 on give 0, others count modulo 16.
llvm::Value* swizzle(C c) {
  return swizzle_bytes(c, [&](llvm::Value* index) { return c.b.CreateICmpSLT(index, c.b.getInt8(0)); });
}

// What does not fit gives 0x80000000, as saturation does where it is too small.
llvm::Value* or_least(C c, llvm::Value* saturated, llvm::Value* fits) {
  return c.b.CreateSelect(fits, saturated, llvm::ConstantInt::get(saturated->getType(), 0x80000000));
}

llvm::Value* trunc_s(C c) {
  return or_least(c, float_vector_rule("trunc_sat_s")(c), c.b.CreateFCmpOLT(c[0], c.splat(2147483648.0)));
}

llvm::Value* trunc_s_zero(C c) {
  auto* pair = c.b.CreateFCmpOLT(c[0], c.splat(2147483648.0));
  auto* fits = c.b.CreateShuffleVector(pair, llvm::Constant::getAllOnesValue(pair->getType()), {0, 1, 2, 3});
  return or_least(c, float_vector_rule("trunc_sat_s_zero")(c), fits);
}

// -1 times -1 gives -1: the product is cut off.
llvm::Value* q15mulr_s(C c) {
  auto* overflow = llvm::ConstantInt::get(c.type(), 0x8000);
  auto* both = c.b.CreateAnd(c.b.CreateICmpEQ(c[0], overflow), c.b.CreateICmpEQ(c[1], overflow));
  return c.b.CreateSelect(both, overflow, integer_vector_rule("q15mulr_sat_s")(c));
}

// Every second lane, from the first or the second on.
llvm::Value* every_second(C c, llvm::Value* value, int first) {
  const auto lanes = static_cast<int>(llvm::cast<llvm::FixedVectorType>(value->getType())->getNumElements());
  llvm::SmallVector<int, 16> mask;
  for (int i = first; i < lanes; i += 2) mask.push_back(i);
  return c.b.CreateShuffleVector(value, mask);
}

llvm::Value* sum_of_neighbours(C c, llvm::Value* value) {
  return c.b.CreateAdd(every_second(c, value, 0), every_second(c, value, 1));
}

// The 7-bit operand counts as unsigned where it has an eighth bit; sums of two
// products saturate. In 32 bits, for what follows.
llvm::Value* wide_dot(C c) {
  auto* wide = llvm::FixedVectorType::get(c.b.getInt32Ty(), 16);
  auto* sums = sum_of_neighbours(c, c.b.CreateMul(c.b.CreateSExt(c[0], wide), c.b.CreateZExt(c[1], wide)));
  auto limit = [&](Intrinsic::ID id, llvm::Value* value, std::int64_t bound) {
    return c.b.CreateBinaryIntrinsic(id, value, llvm::ConstantInt::getSigned(value->getType(), bound));
  };
  return limit(Intrinsic::smin, limit(Intrinsic::smax, sums, -0x8000), 0x7FFF);
}

llvm::Value* dot(C c) { return c.b.CreateTrunc(wide_dot(c), c.type()); }
llvm::Value* dot_add(C c) { return c.b.CreateAdd(sum_of_neighbours(c, wide_dot(c)), c.as(c[2], c.shape)); }

constexpr NamedVectorRule kRules[] = {
    {"relaxed_swizzle", swizzle},
    {"relaxed_trunc_s", trunc_s},
    {"relaxed_trunc_s_zero", trunc_s_zero},
    // As the saturating operators.
    {"relaxed_trunc_u", [](C c) { return float_vector_rule("trunc_sat_u")(c); }},
    {"relaxed_trunc_u_zero", [](C c) { return float_vector_rule("trunc_sat_u_zero")(c); }},
    {"relaxed_madd", madd},
    {"relaxed_nmadd", nmadd},
    {"relaxed_laneselect", laneselect},
    {"relaxed_min", min},
    {"relaxed_max", max},
    {"relaxed_q15mulr_s", q15mulr_s},
    {"relaxed_dot_i7x16_s", dot},
    {"relaxed_dot_i7x16_add_s", dot_add},
};

static_assert(wasm::NotLowered<first_without_rule(wasm::Family::vector_relaxed, kRules)>::kNone);

}  // namespace

VectorRule relaxed_vector_rule(std::string_view operation) { return find_rule(kRules, operation); }

}  // namespace tenon::compiler
