#include "compiler/optimize/optimize.hpp"

#include <llvm/CodeGen/CodeGenTargetMachineImpl.h>
#include <llvm/CodeGen/MachineModuleInfo.h>
#include <llvm/CodeGen/Passes.h>
#include <llvm/CodeGen/TargetPassConfig.h>

#include "base/error.hpp"
#include "compiler/optimize/loop_chains.hpp"
#include "compiler/optimize/pipeline.hpp"
#include "compiler/optimize/quiet_nan.hpp"

namespace tenon::compiler {

namespace {

// Twice LLVM's: compilers to WebAssembly inline sparingly, to keep the download
// small, which is of no concern once the code is native.
constexpr int kInlineThreshold = 500;
// Of a large module: there what is inlined costs the compiler most, and gives
// least, since large modules come from compilers that inline themselves.
constexpr int kInlineThresholdOfShards = 100;

// Into LLVM's own lists.
void keep_from_products(llvm::PassBuilder& builder) {
  builder.registerPeepholeEPCallback([](llvm::FunctionPassManager& passes, llvm::OptimizationLevel) {
    passes.addPass(HideFrozenPass());  // which inlining brought
    passes.addPass(HideConditionsPass());
    passes.addPass(HideChainsPass());
    passes.addPass(BreakLoopChainsPass());
  });
  builder.registerVectorizerStartEPCallback([](llvm::FunctionPassManager& passes, llvm::OptimizationLevel) {
    passes.addPass(BreakLoopChainsPass());
  });
}

// What comes before anything simplifies.
llvm::FunctionPassManager first_passes() {
  llvm::FunctionPassManager first;
  first.addPass(llvm::PromotePass());
  first.addPass(QuietNanPass());
  first.addPass(HideFrozenPass());
  first.addPass(HideConditionsPass());
  first.addPass(HideChainsPass());
  return first;
}

// What keeps the back end from losing traps, and its own passes over IR from taking
// steps out of proportion.
llvm::FunctionPassManager for_the_back_end() {
  llvm::FunctionPassManager passes;
  passes.addPass(BreakLoopChainsPass());  // it asks scalar evolution, too
  passes.addPass(HideExtensionsPass());
  passes.addPass(KeepSelectedLoadsPass());
  return passes;
}

}  // namespace

void optimize(llvm::Module& module, llvm::TargetMachine& machine, unsigned level, bool is_shard,
              const MarkedMemories& marked, WorkBudget& budget) {
  llvm::PipelineTuningOptions tuning;
  if (level >= 3) tuning.InlinerThreshold = kInlineThreshold;
  Pipeline pipeline(machine, tuning, &budget, !marked.bases.empty());
  keep_from_products(pipeline.builder());
  llvm::ModulePassManager passes;
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(first_passes()));
  switch (level) {
    case 0: passes.addPass(pipeline.builder().buildO0DefaultPipeline(llvm::OptimizationLevel::O0)); break;
    case 1:
      passes.addPass(pipeline.builder().buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O1));
      break;
    case 2: passes.addPass(optimizing_passes(is_shard ? kInlineThresholdOfShards : kInlineThreshold)); break;
    default: passes.addPass(pipeline.builder().buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3));
  }
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(MarkCardsPass(marked)));
  if (level >= 2) passes.addPass(llvm::createModuleToFunctionPassAdaptor(AlignLoopsPass()));
  if (level >= 1) passes.addPass(llvm::createModuleToFunctionPassAdaptor(for_the_back_end()));
  passes.addPass(WidenCanonicalizePass());
  pipeline.run(passes, module);
}

namespace {

// As addPassesToEmitFile does, with blocks split before instructions are selected.
bool add_passes_to_emit(llvm::legacy::PassManager& passes, llvm::Module& module, llvm::TargetMachine& machine,
                        llvm::raw_pwrite_stream& out, llvm::CodeGenFileType kind) {
  auto& target = static_cast<llvm::CodeGenTargetMachineImpl&>(machine);
  passes.add(new llvm::TargetLibraryInfoWrapperPass(no_library(machine.getTargetTriple())));
  auto* config = target.createPassConfig(passes);
  auto* info = new llvm::MachineModuleInfoWrapperPass(&target);
  passes.add(config);
  passes.add(info);
  split_blocks_before_selection(*config, module);
  if (config->addISelPasses()) return false;
  config->addMachinePasses();
  config->setInitialized();
  if (target.addAsmPrinter(passes, out, nullptr, kind, info->getMMI().getContext())) return false;
  passes.add(llvm::createFreeMachineFunctionPass());
  return true;
}

}  // namespace

std::expected<base::Bytes, Error> generate(llvm::Module& module, llvm::TargetMachine& machine, Emit emit) {
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream out(buffer);
  if (emit == Emit::llvm_ir) {
    module.print(out, nullptr);
  } else {
    const auto kind =
        emit == Emit::assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile;
    llvm::legacy::PassManager passes;
    if (!add_passes_to_emit(passes, module, machine, out, kind)) {
      return base::fail(Phase::compile, ErrorCode::internal, "this LLVM target cannot write object files");
    }
    passes.run(module);
  }
  return base::Bytes(buffer.begin(), buffer.end());
}

}  // namespace tenon::compiler
