// Keeps the quieting of signalling NaNs, which the specification requires of
// every arithmetic operator (section 4.3.3, "NaN propagation") and which LLVM's
// simplifications give up: x * 1, x / 1, x + -0, x - 0 and the like, and a
// demotion of a promotion all become x. There, and only there, the operand goes
// through llvm.canonicalize. (fmin and fmax: see float_minimum.cpp.) Runs once,
// after mem2reg (so that constants in locals are seen), before anything simplifies.
#include "compiler/optimize.hpp"

namespace tenon::compiler {

namespace {

// What is under casts of bits, which stand between any two vector operators.
llvm::Value* under_casts(llvm::Value* value) {
  while (auto* cast = llvm::dyn_cast<llvm::BitCastOperator>(value)) value = cast->getOperand(0);
  return value;
}

// The constant that a value is, if it is one: ConstantFP, or lanes of them.
llvm::Constant* as_constant(llvm::Value* value, const llvm::DataLayout& layout) {
  auto* constant = llvm::dyn_cast<llvm::Constant>(under_casts(value));
  if (constant == nullptr || constant->getType() == value->getType()) return constant;
  return llvm::ConstantFoldCastOperand(llvm::Instruction::BitCast, constant, value->getType(), layout);
}

// Of a number, its one lane.
template <typename Visit>
void for_each_lane(const llvm::Constant& constant, Visit visit) {
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(constant.getType());
  for (unsigned i = 0; i < (vector == nullptr ? 1 : vector->getNumElements()); ++i) {
    visit(vector == nullptr ? &constant : constant.getAggregateElement(i));
  }
}

// One lane is enough: LLVM takes vectors apart.
bool is_identity_like(llvm::Value* value, const llvm::DataLayout& layout) {
  const auto* constant = as_constant(value, layout);
  if (constant == nullptr) return false;
  bool found = false;
  for_each_lane(*constant, [&](const llvm::Constant* lane) {
    const auto* number = llvm::dyn_cast_or_null<llvm::ConstantFP>(lane);
    found = found || (number != nullptr &&
                      (number->isZero() || number->isExactlyValue(1.0) || number->isExactlyValue(-1.0)));
  });
  return found;
}

bool is_promotion(llvm::Value* value) { return llvm::isa<llvm::FPExtInst>(under_casts(value)); }

bool may_be_folded_to_operand(llvm::Instruction& instruction) {
  const auto& layout = instruction.getDataLayout();
  switch (instruction.getOpcode()) {
    case llvm::Instruction::FAdd:
    case llvm::Instruction::FSub:
    case llvm::Instruction::FMul:
    case llvm::Instruction::FDiv:
      return is_identity_like(instruction.getOperand(0), layout) ||
             is_identity_like(instruction.getOperand(1), layout);
    case llvm::Instruction::FPTrunc: return is_promotion(instruction.getOperand(0));
    default: return false;
  }
}

void canonicalize_operands(llvm::Instruction& instruction) {
  llvm::IRBuilder<> builder(&instruction);
  const unsigned count = llvm::isa<llvm::FPTruncInst>(instruction) ? 1 : 2;
  for (unsigned i = 0; i < count; ++i) {
    auto* operand = instruction.getOperand(i);
    if (auto* constant = as_constant(operand, instruction.getDataLayout())) {
      instruction.setOperand(i, quiet_constant(constant, instruction.getDataLayout()));
      continue;
    }
    instruction.setOperand(i, builder.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, operand));
  }
}

llvm::Constant* quiet_lane(llvm::Constant* lane) {
  auto* number = llvm::dyn_cast<llvm::ConstantFP>(lane);
  if (number == nullptr || !number->getValueAPF().isSignaling()) return lane;
  return llvm::ConstantFP::get(number->getType(), number->getValueAPF().makeQuiet());
}

}  // namespace

llvm::Value* quiet_constant(llvm::Value* value, const llvm::DataLayout& layout) {
  auto* constant = as_constant(value, layout);
  if (constant == nullptr) return value;
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(constant->getType());
  if (vector == nullptr) return quiet_lane(constant);
  llvm::SmallVector<llvm::Constant*, 4> lanes;
  for (unsigned i = 0; i < vector->getNumElements(); ++i) {
    lanes.push_back(quiet_lane(constant->getAggregateElement(i)));
  }
  return llvm::ConstantVector::get(lanes);
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
