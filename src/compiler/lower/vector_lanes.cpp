// Vector rules that move lanes or treat the vector as 128 bits.
#include "compiler/lower/vector_rules.hpp"

namespace tenon::compiler {

llvm::Value* swizzle_bytes(const VectorContext& c,
                           llvm::function_ref<llvm::Value*(llvm::Value*)> gives_zero) {
  llvm::Value* result = llvm::Constant::getNullValue(c.type());
  for (std::uint64_t i = 0; i < 16; ++i) {
    auto* index = c.b.CreateExtractElement(c[1], i);
    auto* lane = c.b.CreateExtractElement(c[0], c.b.CreateAnd(index, c.b.getInt8(15)));
    result = c.b.CreateInsertElement(result, c.b.CreateSelect(gives_zero(index), c.b.getInt8(0), lane), i);
  }
  return result;
}

namespace {

llvm::Value* lane_value(const VectorContext& c, llvm::Value* scalar) {
  auto* lane = c.shape.lane(c.b.getContext());
  return lane->isIntegerTy() ? c.b.CreateTrunc(scalar, lane) : scalar;
}

llvm::Value* extract(const VectorContext& c, bool is_signed) {
  auto* value = c.b.CreateExtractElement(c[0], std::uint64_t{c.op.lane});
  if (c.shape.is_float || c.shape.lane_bits >= 32) return value;
  return is_signed ? c.b.CreateSExt(value, c.b.getInt32Ty()) : c.b.CreateZExt(value, c.b.getInt32Ty());
}

llvm::Value* shuffle(const VectorContext& c) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(c.op.bits);
  const llvm::SmallVector<int, 16> mask(bytes, bytes + 16);
  return c.b.CreateShuffleVector(c[0], c[1], mask);
}

// 0 for an index beyond the last lane.
llvm::Value* swizzle(const VectorContext& c) {
  return swizzle_bytes(c, [&](llvm::Value* index) { return c.b.CreateICmpUGE(index, c.b.getInt8(16)); });
}

llvm::Value* bitselect(const VectorContext& c) {
  return c.b.CreateOr(c.b.CreateAnd(c[0], c[2]), c.b.CreateAnd(c[1], c.b.CreateNot(c[2])));
}

llvm::Value* any_true(const VectorContext& c) {
  auto* whole = c.b.CreateBitCast(c[0], c.b.getInt128Ty());
  return c.b.CreateZExt(c.b.CreateICmpNE(whole, llvm::ConstantInt::get(whole->getType(), 0)),
                        c.b.getInt32Ty());
}

llvm::Value* lane_mask(const VectorContext& c, llvm::Value* bools) {
  return c.b.CreateBitCast(bools, c.b.getIntNTy(c.shape.lanes()));
}

llvm::Value* all_true(const VectorContext& c) {
  auto* zeros = lane_mask(c, c.b.CreateICmpEQ(c[0], llvm::Constant::getNullValue(c.type())));
  auto* none = c.b.CreateICmpEQ(zeros, llvm::Constant::getNullValue(zeros->getType()));
  return c.b.CreateZExt(none, c.b.getInt32Ty());
}

llvm::Value* bitmask(const VectorContext& c) {
  auto* negative = c.b.CreateICmpSLT(c[0], llvm::Constant::getNullValue(c.type()));
  return c.b.CreateZExt(lane_mask(c, negative), c.b.getInt32Ty());
}

constexpr NamedVectorRule kRules[] = {
    {"splat",
     [](const VectorContext& c) { return c.b.CreateVectorSplat(c.shape.lanes(), lane_value(c, c[0])); }},
    {"extract_lane", [](const VectorContext& c) { return extract(c, false); }},
    {"extract_lane_s", [](const VectorContext& c) { return extract(c, true); }},
    {"extract_lane_u", [](const VectorContext& c) { return extract(c, false); }},
    {"replace_lane",
     [](const VectorContext& c) {
       return c.b.CreateInsertElement(c[0], lane_value(c, c[1]), std::uint64_t{c.op.lane});
     }},
    {"shuffle", shuffle},
    {"swizzle", swizzle},
    {"not", [](const VectorContext& c) { return c.b.CreateNot(c[0]); }},
    {"and", [](const VectorContext& c) { return c.b.CreateAnd(c[0], c[1]); }},
    {"andnot", [](const VectorContext& c) { return c.b.CreateAnd(c[0], c.b.CreateNot(c[1])); }},
    {"or", [](const VectorContext& c) { return c.b.CreateOr(c[0], c[1]); }},
    {"xor", [](const VectorContext& c) { return c.b.CreateXor(c[0], c[1]); }},
    {"bitselect", bitselect},
    {"any_true", any_true},
    {"all_true", all_true},
    {"bitmask", bitmask},
};

static_assert(wasm::NotLowered<first_without_rule(wasm::Family::vector_lane, kRules)>::kNone);

}  // namespace

VectorRule lane_vector_rule(std::string_view operation) { return find_rule(kRules, operation); }

}  // namespace tenon::compiler
