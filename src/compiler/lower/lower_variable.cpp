// Locals, globals and the parametric operators drop and select
// (specification 4.4.4 and 4.4.5).
#include <algorithm>

#include "compiler/lower/function_lowering.hpp"

namespace tenon::compiler {

using wasm::Operator;

void FunctionLowering::lower_variable(const Operator& op) {
  using Op = wasm::VariableOpcode;
  switch (Op(op.opcode())) {
    case Op::drop: pop(); return;
    case Op::select:
    case Op::select_t: lower_select(); return;
    case Op::local_get:
      push(builder_.CreateLoad(local(op.index)->getAllocatedType(), local(op.index)));
      return;
    case Op::local_set: builder_.CreateStore(pop(), local(op.index)); return;
    case Op::local_tee: builder_.CreateStore(stack_.back(), local(op.index)); return;
    case Op::global_get: {
      auto* constant = constant_global(op.index);
      push(constant != nullptr ? constant
                               : load(type(module_.source.globals[op.index].type.value),
                                      global_pointer(op.index), Storage::global, 8));
      return;
    }
    case Op::global_set: {
      auto* result = store(pop(), global_pointer(op.index), Storage::global, 8);
      result->setVolatile(strict());  // its order against traps can be seen by whoever shares it
      return;
    }
  }
}

llvm::AllocaInst* FunctionLowering::local(std::uint32_t index) {
  auto*& slot = locals_[index];
  if (slot == nullptr) {
    const auto group = std::ranges::upper_bound(local_ends_, index) - local_ends_.begin();
    auto* of = type(body_.locals[static_cast<std::size_t>(group)].type);
    llvm::IRBuilder<> at_entry(entry_->getTerminator());
    slot = at_entry.CreateAlloca(of);
    at_entry.CreateStore(llvm::Constant::getNullValue(of), slot);
  }
  return slot;
}

void FunctionLowering::lower_select() {
  auto* condition = builder_.CreateICmpNE(pop(), i32(0));
  auto* otherwise = pop();
  auto* then = pop();
  push(builder_.CreateSelect(condition, then, otherwise));
}

llvm::Value* FunctionLowering::global_pointer(std::uint32_t index) {
  if (index >= module_.source.imported_globals) return field(module_.layout.global_cell(index));
  return load_field(builder_.getPtrTy(), module_.layout.global_address(index));
}

// The value of an immutable global of the module's own with a constant
// initialiser, else null.
llvm::Value* FunctionLowering::constant_global(std::uint32_t index) {
  const auto& global = module_.source.globals[index];
  if (global.type.is_mutable || global.initial.size() != 1) return nullptr;
  const auto& initial = global.initial[0];
  using Kind = wasm::ConstantOperator::Kind;
  switch (initial.kind) {
    case Kind::i32_const: return i32(initial.value[0]);
    case Kind::i64_const: return i64(initial.value[0]);
    case Kind::f32_const: return llvm::ConstantExpr::getBitCast(i32(initial.value[0]), builder_.getFloatTy());
    case Kind::f64_const:
      return llvm::ConstantExpr::getBitCast(i64(initial.value[0]), builder_.getDoubleTy());
    default: return nullptr;
  }
}

}  // namespace tenon::compiler
