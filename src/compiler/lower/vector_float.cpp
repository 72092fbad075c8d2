// Vector rules for float lanes and for conversions between floats and integers.
#include "compiler/lower/float_minimum.hpp"
#include "compiler/lower/vector_rules.hpp"

namespace tenon::compiler {

namespace {

using C = const VectorContext&;
namespace Intrinsic = llvm::Intrinsic;

template <Intrinsic::ID kId>
llvm::Value* unary_intrinsic(C c) {
  return c.b.CreateUnaryIntrinsic(kId, c[0]);
}

llvm::Value* low_half(C c, llvm::Value* value, unsigned lanes) {
  llvm::SmallVector<int, 2> mask;
  for (unsigned i = 0; i < lanes; ++i) mask.push_back(static_cast<int>(i));
  return c.b.CreateShuffleVector(value, mask);
}

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

llvm::Value* demote_zero(C c) {
  auto* pair = c.b.CreateFPTrunc(c[0], llvm::FixedVectorType::get(c.b.getFloatTy(), 2));
  return c.b.CreateShuffleVector(pair, llvm::Constant::getNullValue(pair->getType()), {0, 1, 2, 3});
}

// As the specification says it, which is how minps and maxps with swapped
// operands work: b < a ? b : a and a < b ? b : a.
llvm::Value* pmin(C c) { return lesser_or_second(c.b, c[1], c[0]); }
llvm::Value* pmax(C c) { return greater_or_second(c.b, c[1], c[0]); }

constexpr NamedVectorRule kRules[] = {
    {"div", [](C c) { return c.b.CreateFDiv(c[0], c[1]); }},
    {"sqrt", unary_intrinsic<Intrinsic::sqrt>},
    {"ceil", unary_intrinsic<Intrinsic::ceil>},
    {"floor", unary_intrinsic<Intrinsic::floor>},
    {"trunc", unary_intrinsic<Intrinsic::trunc>},
    {"nearest", unary_intrinsic<Intrinsic::roundeven>},
    {"min", [](C c) { return float_minimum(c.b, c[0], c[1]); }},
    {"max", [](C c) { return float_maximum(c.b, c[0], c[1]); }},
    {"pmin", pmin},
    {"pmax", pmax},
    {"convert_s", [](C c) { return c.b.CreateSIToFP(c[0], c.type()); }},
    {"convert_u", [](C c) { return c.b.CreateUIToFP(c[0], c.type()); }},
    {"convert_low_s", [](C c) { return c.b.CreateSIToFP(low_half(c, c[0], 2), c.type()); }},
    {"convert_low_u", [](C c) { return c.b.CreateUIToFP(low_half(c, c[0], 2), c.type()); }},
    {"promote_low", [](C c) { return c.b.CreateFPExt(low_half(c, c[0], 2), c.type()); }},
    {"demote_zero", demote_zero},
    {"trunc_sat_s", trunc_sat_s},
    {"trunc_sat_u", trunc_sat_u},
    {"trunc_sat_s_zero", trunc_sat_s_zero},
    {"trunc_sat_u_zero", trunc_sat_u_zero},
};

}  // namespace

VectorRule float_vector_rule(std::string_view operation) { return find_rule(kRules, operation); }

}  // namespace tenon::compiler
