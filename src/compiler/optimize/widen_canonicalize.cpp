// Works round a fault of LLVM: its back end cannot select llvm.canonicalize of
// two floats, which is less than a register, and aborts (docs/llvm.md). Such
// vectors come from the vectorisers, which take quiet_nan.cpp's scalar calls
// together, so this runs after them, at every level.
#include "compiler/optimize/pipeline.hpp"

namespace tenon::compiler {

namespace {

constexpr unsigned kRegisterBits = 128;  // of the narrowest vector register

// The lanes of the narrowest vector that fills a register; the vector's own count
// where it does.
unsigned selectable_lanes(const llvm::FixedVectorType& type) {
  const unsigned fewest = kRegisterBits / type.getScalarSizeInBits();
  return std::max(static_cast<unsigned>(llvm::PowerOf2Ceil(type.getNumElements())), fewest);
}

llvm::SmallVector<int> first_lanes(unsigned count, unsigned of) {
  llvm::SmallVector<int> lanes(count, llvm::PoisonMaskElem);
  for (unsigned i = 0; i < std::min(count, of); ++i) lanes[i] = static_cast<int>(i);
  return lanes;
}

bool widen(llvm::CallInst& call) {
  auto* type = llvm::dyn_cast<llvm::FixedVectorType>(call.getType());
  if (type == nullptr) return false;
  const unsigned lanes = type->getNumElements(), wide = selectable_lanes(*type);
  if (wide == lanes) return false;
  llvm::IRBuilder<> builder(&call);
  auto* operand = builder.CreateShuffleVector(call.getArgOperand(0), first_lanes(wide, lanes));
  auto* result = builder.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, operand);
  call.replaceAllUsesWith(builder.CreateShuffleVector(result, first_lanes(lanes, lanes)));
  call.eraseFromParent();
  return true;
}

}  // namespace

llvm::PreservedAnalyses WidenCanonicalizePass::run(llvm::Module& module, llvm::ModuleAnalysisManager&) {
  bool changed = false;
  for (llvm::Function& function : llvm::make_early_inc_range(module)) {
    if (function.getIntrinsicID() != llvm::Intrinsic::canonicalize) continue;
    for (llvm::User* user : llvm::make_early_inc_range(function.users())) {
      changed |= widen(*llvm::cast<llvm::CallInst>(user));
    }
  }
  return changed ? llvm::PreservedAnalyses::none() : llvm::PreservedAnalyses::all();
}

}  // namespace tenon::compiler
