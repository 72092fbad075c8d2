// Vector operators (specification 4.3.6): finding the rule, moving operands,
// and the operators that touch memory.
#include <array>

#include "compiler/lower/function_lowering.hpp"
#include "compiler/lower/vector_rules.hpp"
#include "compiler/optimize/quiet_nan.hpp"

namespace tenon::compiler {

using wasm::Opcode;
using wasm::Operator;

namespace {

std::optional<Shape> parse_shape(std::string_view text) {
  if (text == "i8x16") return Shape{8, false};
  if (text == "i16x8") return Shape{16, false};
  if (text == "i32x4") return Shape{32, false};
  if (text == "i64x2" || text == "v128") return Shape{64, false};
  if (text == "f32x4") return Shape{32, true};
  if (text == "f64x2") return Shape{64, true};
  return std::nullopt;
}

constexpr std::string_view kArithmetic[] = {
    "add",   "sub",   "mul",     "div",         "min",         "max",          "sqrt",         "ceil",
    "floor", "trunc", "nearest", "promote_low", "demote_zero", "relaxed_madd", "relaxed_nmadd"};

VectorOperation make_operation(std::string_view text, bool with_machine) {
  VectorOperation result;
  const auto dot = text.find('.');
  result.shape = result.source = *parse_shape(text.substr(0, dot));
  std::string operation;
  for (std::string_view rest = text.substr(dot + 1); !rest.empty();) {
    const auto end = std::min(rest.find('_'), rest.size());
    const auto word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (auto shape = parse_shape(word)) {
      result.source = *shape;
    } else {
      operation += (operation.empty() ? "" : "_") + std::string(word);
    }
  }
  if (with_machine) result.rule = machine_vector_rule(operation);
  for (auto find : {integer_vector_rule, float_vector_rule, lane_vector_rule, relaxed_vector_rule}) {
    if (result.rule == nullptr) result.rule = find(operation);
  }
  result.is_arithmetic =
      result.source.is_float && std::ranges::find(kArithmetic, operation) != std::end(kArithmetic);
  return result;
}

// Numbers behind the vector prefix, relaxed ones included.
constexpr std::uint32_t kVectorOpcodes = 0x114;

std::array<VectorOperation, kVectorOpcodes> make_operations(bool with_machine) {
  std::array<VectorOperation, kVectorOpcodes> all;
  for (const auto& info : wasm::all_opcodes()) {
    const auto code = static_cast<std::uint32_t>(info.opcode);
    if (code >> 16 == 0xFD && (code & 0xFFFF) < all.size())
      all[code & 0xFFFF] = make_operation(info.text, with_machine);
  }
  return all;
}

}  // namespace

const VectorOperation& vector_operation(const wasm::OpcodeInfo& info, bool with_machine) {
  static const std::array<VectorOperation, kVectorOpcodes> all[] = {make_operations(false),
                                                                    make_operations(true)};
  return all[with_machine][static_cast<std::uint32_t>(info.opcode) & 0xFFFF];
}

bool FunctionLowering::lower_vector(const Operator& op) {
  if (static_cast<std::uint32_t>(op.opcode()) >> 16 != 0xFD) return false;
  if (lower_vector_memory(op)) return true;
  auto* v128 = type(ValueType::v128);
  if (op.opcode() == Opcode::v128_const) {
    push(llvm::ConstantDataVector::get(module_.context, llvm::ArrayRef(op.bits)));
    return true;
  }
  const VectorOperation& operation = vector_operation(*op.info, module_.options.machine_rules);
  if (operation.rule == nullptr) return false;
  VectorContext context{builder_, op, operation.shape, operation.source, {}, module_.options.machine_rules};
  const auto count = op.info->signature.find(':');
  context.operands.append(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
  stack_.resize(stack_.size() - count);
  for (auto*& operand : context.operands) {
    if (operand->getType() == v128) operand = context.as(operand, operation.source);
    if (operation.is_arithmetic) operand = quiet_constant(operand, module_.out.getDataLayout());
  }
  auto* result = operation.rule(context);
  push(result->getType()->isVectorTy() ? builder_.CreateBitCast(result, v128) : result);
  return true;
}

namespace {

enum class VectorAccessKind { whole, extend_s, extend_u, splat, zero, load_lane, store_lane, store };
struct VectorAccess {
  VectorAccessKind kind;
  unsigned bits;  // of one element in memory
};

std::optional<VectorAccess> vector_access(Opcode opcode) {
  using Kind = VectorAccessKind;
  switch (opcode) {
    case Opcode::v128_load: return VectorAccess{Kind::whole, 128};
    case Opcode::v128_store: return VectorAccess{Kind::store, 128};
    case Opcode::v128_load8x8_s: return VectorAccess{Kind::extend_s, 8};
    case Opcode::v128_load8x8_u: return VectorAccess{Kind::extend_u, 8};
    case Opcode::v128_load16x4_s: return VectorAccess{Kind::extend_s, 16};
    case Opcode::v128_load16x4_u: return VectorAccess{Kind::extend_u, 16};
    case Opcode::v128_load32x2_s: return VectorAccess{Kind::extend_s, 32};
    case Opcode::v128_load32x2_u: return VectorAccess{Kind::extend_u, 32};
    case Opcode::v128_load8_splat: return VectorAccess{Kind::splat, 8};
    case Opcode::v128_load16_splat: return VectorAccess{Kind::splat, 16};
    case Opcode::v128_load32_splat: return VectorAccess{Kind::splat, 32};
    case Opcode::v128_load64_splat: return VectorAccess{Kind::splat, 64};
    case Opcode::v128_load32_zero: return VectorAccess{Kind::zero, 32};
    case Opcode::v128_load64_zero: return VectorAccess{Kind::zero, 64};
    case Opcode::v128_load8_lane: return VectorAccess{Kind::load_lane, 8};
    case Opcode::v128_load16_lane: return VectorAccess{Kind::load_lane, 16};
    case Opcode::v128_load32_lane: return VectorAccess{Kind::load_lane, 32};
    case Opcode::v128_load64_lane: return VectorAccess{Kind::load_lane, 64};
    case Opcode::v128_store8_lane: return VectorAccess{Kind::store_lane, 8};
    case Opcode::v128_store16_lane: return VectorAccess{Kind::store_lane, 16};
    case Opcode::v128_store32_lane: return VectorAccess{Kind::store_lane, 32};
    case Opcode::v128_store64_lane: return VectorAccess{Kind::store_lane, 64};
    default: return std::nullopt;
  }
}

}  // namespace

bool FunctionLowering::lower_vector_memory(const Operator& op) {
  const auto access = vector_access(op.opcode());
  if (!access) return false;
  using Kind = VectorAccessKind;
  auto* v128 = type(ValueType::v128);
  const Shape shape{access->bits, false};
  auto load_as = [&](llvm::Type* in_memory) {
    auto* value = load(in_memory, address(op, in_memory->getPrimitiveSizeInBits() / 8), Storage::memory, 1);
    value->setVolatile(strict());
    return settle_race(op.memory, value);
  };
  auto push_vector = [&](llvm::Value* value) { push(builder_.CreateBitCast(value, v128)); };
  auto store_value = [&](llvm::Value* value) {
    auto* to = address(op, value->getType()->getPrimitiveSizeInBits() / 8);
    store(value, to, Storage::memory, 1)->setVolatile(strict());
  };
  switch (access->kind) {
    case Kind::whole: push(load_as(v128)); return true;
    case Kind::store: store_value(pop()); return true;
    case Kind::extend_s:
    case Kind::extend_u: {
      auto* narrow = llvm::FixedVectorType::get(builder_.getIntNTy(access->bits), 64 / access->bits);
      auto* wide = Shape{access->bits * 2, false}.vector(module_.context);
      auto* value = load_as(narrow);
      push_vector(access->kind == Kind::extend_s ? builder_.CreateSExt(value, wide)
                                                 : builder_.CreateZExt(value, wide));
      return true;
    }
    case Kind::splat:
      push_vector(builder_.CreateVectorSplat(shape.lanes(), load_as(shape.lane(module_.context))));
      return true;
    case Kind::zero: {
      auto* zero = llvm::Constant::getNullValue(shape.vector(module_.context));
      push_vector(builder_.CreateInsertElement(zero, load_as(shape.lane(module_.context)), std::uint64_t{0}));
      return true;
    }
    case Kind::load_lane: {
      auto* vector = builder_.CreateBitCast(pop(), shape.vector(module_.context));
      push_vector(
          builder_.CreateInsertElement(vector, load_as(shape.lane(module_.context)), std::uint64_t{op.lane}));
      return true;
    }
    case Kind::store_lane: {
      auto* vector = builder_.CreateBitCast(pop(), shape.vector(module_.context));
      store_value(builder_.CreateExtractElement(vector, std::uint64_t{op.lane}));
      return true;
    }
  }
  return false;
}

}  // namespace tenon::compiler
