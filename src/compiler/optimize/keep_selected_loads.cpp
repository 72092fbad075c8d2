// A `select` of a loaded value becomes a conditional move, which takes the value from
// memory by itself. Where LLVM then likes a branch better, the load goes behind it, a
// volatile one as well (docs/llvm.md): the load is no longer made where
// the other value is chosen, and its trap is lost, which --strict promises to keep.
// So such a value goes through a copy, which a conditional move cannot take in.
#include "compiler/optimize/pipeline.hpp"
#include "compiler/optimize/unseen_copy.hpp"

namespace tenon::compiler {

namespace {

// What instruction selection sees through.
bool is_transparent(const llvm::User& user) { return llvm::isa<llvm::FreezeInst, llvm::CastInst>(user); }

bool is_selected(const llvm::Instruction& load) {
  const llvm::Value* value = &load;
  while (value->hasOneUse() && is_transparent(*value->user_back())) value = value->user_back();
  return llvm::any_of(value->users(),
                      [](const llvm::User* user) { return llvm::isa<llvm::SelectInst>(user); });
}

// There are conditional moves of 16 bits, too, but not on every machine copies.
void hide_load(llvm::LoadInst& load) {
  if (fits_a_register(*load.getType())) return hide(load);
  llvm::IRBuilder<> builder(load.getNextNode());
  auto* wide = llvm::cast<llvm::Instruction>(builder.CreateZExt(&load, builder.getInt32Ty()));
  auto* narrow = builder.CreateTrunc(wide, load.getType());
  load.replaceUsesWithIf(narrow, [&](const llvm::Use& use) { return use.getUser() != wide; });
  hide(*wide);
}

bool is_number(const llvm::Type& type) {
  return fits_a_register(type) || type.isIntegerTy(8) || type.isIntegerTy(16);
}

}  // namespace

llvm::PreservedAnalyses KeepSelectedLoadsPass::run(llvm::Function& function, llvm::FunctionAnalysisManager&) {
  llvm::SmallVector<llvm::LoadInst*> found;
  for (auto& instruction : llvm::instructions(function)) {
    auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
    if (load != nullptr && load->isVolatile() && is_number(*load->getType()) && is_selected(*load))
      found.push_back(load);
  }
  if (found.empty()) return llvm::PreservedAnalyses::all();
  for (auto* load : found) hide_load(*load);
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace tenon::compiler
