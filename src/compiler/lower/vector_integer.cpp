// Vector rules for integer lanes, and those that integers and floats share.
#include "compiler/lower/vector_rules.hpp"

namespace tenon::compiler {

namespace {

using C = const VectorContext&;
namespace Intrinsic = llvm::Intrinsic;

template <Intrinsic::ID kId>
llvm::Value* binary_intrinsic(C c) {
  return c.b.CreateBinaryIntrinsic(kId, c[0], c[1]);
}

template <llvm::CmpInst::Predicate kInteger, llvm::CmpInst::Predicate kFloat = kInteger>
llvm::Value* compare(C c) {
  auto* bools = c.b.CreateCmp(c.shape.is_float ? kFloat : kInteger, c[0], c[1]);
  return c.b.CreateSExt(bools, Shape{c.shape.lane_bits, false}.vector(c.b.getContext()));
}

// Shift counts are modulo the lane's width.
template <llvm::Instruction::BinaryOps kShift>
llvm::Value* shift(C c) {
  auto* masked = c.b.CreateAnd(c[1], c.b.getInt32(c.shape.lane_bits - 1));
  auto* count = c.b.CreateZExtOrTrunc(masked, c.shape.lane(c.b.getContext()));
  return c.b.CreateBinOp(kShift, c[0], c.b.CreateVectorSplat(c.shape.lanes(), count));
}

llvm::Value* half(C c, llvm::Value* value, bool high) {
  const int count = static_cast<int>(c.shape.lanes());
  llvm::SmallVector<int, 8> mask;
  for (int i = 0; i < count; ++i) mask.push_back(high ? count + i : i);
  return c.b.CreateShuffleVector(value, mask);
}

template <bool kHigh, bool kSigned>
llvm::Value* extend_half(C c, llvm::Value* value) {
  auto* part = half(c, value, kHigh);
  return kSigned ? c.b.CreateSExt(part, c.type()) : c.b.CreateZExt(part, c.type());
}

template <bool kHigh, bool kSigned>
llvm::Value* extend(C c) {
  return extend_half<kHigh, kSigned>(c, c[0]);
}

template <bool kHigh, bool kSigned>
llvm::Value* extmul(C c) {
  return c.b.CreateMul(extend_half<kHigh, kSigned>(c, c[0]), extend_half<kHigh, kSigned>(c, c[1]));
}

// The x86 packs take signed lanes for both results, as the specification does.
template <bool kSigned>
llvm::Value* narrow(C c) {
  const bool to_bytes = c.shape.lane_bits == 8;
  const auto id = kSigned ? (to_bytes ? Intrinsic::x86_sse2_packsswb_128 : Intrinsic::x86_sse2_packssdw_128)
                          : (to_bytes ? Intrinsic::x86_sse2_packuswb_128 : Intrinsic::x86_sse41_packusdw);
  return c.call(id, {c[0], c[1]});
}

// Sums of neighbours: a multiply-add with ones where x86 has one.
llvm::Value* extadd_pairwise_s(C c) {
  auto* ones = llvm::ConstantInt::get(c[0]->getType(), 1);
  if (c.shape.lane_bits == 16) return c.call(Intrinsic::x86_ssse3_pmadd_ub_sw_128, {ones, c[0]});
  return c.call(Intrinsic::x86_sse2_pmadd_wd, {c[0], ones});
}

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

llvm::Value* avgr_u(C c) {
  auto* wide = llvm::FixedVectorType::get(c.b.getIntNTy(c.shape.lane_bits * 2), c.shape.lanes());
  auto* sum = c.b.CreateAdd(c.b.CreateZExt(c[0], wide), c.b.CreateZExt(c[1], wide));
  auto* rounded = c.b.CreateAdd(sum, llvm::ConstantInt::get(wide, 1));
  return c.b.CreateTrunc(c.b.CreateLShr(rounded, llvm::ConstantInt::get(wide, 1)), c.type());
}

using P = llvm::CmpInst;
constexpr NamedVectorRule kRules[] = {
    {"add", [](C c) { return c.shape.is_float ? c.b.CreateFAdd(c[0], c[1]) : c.b.CreateAdd(c[0], c[1]); }},
    {"sub", [](C c) { return c.shape.is_float ? c.b.CreateFSub(c[0], c[1]) : c.b.CreateSub(c[0], c[1]); }},
    {"mul", [](C c) { return c.shape.is_float ? c.b.CreateFMul(c[0], c[1]) : c.b.CreateMul(c[0], c[1]); }},
    {"neg", [](C c) { return c.shape.is_float ? c.b.CreateFNeg(c[0]) : c.b.CreateNeg(c[0]); }},
    {"abs",
     [](C c) -> llvm::Value* {
       if (c.shape.is_float) return c.b.CreateUnaryIntrinsic(Intrinsic::fabs, c[0]);
       return c.b.CreateBinaryIntrinsic(Intrinsic::abs, c[0], c.b.getFalse());
     }},
    {"popcnt", [](C c) -> llvm::Value* { return c.b.CreateUnaryIntrinsic(Intrinsic::ctpop, c[0]); }},
    {"add_sat_s", binary_intrinsic<Intrinsic::sadd_sat>},
    {"add_sat_u", binary_intrinsic<Intrinsic::uadd_sat>},
    {"sub_sat_s", binary_intrinsic<Intrinsic::ssub_sat>},
    {"sub_sat_u", binary_intrinsic<Intrinsic::usub_sat>},
    {"min_s", binary_intrinsic<Intrinsic::smin>},
    {"min_u", binary_intrinsic<Intrinsic::umin>},
    {"max_s", binary_intrinsic<Intrinsic::smax>},
    {"max_u", binary_intrinsic<Intrinsic::umax>},
    {"avgr_u", avgr_u},
    {"shl", shift<llvm::Instruction::Shl>},
    {"shr_s", shift<llvm::Instruction::AShr>},
    {"shr_u", shift<llvm::Instruction::LShr>},
    {"eq", compare<P::ICMP_EQ, P::FCMP_OEQ>},
    {"ne", compare<P::ICMP_NE, P::FCMP_UNE>},
    {"lt", compare<P::FCMP_OLT>},
    {"gt", compare<P::FCMP_OGT>},
    {"le", compare<P::FCMP_OLE>},
    {"ge", compare<P::FCMP_OGE>},
    {"lt_s", compare<P::ICMP_SLT>},
    {"lt_u", compare<P::ICMP_ULT>},
    {"gt_s", compare<P::ICMP_SGT>},
    {"gt_u", compare<P::ICMP_UGT>},
    {"le_s", compare<P::ICMP_SLE>},
    {"le_u", compare<P::ICMP_ULE>},
    {"ge_s", compare<P::ICMP_SGE>},
    {"ge_u", compare<P::ICMP_UGE>},
    {"extend_low_s", extend<false, true>},
    {"extend_low_u", extend<false, false>},
    {"extend_high_s", extend<true, true>},
    {"extend_high_u", extend<true, false>},
    {"extmul_low_s", extmul<false, true>},
    {"extmul_low_u", extmul<false, false>},
    {"extmul_high_s", extmul<true, true>},
    {"extmul_high_u", extmul<true, false>},
    {"narrow_s", narrow<true>},
    {"narrow_u", narrow<false>},
    {"extadd_pairwise_s", extadd_pairwise_s},
    {"extadd_pairwise_u", extadd_pairwise_u},
    {"q15mulr_sat_s", q15mulr_sat_s},
    {"dot_s", [](C c) { return c.call(Intrinsic::x86_sse2_pmadd_wd, {c[0], c[1]}); }},
};

}  // namespace

VectorRule integer_vector_rule(std::string_view operation) { return find_rule(kRules, operation); }

}  // namespace tenon::compiler
