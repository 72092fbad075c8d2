// Innermost loops start at a cache line. A processor fetches whole lines: a short
// loop that lies across two costs it a cycle more each time round. LLVM aligns to 16
// bytes and leaves it to chance: bench/kernels/json_scan.c took 18 to 25 us for a
// round, by the size of the function before it, and takes 18 now. Other loops stay:
// what fills the gaps before them is run too, and cost lz.c more than it gave.
#include <llvm/Analysis/LoopInfo.h>

#include "compiler/optimize/pipeline.hpp"

namespace tenon::compiler {

llvm::PreservedAnalyses AlignLoopsPass::run(llvm::Function& function,
                                            llvm::FunctionAnalysisManager& analyses) {
  constexpr unsigned kCacheLine = 64;
  auto& context = function.getContext();
  auto* bytes =
      llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(llvm::Type::getInt32Ty(context), kCacheLine));
  auto* alignment = llvm::MDNode::get(context, {llvm::MDString::get(context, "llvm.loop.align"), bytes});
  for (auto* loop : analyses.getResult<llvm::LoopAnalysis>(function).getLoopsInPreorder()) {
    if (!loop->isInnermost()) continue;
    loop->setLoopID(llvm::makePostTransformationMetadata(context, loop->getLoopID(), {}, {alignment}));
  }
  return llvm::PreservedAnalyses::all();
}

}  // namespace tenon::compiler
