#include "compiler/optimize.hpp"

#include "base/error.hpp"
#include "compiler/pipeline.hpp"

namespace tenon::compiler {

namespace {

// Twice LLVM's: compilers to WebAssembly inline sparingly, to keep the download
// small, which is of no concern once the code is native.
constexpr int kInlineThreshold = 500;
// Of a large module: there what is inlined costs the compiler most, and gives
// least, since large modules come from compilers that inline themselves.
constexpr int kInlineThresholdOfShards = 100;

// What comes before anything simplifies.
llvm::FunctionPassManager first_passes() {
  llvm::FunctionPassManager first;
  first.addPass(llvm::PromotePass());
  first.addPass(QuietNanPass());
  return first;
}

}  // namespace

void optimize(llvm::Module& module, llvm::TargetMachine& machine, unsigned level, bool is_shard) {
  llvm::PipelineTuningOptions tuning;
  if (level >= 3) tuning.InlinerThreshold = kInlineThreshold;
  Pipeline pipeline(machine, tuning);
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
  if (level >= 2) passes.addPass(llvm::createModuleToFunctionPassAdaptor(AlignLoopsPass()));
  passes.addPass(WidenCanonicalizePass());
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
