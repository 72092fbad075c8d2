// Vector operators (specification 4.3.6): finding the rule, moving operands,
// and the operators that touch memory.
#include <unordered_map>

#include "compiler/lower/function_lowering.hpp"
#include "compiler/lower/vector_rules.hpp"
#include "compiler/optimize/quiet_nan.hpp"

namespace tenon::compiler {

using wasm::Opcode;
using wasm::Operator;

namespace {

struct VectorOperation {
  VectorRule rule = nullptr;
  Shape shape, source;
  bool is_arithmetic = false;  // of floats: makes signalling NaNs quiet
};

constexpr std::string_view kArithmetic[] = {
    "add",   "sub",   "mul",     "div",         "min",         "max",          "sqrt",         "ceil",
    "floor", "trunc", "nearest", "promote_low", "demote_zero", "relaxed_madd", "relaxed_nmadd"};

using FindRule = VectorRule (*)(std::string_view operation);

// In LLVM's own terms; nullptr for a family whose operators are not lowered by rules.
FindRule generic_rules(wasm::Family family) {
  switch (family) {
    case wasm::Family::vector_lane: return lane_vector_rule;
    case wasm::Family::vector_integer: return integer_vector_rule;
    case wasm::Family::vector_float: return float_vector_rule;
    case wasm::Family::vector_relaxed: return relaxed_vector_rule;
    default: return nullptr;
  }
}

VectorOperation make_operation(std::string_view text, FindRule generic_rule, bool with_machine) {
  const VectorName name = parse_vector_name(text);
  VectorOperation result{.rule = nullptr, .shape = name.shape, .source = name.source};
  if (with_machine) result.rule = machine_vector_rule(name.operation());
  if (result.rule == nullptr) result.rule = generic_rule(name.operation());
  result.is_arithmetic =
      name.source.is_float && std::ranges::find(kArithmetic, name.operation()) != std::end(kArithmetic);
  return result;
}

std::unordered_map<Opcode, VectorOperation> make_operations(bool with_machine) {
  std::unordered_map<Opcode, VectorOperation> all;
  for (const auto& info : wasm::all_opcodes()) {
    if (const FindRule rule = generic_rules(info.family))
      all.emplace(info.opcode, make_operation(info.text, rule, with_machine));
  }
  return all;
}

// Without `with_machine` in LLVM's own terms alone.
const VectorOperation& vector_operation(const wasm::OpcodeInfo& info, bool with_machine) {
  static const std::unordered_map<Opcode, VectorOperation> all[] = {make_operations(false),
                                                                    make_operations(true)};
  return all[with_machine].at(info.opcode);
}

}  // namespace

void FunctionLowering::lower_vector(const Operator& op) {
  auto* v128 = type(ValueType::v128);
  const VectorOperation& operation = vector_operation(*op.info, module_.options.machine_rules);
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
}

void FunctionLowering::lower_vector_memory(const Operator& op) {
  using Op = wasm::VectorMemoryOpcode;
  switch (Op(op.opcode())) {
    case Op::v128_load: push(load_vector(op, type(ValueType::v128))); return;
    case Op::v128_store: store_vector(op, pop()); return;
    case Op::v128_load8x8_s:
    case Op::v128_load16x4_s:
    case Op::v128_load32x2_s: load_extended(op, true); return;
    case Op::v128_load8x8_u:
    case Op::v128_load16x4_u:
    case Op::v128_load32x2_u: load_extended(op, false); return;
    case Op::v128_load8_splat:
    case Op::v128_load16_splat:
    case Op::v128_load32_splat:
    case Op::v128_load64_splat: {
      const Shape shape{op.info->width, false};
      push_vector(builder_.CreateVectorSplat(shape.lanes(), load_vector(op, shape.lane(module_.context))));
      return;
    }
    case Op::v128_load32_zero:
    case Op::v128_load64_zero: load_lane(op, llvm::Constant::getNullValue(type(ValueType::v128)), 0); return;
    case Op::v128_load8_lane:
    case Op::v128_load16_lane:
    case Op::v128_load32_lane:
    case Op::v128_load64_lane: load_lane(op, pop(), op.lane); return;
    case Op::v128_store8_lane:
    case Op::v128_store16_lane:
    case Op::v128_store32_lane:
    case Op::v128_store64_lane: {
      const Shape shape{op.info->width, false};
      auto* vector = builder_.CreateBitCast(pop(), shape.vector(module_.context));
      store_vector(op, builder_.CreateExtractElement(vector, std::uint64_t{op.lane}));
      return;
    }
  }
}

void FunctionLowering::push_vector(llvm::Value* value) {
  push(builder_.CreateBitCast(value, type(ValueType::v128)));
}

// What an access touches is as wide as `in_memory`.
llvm::Value* FunctionLowering::load_vector(const Operator& op, llvm::Type* in_memory) {
  auto* value = load(in_memory, address(op, op.info->width / 8), Storage::memory, 1);
  value->setVolatile(strict());
  return settle_race(op.memory, value);
}

void FunctionLowering::store_vector(const Operator& op, llvm::Value* value) {
  store(value, address(op, op.info->width / 8), Storage::memory, 1)->setVolatile(strict());
}

// Eight bytes, as lanes of half the width that their name ends with: "v128.load8x8_s".
void FunctionLowering::load_extended(const Operator& op, bool is_signed) {
  const unsigned lanes = static_cast<unsigned>(op.info->text[op.info->text.find('x') + 1] - '0');
  const unsigned bits = op.info->width / lanes;
  auto* wide = Shape{bits * 2, false}.vector(module_.context);
  auto* value = load_vector(op, llvm::FixedVectorType::get(builder_.getIntNTy(bits), lanes));
  push_vector(is_signed ? builder_.CreateSExt(value, wide) : builder_.CreateZExt(value, wide));
}

void FunctionLowering::load_lane(const Operator& op, llvm::Value* vector, unsigned lane) {
  const Shape shape{op.info->width, false};
  auto* lanes = builder_.CreateBitCast(vector, shape.vector(module_.context));
  push_vector(builder_.CreateInsertElement(lanes, load_vector(op, shape.lane(module_.context)), lane));
}

}  // namespace tenon::compiler
