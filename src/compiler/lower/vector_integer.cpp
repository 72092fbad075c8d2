// Vector rules for integer lanes.
#include "compiler/lower/vector_rules.hpp"

namespace tenon::compiler {

namespace {

using C = const VectorContext&;
namespace Intrinsic = llvm::Intrinsic;

template <Intrinsic::ID kId>
llvm::Value* binary_intrinsic(C c) {
  return c.b.CreateBinaryIntrinsic(kId, c[0], c[1]);
}

template <llvm::CmpInst::Predicate kPredicate>
llvm::Value* compare(C c) {
  return c.b.CreateSExt(c.b.CreateICmp(kPredicate, c[0], c[1]), c.type());
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

llvm::Value* clamp(C c, llvm::Value* value, std::int64_t low, std::int64_t high) {
  auto* type = value->getType();
  auto* least = llvm::ConstantInt::getSigned(type, low);
  auto* most = llvm::ConstantInt::getSigned(type, high);
  return c.b.CreateBinaryIntrinsic(Intrinsic::smin, c.b.CreateBinaryIntrinsic(Intrinsic::smax, value, least),
                                   most);
}

// Lanes are signed for both results.
template <bool kSigned>
llvm::Value* narrow(C c) {
  const std::int64_t count = std::int64_t{1} << c.shape.lane_bits;  // of values
  const std::int64_t low = kSigned ? -count / 2 : 0, high = low + count - 1;
  llvm::SmallVector<int, 16> both;
  for (unsigned i = 0; i < c.shape.lanes(); ++i) both.push_back(static_cast<int>(i));
  auto* joined = c.b.CreateShuffleVector(clamp(c, c[0], low, high), clamp(c, c[1], low, high), both);
  return c.b.CreateTrunc(joined, c.type());
}

// Of lanes that are twice as wide as those of c[0], the lower and the upper halves.
template <bool kSigned>
std::pair<llvm::Value*, llvm::Value*> halves(C c, llvm::Value* value) {
  auto* pairs = c.as(value, c.shape);
  auto* bits = llvm::ConstantInt::get(c.type(), c.shape.lane_bits / 2);
  auto* raised = c.b.CreateShl(pairs, bits);
  if (kSigned) return {c.b.CreateAShr(raised, bits), c.b.CreateAShr(pairs, bits)};
  return {c.b.CreateLShr(raised, bits), c.b.CreateLShr(pairs, bits)};
}

// Sums of neighbours.
template <bool kSigned>
llvm::Value* extadd_pairwise(C c) {
  const auto [low, high] = halves<kSigned>(c, c[0]);
  return c.b.CreateAdd(low, high);
}

llvm::Value* dot_s(C c) {
  const auto [low, high] = halves<true>(c, c[0]);
  const auto [other_low, other_high] = halves<true>(c, c[1]);
  return c.b.CreateAdd(c.b.CreateMul(low, other_low), c.b.CreateMul(high, other_high));
}

// Rounded; only -1 times -1 is out of range.
llvm::Value* q15mulr_sat_s(C c) {
  auto* wide = llvm::FixedVectorType::get(c.b.getInt32Ty(), 8);
  auto* product = c.b.CreateMul(c.b.CreateSExt(c[0], wide), c.b.CreateSExt(c[1], wide));
  auto* rounded = c.b.CreateAShr(c.b.CreateAdd(product, llvm::ConstantInt::get(wide, 0x4000)),
                                 llvm::ConstantInt::get(wide, 15));
  return c.b.CreateTrunc(clamp(c, rounded, -0x8000, 0x7FFF), c.type());
}

llvm::Value* avgr_u(C c) {
  auto* wide = llvm::FixedVectorType::get(c.b.getIntNTy(c.shape.lane_bits * 2), c.shape.lanes());
  auto* sum = c.b.CreateAdd(c.b.CreateZExt(c[0], wide), c.b.CreateZExt(c[1], wide));
  auto* rounded = c.b.CreateAdd(sum, llvm::ConstantInt::get(wide, 1));
  return c.b.CreateTrunc(c.b.CreateLShr(rounded, llvm::ConstantInt::get(wide, 1)), c.type());
}

using P = llvm::CmpInst;
constexpr NamedVectorRule kRules[] = {
    {"add", [](C c) { return c.b.CreateAdd(c[0], c[1]); }},
    {"sub", [](C c) { return c.b.CreateSub(c[0], c[1]); }},
    {"mul", [](C c) { return c.b.CreateMul(c[0], c[1]); }},
    {"neg", [](C c) { return c.b.CreateNeg(c[0]); }},
    {"abs", [](C c) { return c.b.CreateBinaryIntrinsic(Intrinsic::abs, c[0], c.b.getFalse()); }},
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
    {"eq", compare<P::ICMP_EQ>},
    {"ne", compare<P::ICMP_NE>},
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
    {"extadd_pairwise_s", extadd_pairwise<true>},
    {"extadd_pairwise_u", extadd_pairwise<false>},
    {"q15mulr_sat_s", q15mulr_sat_s},
    {"dot_s", dot_s},
};

static_assert(wasm::NotLowered<first_without_rule(wasm::Family::vector_integer, kRules)>::kNone);

}  // namespace

VectorRule integer_vector_rule(std::string_view operation) { return find_rule(kRules, operation); }

}  // namespace tenon::compiler
