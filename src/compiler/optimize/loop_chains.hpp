// Where one loop begins with what another one ended with, the value that a hundredth
// loop begins with is to LLVM's scalar evolution a sum over all loops before it, which
// it puts together anew for each: n loops take n^3 steps. Nobody gains by looking
// further back than some loops, so there the chain can be broken.
#pragma once

#include <cstdint>

#include "compiler/llvm.hpp"

namespace tenon::compiler {

inline constexpr unsigned kLongestChain = 8;

struct LoopCounts {
  std::uint64_t loops = 0;
  std::uint64_t longest_chain = 0;  // how many a value comes through
};
[[nodiscard]] LoopCounts count_loops(const llvm::Function& function);

// No value comes through more than kLongestChain loops without a copy behind which
// LLVM does not look.
struct BreakLoopChainsPass : llvm::PassInfoMixin<BreakLoopChainsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace tenon::compiler
