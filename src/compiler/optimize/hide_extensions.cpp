// LLVM's last pass before instruction selection looks, for each access of memory, at
// the widened number in its address: it replaces all uses of it by something wider, to
// see whether that is better, and puts them back where not. With n accesses by one
// number that is n^2: a thousand memory.copy of the same three locals took a minute.
// So a number that is used very often is hidden behind a copy, which has all the uses.
#include "compiler/optimize/pipeline.hpp"
#include "compiler/optimize/unseen_copy.hpp"

namespace tenon::compiler {

namespace {

constexpr unsigned kOften = 100;

bool is_extension(const llvm::Instruction& instruction) {
  return llvm::isa<llvm::ZExtInst, llvm::SExtInst>(instruction) &&
         llvm::isa<llvm::Instruction>(instruction.getOperand(0)) && fits_a_register(*instruction.getType());
}

}  // namespace

llvm::PreservedAnalyses HideExtensionsPass::run(llvm::Function& function, llvm::FunctionAnalysisManager&) {
  llvm::SmallVector<llvm::Instruction*> found;
  for (auto& instruction : llvm::instructions(function)) {
    if (is_extension(instruction) && instruction.hasNUsesOrMore(kOften)) found.push_back(&instruction);
  }
  if (found.empty()) return llvm::PreservedAnalyses::all();
  for (auto* extension : found) hide(*extension);
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace tenon::compiler
