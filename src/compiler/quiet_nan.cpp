// Keeps the quieting of signalling NaNs, which the specification requires of
// every arithmetic operator (section 4.3.3, "NaN propagation") and which LLVM's
// simplifications give up: x * 1, x / 1, x + -0, x - 0 and the like, and a
// demotion of a promotion all become x. There, and only there, the operand goes
// through llvm.canonicalize. (fmin and fmax: see float_minimum.cpp.) Runs once,
// after mem2reg (so that constants in locals are seen), before anything simplifies.
#include "compiler/optimize.hpp"

namespace tenon::compiler {

namespace {

bool is_identity_like(llvm::Value* value) {
  namespace pm = llvm::PatternMatch;
  const llvm::APFloat* number = nullptr;
  if (!pm::match(value, pm::m_APFloat(number))) return false;
  return number->isZero() || number->isExactlyValue(1.0) || number->isExactlyValue(-1.0);
}

bool may_be_folded_to_operand(llvm::Instruction& instruction) {
  switch (instruction.getOpcode()) {
    case llvm::Instruction::FAdd:
    case llvm::Instruction::FSub:
    case llvm::Instruction::FMul:
    case llvm::Instruction::FDiv:
      return is_identity_like(instruction.getOperand(0)) || is_identity_like(instruction.getOperand(1));
    case llvm::Instruction::FPTrunc: return llvm::isa<llvm::FPExtInst>(instruction.getOperand(0));
    default: return false;
  }
}

void canonicalize_operands(llvm::Instruction& instruction) {
  llvm::IRBuilder<> builder(&instruction);
  const unsigned count = llvm::isa<llvm::FPTruncInst>(instruction) ? 1 : 2;
  for (unsigned i = 0; i < count; ++i) {
    auto* operand = instruction.getOperand(i);
    if (llvm::isa<llvm::Constant>(operand)) {
      instruction.setOperand(i, quiet_constant(operand));
      continue;
    }
    instruction.setOperand(i, builder.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, operand));
  }
}

}  // namespace

llvm::Value* quiet_constant(llvm::Value* value) {
  auto* number = llvm::dyn_cast<llvm::ConstantFP>(value);
  if (number == nullptr || !number->getValueAPF().isSignaling()) return value;
  return llvm::ConstantFP::get(number->getType(), number->getValueAPF().makeQuiet());
}

llvm::PreservedAnalyses QuietNanPass::run(llvm::Function& function, llvm::FunctionAnalysisManager&) {
  llvm::SmallVector<llvm::Instruction*> found;
  for (auto& instruction : llvm::instructions(function)) {
    if (may_be_folded_to_operand(instruction)) found.push_back(&instruction);
  }
  for (auto* instruction : found) canonicalize_operands(*instruction);
  return found.empty() ? llvm::PreservedAnalyses::all() : llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
