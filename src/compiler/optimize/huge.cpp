#include "compiler/optimize/huge.hpp"

// What replaces LLVM's pipelines for a function too large for them: each step
// takes time in proportion to the function's size, and no two of its forms are
// in memory for longer than they must.
#include <llvm/CodeGen/CodeGenTargetMachineImpl.h>
#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/MachineModuleInfo.h>
#include <llvm/CodeGen/Passes.h>
#include <llvm/CodeGen/TargetPassConfig.h>

#include <malloc.h>

#include "base/error.hpp"
#include "compiler/optimize/pipeline.hpp"
#include "compiler/optimize/quiet_nan.hpp"

// jemalloc's, where the program is linked with it.
extern "C" [[gnu::weak]] int mallctl(const char* name, void* old, std::size_t* old_size, void* wanted,
                                     std::size_t size);

namespace tenon::compiler {

namespace {

// What a step needed, to the system: its pages are of no use to the next step,
// which allocates in other sizes.
void return_freed_memory() {
  if (mallctl != nullptr) {
    mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // 4096 stands for all arenas
  } else {
    malloc_trim(0);
  }
}

// Machine instructions have taken the place of a function's instructions, of
// which only blocks and stack slots are still looked at, by their address.
class ForgetInstructions : public llvm::MachineFunctionPass {
 public:
  static char ID;
  ForgetInstructions() : llvm::MachineFunctionPass(ID) {}

  bool runOnMachineFunction(llvm::MachineFunction& machine_function) override {
    auto& function = machine_function.getFunction();
    for (auto& instruction : llvm::instructions(function)) {
      if (!llvm::isa<llvm::AllocaInst>(instruction)) instruction.dropAllReferences();
    }
    for (auto& block : function) {
      for (auto& instruction : llvm::make_early_inc_range(block)) {
        if (llvm::isa<llvm::AllocaInst>(instruction)) continue;
        instruction.eraseFromParent();
      }
      llvm::IRBuilder<>(&block).CreateUnreachable();  // a block ends in something
    }
    return_freed_memory();
    return true;
  }
};
char ForgetInstructions::ID = 0;

}  // namespace

// Locals stay stack slots: values in registers from block to block would be
// spilled at each one's end.
void optimize_huge(llvm::Module& module, llvm::TargetMachine& machine, const MarkedMemories& marked) {
  Pipeline pipeline(machine, {}, nullptr, !marked.bases.empty());
  llvm::FunctionPassManager functions;
  functions.addPass(QuietNanPass());
  functions.addPass(llvm::EarlyCSEPass());
  functions.addPass(llvm::SimplifyCFGPass());
  functions.addPass(MarkCardsPass(marked));
  functions.addPass(KeepSelectedLoadsPass());
  llvm::ModulePassManager passes;
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(functions)));
  passes.addPass(WidenCanonicalizePass());
  pipeline.run(passes, module);
  return_freed_memory();
}

// As addPassesToEmitFile does, but for what is said here.
std::expected<base::Bytes, Error> generate_huge(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream out(buffer);
  auto& target = static_cast<llvm::CodeGenTargetMachineImpl&>(machine);
  llvm::legacy::PassManager passes;
  passes.add(new llvm::TargetLibraryInfoWrapperPass(no_library(machine.getTargetTriple())));
  auto* config = target.createPassConfig(passes);
  auto* info = new llvm::MachineModuleInfoWrapperPass(&target);
  passes.add(config);
  passes.add(info);
  split_blocks_before_selection(*config, module);
  bool failed = config->addISelPasses();
  // The selector that looks at whole blocks needs a quarter fewer instructions.
  machine.setFastISel(false);
  passes.add(new ForgetInstructions);
  if (!failed) config->addMachinePasses();
  config->setInitialized();
  failed = failed || target.addAsmPrinter(passes, out, nullptr, llvm::CodeGenFileType::ObjectFile,
                                          info->getMMI().getContext());
  if (failed) {
    return base::fail(Phase::compile, ErrorCode::internal, "this LLVM target cannot write object files");
  }
  passes.add(llvm::createFreeMachineFunctionPass());
  passes.run(module);
  return base::Bytes(buffer.begin(), buffer.end());
}

}  // namespace tenon::compiler
