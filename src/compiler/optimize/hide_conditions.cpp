// What LLVM knows of a value's bits it also looks for in all conditions on the value
// that lie on the way, for each use of it, and again for each operation above it. With
// n conditions and n uses that is n^2 and more: 500 guards and a sum, 15 KB, took
// 47 s. So where a value has very many conditions, they look at a copy.
#include "compiler/optimize/conditions.hpp"
#include "compiler/optimize/pipeline.hpp"
#include "compiler/optimize/unseen_copy.hpp"

namespace tenon::compiler {

namespace {

constexpr std::size_t kMany = 50;

bool can_be_hidden(const llvm::Value& value) {
  return (llvm::isa<llvm::Argument>(value) || llvm::isa<llvm::Instruction>(value)) &&
         (fits_a_register(*value.getType()) || fits_a_vector_register(*value.getType()));
}

llvm::Instruction& place_behind(llvm::Value& value) {
  auto* instruction = llvm::dyn_cast<llvm::Instruction>(&value);
  if (instruction == nullptr)
    return *llvm::cast<llvm::Argument>(value).getParent()->getEntryBlock().getFirstNonPHIOrDbgOrAlloca();
  return **instruction->getInsertionPointAfterDef();
}

}  // namespace

llvm::PreservedAnalyses HideConditionsPass::run(llvm::Function& function, llvm::FunctionAnalysisManager&) {
  bool changed = false;
  for (auto& [value, uses] : conditions_of(function)) {
    if (!can_be_hidden(*value)) continue;
    auto* definition = llvm::dyn_cast<llvm::Instruction>(value);
    if (uses.size() <= kMany || (definition != nullptr && is_unseen_copy(*definition))) continue;
    if (definition != nullptr && !definition->getInsertionPointAfterDef()) continue;
    auto* copy = unseen_copy(*value, place_behind(*value));
    for (auto* use : uses) use->set(copy);
    changed = true;
  }
  if (!changed) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace tenon::compiler
