// LLVM's instruction selector looks at a whole basic block at once, and before it
// folds a load into what uses it, looks for another way from one to the other: in
// a block of n instructions that is n^2 steps, and straight-line code of 256 KiB is
// within any guest's reach. So what comes to the selector is cut into blocks that
// follow each other. Values go from one to the next in registers, as they would.
#include <llvm/CodeGen/TargetPassConfig.h>
#include <llvm/InitializePasses.h>
#include <llvm/PassRegistry.h>

#include "compiler/optimize/pipeline.hpp"

namespace tenon::compiler {

namespace {

// Blocks of real code are hardly ever as long.
constexpr unsigned kMostInstructions = 500;

// Where a block may be cut at the earliest: its slots must stay in the first.
llvm::BasicBlock::iterator first_place(llvm::BasicBlock& block) {
  auto place = block.getFirstInsertionPt();
  if (!block.isEntryBlock()) return place;
  for (auto at = place; at != block.end(); ++at) {
    if (llvm::isa<llvm::AllocaInst>(*at)) place = std::next(at);
  }
  return place;
}

void split(llvm::BasicBlock& block) {
  llvm::SmallVector<llvm::Instruction*> places;
  unsigned count = 0;
  for (auto& instruction : llvm::make_range(first_place(block), block.end())) {
    if (++count < kMostInstructions) continue;
    places.push_back(&instruction);
    count = 0;
  }
  // From the back: a cut moves all that is behind it.
  for (auto* place : llvm::reverse(places)) {
    // What a musttail call returns stays with it.
    if (llvm::isa<llvm::ReturnInst>(place) || llvm::isa_and_nonnull<llvm::ReturnInst>(place->getNextNode()))
      continue;
    block.splitBasicBlock(place);
  }
}

class SplitBlocks : public llvm::FunctionPass {
 public:
  static char ID;
  SplitBlocks() : llvm::FunctionPass(ID) {}
  bool runOnFunction(llvm::Function& function) override {
    split_blocks(function);
    return true;
  }
};
char SplitBlocks::ID = 0;

}  // namespace

void split_blocks(llvm::Function& function) {
  llvm::SmallVector<llvm::BasicBlock*> large;
  for (auto& block : function) {
    if (block.size() > kMostInstructions) large.push_back(&block);
  }
  for (auto* block : large) split(*block);
}

void split_blocks_before_selection(llvm::TargetPassConfig& config, llvm::Module& module) {
  // At -O0 nothing follows that would put them together again.
  if (config.getOptLevel() == llvm::CodeGenOptLevel::None) {
    for (auto& function : module) split_blocks(function);
    return;
  }
  auto& registry = *llvm::PassRegistry::getPassRegistry();
  llvm::initializeCodeGenPrepareLegacyPassPass(registry);
  const auto* last = registry.getPassInfo(llvm::StringRef("codegenprepare"));
  config.insertPass(last->getTypeInfo(), new SplitBlocks);
}

}  // namespace tenon::compiler
