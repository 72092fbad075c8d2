// A value as it is, of which LLVM knows nothing: what it would otherwise look for in
// vain, n times over n uses.
#pragma once

#include "compiler/llvm.hpp"
#include "machine_convention.hpp"

namespace tenon::compiler {

// Every machine has registers for these.
[[nodiscard]] inline bool fits_a_register(const llvm::Type& type) {
  return type.isPointerTy() || type.isIntegerTy(32) || type.isIntegerTy(64);
}
[[nodiscard]] inline bool fits_a_vector_register(const llvm::Type& type) {
  return type.isFloatTy() || type.isDoubleTy() ||
         (llvm::isa<llvm::FixedVectorType>(type) && type.getPrimitiveSizeInBits() == 128);
}

// Assembly of no instructions, before `next`. (A `freeze` is taken out again by the
// passes that combine instructions, which look for a reason to along all conditions
// before it.) Precondition: it fits a register.
[[nodiscard]] inline llvm::Value* unseen_copy(llvm::Value& value, llvm::Instruction& next) {
  llvm::IRBuilder<> builder(&next);
  auto* type = llvm::FunctionType::get(value.getType(), {value.getType()}, false);
  const char* constraint = fits_a_vector_register(*value.getType()) ? machine::kVectorConstraint : "=r,0";
  auto* copy =
      builder.CreateCall(llvm::InlineAsm::get(type, "", constraint, /*hasSideEffects=*/false), {&value});
  copy->setDoesNotAccessMemory();
  copy->setDoesNotThrow();
  return copy;
}

// Gives all uses of the value to a copy of it right behind it.
inline void hide(llvm::Instruction& value) {
  auto* copy = unseen_copy(value, *value.getNextNode());
  value.replaceUsesWithIf(copy, [&](const llvm::Use& use) { return use.getUser() != copy; });
}

[[nodiscard]] inline bool is_unseen_copy(const llvm::Instruction& instruction) {
  const auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  return call != nullptr && call->isInlineAsm();
}

}  // namespace tenon::compiler
