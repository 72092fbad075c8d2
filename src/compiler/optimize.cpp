#include "compiler/optimize.hpp"

#include "base/error.hpp"

namespace tenon::compiler {

namespace {

llvm::OptimizationLevel pipeline_level(unsigned level) {
  switch (level) {
    case 0: return llvm::OptimizationLevel::O0;
    case 1: return llvm::OptimizationLevel::O1;
    case 2: return llvm::OptimizationLevel::O2;
    default: return llvm::OptimizationLevel::O3;
  }
}

// The artifact is hermetic: LLVM may assume no library function exists.
llvm::TargetLibraryInfoImpl no_library(const llvm::Triple& triple) {
  llvm::TargetLibraryInfoImpl library(triple);
  library.disableAllFunctions();
  return library;
}

// The analyses that passes ask for, wired together.
class Pipeline {
 public:
  Pipeline(llvm::TargetMachine& machine, const llvm::PipelineTuningOptions& tuning)
      : library_(no_library(machine.getTargetTriple())), builder_(&machine, tuning) {
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
  llvm::PassBuilder builder_;
  llvm::LoopAnalysisManager loops_;
  llvm::FunctionAnalysisManager functions_;
  llvm::CGSCCAnalysisManager components_;
  llvm::ModuleAnalysisManager modules_;
};

// What comes before anything simplifies.
llvm::FunctionPassManager first_passes() {
  llvm::FunctionPassManager first;
  first.addPass(llvm::PromotePass());
  first.addPass(QuietNanPass());
  return first;
}

}  // namespace

void optimize(llvm::Module& module, llvm::TargetMachine& machine, unsigned level) {
  // Twice LLVM's: compilers to WebAssembly inline sparingly, to keep the download
  // small, which is of no concern once the code is native.
  llvm::PipelineTuningOptions tuning;
  if (level >= 2) tuning.InlinerThreshold = 500;
  Pipeline pipeline(machine, tuning);
  llvm::ModulePassManager passes;
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(first_passes()));
  passes.addPass(level == 0 ? pipeline.builder().buildO0DefaultPipeline(llvm::OptimizationLevel::O0)
                            : pipeline.builder().buildPerModuleDefaultPipeline(pipeline_level(level)));
  pipeline.run(passes, module);
}

void optimize_huge(llvm::Module& module, llvm::TargetMachine& machine) {
  Pipeline pipeline(machine, {});
  llvm::FunctionPassManager functions = first_passes();
  functions.addPass(llvm::EarlyCSEPass());
  functions.addPass(llvm::SimplifyCFGPass());
  llvm::ModulePassManager passes;
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(functions)));
  pipeline.run(passes, module);
}

std::expected<base::Bytes, Error> generate(llvm::Module& module, llvm::TargetMachine& machine, Emit emit) {
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream out(buffer);
  if (emit == Emit::llvm_ir) {
    module.print(out, nullptr);
  } else {
    const auto kind =
        emit == Emit::assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile;
    llvm::legacy::PassManager passes;
    passes.add(new llvm::TargetLibraryInfoWrapperPass(no_library(machine.getTargetTriple())));
    if (machine.addPassesToEmitFile(passes, out, nullptr, kind, true)) {
      return base::fail(Phase::compile, ErrorCode::internal, "this LLVM target cannot write object files");
    }
    passes.run(module);
  }
  return base::Bytes(buffer.begin(), buffer.end());
}

}  // namespace tenon::compiler
