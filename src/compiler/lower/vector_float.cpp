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

template <llvm::CmpInst::Predicate kPredicate>
llvm::Value* compare(C c) {
  auto* bools = c.b.CreateFCmp(kPredicate, c[0], c[1]);
  return c.b.CreateSExt(bools, Shape{c.shape.lane_bits, false}.vector(c.b.getContext()));
}

llvm::Value* low_half(C c, llvm::Value* value, unsigned lanes) {
  llvm::SmallVector<int, 2> mask;
  for (unsigned i = 0; i < lanes; ++i) mask.push_back(static_cast<int>(i));
  return c.b.CreateShuffleVector(value, mask);
}

// Two lanes, and two of 0.
llvm::Value* with_zeros(C c, llvm::Value* pair) {
  return c.b.CreateShuffleVector(pair, llvm::Constant::getNullValue(pair->getType()), {0, 1, 2, 3});
}

template <Intrinsic::ID kId>
llvm::Value* saturate(C c) {
  return c.b.CreateIntrinsic(kId, {c.type(), c[0]->getType()}, {c[0]});
}

template <Intrinsic::ID kId>
llvm::Value* saturate_zero(C c) {
  auto* pair = llvm::FixedVectorType::get(c.b.getInt32Ty(), 2);
  return with_zeros(c, c.b.CreateIntrinsic(kId, {pair, c[0]->getType()}, {c[0]}));
}

llvm::Value* demote_zero(C c) {
  auto* pair = c.b.CreateFPTrunc(c[0], llvm::FixedVectorType::get(c.b.getFloatTy(), 2));
  return with_zeros(c, pair);
}

// As the specification says it, which is with the operands swapped:
// b < a ? b : a and a < b ? b : a.
llvm::Value* pmin(C c) { return lesser_or_second(c.b, c[1], c[0], c.with_machine); }
llvm::Value* pmax(C c) { return greater_or_second(c.b, c[1], c[0], c.with_machine); }

using P = llvm::CmpInst;
constexpr NamedVectorRule kRules[] = {
    {"add", [](C c) { return c.b.CreateFAdd(c[0], c[1]); }},
    {"sub", [](C c) { return c.b.CreateFSub(c[0], c[1]); }},
    {"mul", [](C c) { return c.b.CreateFMul(c[0], c[1]); }},
    {"div", [](C c) { return c.b.CreateFDiv(c[0], c[1]); }},
    {"neg", [](C c) { return c.b.CreateFNeg(c[0]); }},
    {"abs", unary_intrinsic<Intrinsic::fabs>},
    {"eq", compare<P::FCMP_OEQ>},
    {"ne", compare<P::FCMP_UNE>},
    {"lt", compare<P::FCMP_OLT>},
    {"gt", compare<P::FCMP_OGT>},
    {"le", compare<P::FCMP_OLE>},
    {"ge", compare<P::FCMP_OGE>},
    {"sqrt", unary_intrinsic<Intrinsic::sqrt>},
    {"ceil", unary_intrinsic<Intrinsic::ceil>},
    {"floor", unary_intrinsic<Intrinsic::floor>},
    {"trunc", unary_intrinsic<Intrinsic::trunc>},
    {"nearest", unary_intrinsic<Intrinsic::roundeven>},
    {"min", [](C c) { return float_minimum(c.b, c[0], c[1], c.with_machine); }},
    {"max", [](C c) { return float_maximum(c.b, c[0], c[1], c.with_machine); }},
    {"pmin", pmin},
    {"pmax", pmax},
    {"convert_s", [](C c) { return c.b.CreateSIToFP(c[0], c.type()); }},
    {"convert_u", [](C c) { return c.b.CreateUIToFP(c[0], c.type()); }},
    {"convert_low_s", [](C c) { return c.b.CreateSIToFP(low_half(c, c[0], 2), c.type()); }},
    {"convert_low_u", [](C c) { return c.b.CreateUIToFP(low_half(c, c[0], 2), c.type()); }},
    {"promote_low", [](C c) { return c.b.CreateFPExt(low_half(c, c[0], 2), c.type()); }},
    {"demote_zero", demote_zero},
    {"trunc_sat_s", saturate<Intrinsic::fptosi_sat>},
    {"trunc_sat_u", saturate<Intrinsic::fptoui_sat>},
    {"trunc_sat_s_zero", saturate_zero<Intrinsic::fptosi_sat>},
    {"trunc_sat_u_zero", saturate_zero<Intrinsic::fptoui_sat>},
};

static_assert(wasm::NotLowered<first_without_rule(wasm::Family::vector_float, kRules)>::kNone);

}  // namespace

VectorRule float_vector_rule(std::string_view operation) { return find_rule(kRules, operation); }

}  // namespace tenon::compiler
