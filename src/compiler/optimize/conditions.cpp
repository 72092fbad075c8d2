#include "compiler/optimize/conditions.hpp"

namespace tenon::compiler {

namespace {

constexpr std::size_t kLargestCondition = 32;  // how many instructions of one are looked at

bool is_variable(const llvm::Value& value) {
  return llvm::isa<llvm::Argument>(value) || llvm::isa<llvm::Instruction>(value);
}

// A comparison's operand, and what is behind one step with a constant: LLVM takes the
// condition for one on either.
void add(Conditions& conditions, llvm::Use& operand) {
  if (!is_variable(*operand)) return;
  conditions[operand].push_back(&operand);
  auto* step = llvm::dyn_cast<llvm::Instruction>(operand);
  if (step == nullptr || !llvm::isa<llvm::BinaryOperator, llvm::CastInst>(step)) return;
  for (auto& inner : step->operands())
    if (is_variable(*inner)) conditions[inner].push_back(&inner);
}

// As operators are lowered, a condition is a number that is compared with 0, and that
// number a condition again.
void add_all(Conditions& conditions, llvm::Value& condition) {
  llvm::SmallVector<llvm::Value*> left{&condition};
  llvm::SmallPtrSet<llvm::Value*, 8> seen;
  while (!left.empty() && seen.size() < kLargestCondition) {
    auto* value = llvm::dyn_cast<llvm::Instruction>(left.pop_back_val());
    if (value == nullptr || !seen.insert(value).second) continue;
    const bool is_comparison = llvm::isa<llvm::CmpInst>(value);
    if (!is_comparison &&
        !llvm::isa<llvm::BinaryOperator, llvm::SelectInst, llvm::CastInst, llvm::FreezeInst>(value))
      continue;
    for (auto& operand : value->operands()) {
      if (is_comparison || operand->getType()->isIntegerTy(1)) add(conditions, operand);
      left.push_back(operand);
    }
  }
}

}  // namespace

Conditions conditions_of(llvm::Function& function) {
  Conditions conditions;
  for (auto& block : function) {
    auto* branch = llvm::dyn_cast<llvm::BranchInst>(block.getTerminator());
    if (branch != nullptr && branch->isConditional()) add_all(conditions, *branch->getCondition());
  }
  return conditions;
}

}  // namespace tenon::compiler
