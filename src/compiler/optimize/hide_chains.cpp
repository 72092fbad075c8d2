// A long chain of and, or and xor is one expression to the passes that combine
// instructions. Whenever they find something in it, such as an operand that comes twice,
// they go over all above it again, and each time they look for more in what is below: n
// operations take n^2 steps and more. 44 KB of `or` took 40 s. So after very many of
// them a copy stands in the chain, behind which LLVM does not look.
#include "compiler/optimize/pipeline.hpp"
#include "compiler/optimize/unseen_copy.hpp"

namespace tenon::compiler {

namespace {

constexpr unsigned kLongest = 64;  // operations

bool is_bitwise(const llvm::Instruction& instruction) {
  return instruction.getOpcode() == llvm::Instruction::And ||
         instruction.getOpcode() == llvm::Instruction::Or ||
         instruction.getOpcode() == llvm::Instruction::Xor;
}

// What those passes look through on their way from one operation to another.
bool is_between(const llvm::Instruction& instruction) {
  return llvm::isa<llvm::CastInst, llvm::CmpInst, llvm::SelectInst, llvm::FreezeInst>(instruction) ||
         instruction.isShift();
}

}  // namespace

llvm::PreservedAnalyses HideChainsPass::run(llvm::Function& function, llvm::FunctionAnalysisManager&) {
  llvm::DenseMap<const llvm::Value*, unsigned> lengths;  // of the chain that ends there
  llvm::SmallVector<llvm::Instruction*> ends;
  for (llvm::BasicBlock* block : llvm::ReversePostOrderTraversal<llvm::Function*>(&function)) {
    for (llvm::Instruction& instruction : *block) {
      if (!is_bitwise(instruction) && !is_between(instruction)) continue;
      unsigned length = is_bitwise(instruction) ? 1 : 0;
      for (const llvm::Value* operand : instruction.operands())
        length = std::max(length, lengths.lookup(operand) + (is_bitwise(instruction) ? 1 : 0));
      const auto& type = *instruction.getType();
      if (length >= kLongest && (fits_a_register(type) || fits_a_vector_register(type))) {
        ends.push_back(&instruction);
        length = 0;
      }
      if (length > 0) lengths[&instruction] = length;
    }
  }
  for (auto* end : ends) hide(*end);
  if (ends.empty()) return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace tenon::compiler
