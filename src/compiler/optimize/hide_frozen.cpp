// LLVM's passes that simplify look, for each `freeze`, at the conditions of all blocks
// on the way there: one may show that the value need not be frozen. With a thousand
// loads from shared memory (lower_address.cpp, settle_race) between as many conditions
// that is n^2. So where there are very many, each is a copy instead, of which LLVM
// knows nothing: it settles the value as well, and is simplified less.
#include "compiler/optimize/pipeline.hpp"
#include "compiler/optimize/unseen_copy.hpp"

namespace tenon::compiler {

namespace {

constexpr std::uint64_t kMany = 1'000'000;  // pairs of a frozen value and a block

bool is_narrow(const llvm::Type& type) { return type.isIntegerTy() && type.getIntegerBitWidth() < 32; }

// What v128.load8x8_s and its like load.
bool is_half_vector(const llvm::Type& type) {
  return type.isVectorTy() && type.getPrimitiveSizeInBits() == 64;
}

bool can_be_hidden(const llvm::Type& type) {
  return is_narrow(type) || is_half_vector(type) || fits_a_register(type) || fits_a_vector_register(type);
}

void hide(llvm::FreezeInst& freeze) {
  llvm::IRBuilder<> builder(&freeze);
  llvm::Value* value = freeze.getOperand(0);
  llvm::Type* type = value->getType();
  if (is_narrow(*type)) value = builder.CreateZExt(value, builder.getInt32Ty());
  if (is_half_vector(*type)) value = builder.CreateBitCast(value, builder.getInt64Ty());
  value = unseen_copy(*value, freeze);
  if (is_narrow(*type)) value = builder.CreateTrunc(value, type);
  freeze.replaceAllUsesWith(builder.CreateBitCast(value, type));
  freeze.eraseFromParent();
}

}  // namespace

llvm::PreservedAnalyses HideFrozenPass::run(llvm::Function& function, llvm::FunctionAnalysisManager&) {
  llvm::SmallVector<llvm::FreezeInst*> found;
  for (auto& instruction : llvm::instructions(function)) {
    auto* freeze = llvm::dyn_cast<llvm::FreezeInst>(&instruction);
    if (freeze != nullptr && can_be_hidden(*freeze->getType())) found.push_back(freeze);
  }
  if (found.size() * function.size() <= kMany) return llvm::PreservedAnalyses::all();
  for (auto* freeze : found) hide(*freeze);
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace tenon::compiler
