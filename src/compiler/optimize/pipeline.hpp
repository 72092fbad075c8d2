// LLVM's passes over IR, with what they need.
#pragma once

#include "compiler/llvm.hpp"
#include "compiler/optimize/mark_cards.hpp"
#include "compiler/optimize/work_budget.hpp"

namespace llvm {
class TargetPassConfig;
}

namespace tenon::compiler {

// The artifact is hermetic: LLVM may assume no library function exists.
inline llvm::TargetLibraryInfoImpl no_library(const llvm::Triple& triple) {
  llvm::TargetLibraryInfoImpl library(triple);
  library.disableAllFunctions();
  return library;
}

// What -O2 does with a module (passes.cpp).
[[nodiscard]] llvm::ModulePassManager optimizing_passes(int inline_threshold);

// Innermost loops start at a cache line (align_loops.cpp).
struct AlignLoopsPass : llvm::PassInfoMixin<AlignLoopsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// No volatile load that a select could take in, and lose (keep_selected_loads.cpp).
struct KeepSelectedLoadsPass : llvm::PassInfoMixin<KeepSelectedLoadsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }  // --strict promises it
};

// No extended number with very many uses (hide_extensions.cpp).
struct HideExtensionsPass : llvm::PassInfoMixin<HideExtensionsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// Not very many frozen values between very many conditions (hide_frozen.cpp).
struct HideFrozenPass : llvm::PassInfoMixin<HideFrozenPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() {
    return true;
  }  // what comes behind it takes the longer, the less is left of the budget
};

// No value on which there are very many conditions (hide_conditions.cpp).
struct HideConditionsPass : llvm::PassInfoMixin<HideConditionsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }  // as above
};

// No very long chain of bitwise operations (hide_chains.cpp).
struct HideChainsPass : llvm::PassInfoMixin<HideChainsPass> {
  static llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }  // as above
};

// Gives llvm.canonicalize types that the back end can select (widen_canonicalize.cpp).
struct WidenCanonicalizePass : llvm::PassInfoMixin<WidenCanonicalizePass> {
  static llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager&);
  static bool isRequired() { return true; }  // at -O0 too
};

// No basic block of more than some instructions (split_blocks.cpp).
void split_blocks(llvm::Function& function);
// The same for all that instruction selection sees, behind the last pass that joins blocks.
void split_blocks_before_selection(llvm::TargetPassConfig& config, llvm::Module& module);

// The analyses that passes ask for, wired together.
class Pipeline {
 public:
  // Without a budget nothing is counted. `keeps_parameters`: no pass takes any from a function.
  Pipeline(llvm::TargetMachine& machine, const llvm::PipelineTuningOptions& tuning, WorkBudget* budget,
           bool keeps_parameters)
      : library_(no_library(machine.getTargetTriple())),
        builder_(&machine, tuning, std::nullopt, &callbacks_) {
    if (keeps_parameters) {
      callbacks_.registerShouldRunOptionalPassCallback(
          [](llvm::StringRef pass, const llvm::Any&) { return !changes_parameters(pass); });
    }
    if (budget != nullptr) {
      budget->watch(callbacks_);
      register_inline_advisor(modules_, functions_, *budget);
    }
    functions_.registerPass([&] { return llvm::TargetLibraryAnalysis(library_); });
    builder_.registerModuleAnalyses(modules_);
    builder_.registerCGSCCAnalyses(components_);
    builder_.registerFunctionAnalyses(functions_);
    builder_.registerLoopAnalyses(loops_);
    builder_.crossRegisterProxies(loops_, functions_, components_, modules_);
  }

  llvm::PassBuilder& builder() { return builder_; }
  void run(llvm::ModulePassManager& passes, llvm::Module& module) { passes.run(module, modules_); }

 private:
  llvm::TargetLibraryInfoImpl library_;
  llvm::PassInstrumentationCallbacks callbacks_;
  llvm::PassBuilder builder_;
  llvm::LoopAnalysisManager loops_;
  llvm::FunctionAnalysisManager functions_;
  llvm::CGSCCAnalysisManager components_;
  llvm::ModuleAnalysisManager modules_;
};

}  // namespace tenon::compiler
