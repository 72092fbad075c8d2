// aarch64 as LLVM has it, with nothing chosen and nothing checked.
#include "compiler/machine/target.hpp"

#include <mutex>

#include "base/error.hpp"

namespace tenon::compiler {

std::string_view default_target() { return "aarch64-unknown-linux-gnu"; }
std::string_view cpus_to_choose_from() { return "generic (default)"; }

bool is_level(llvm::StringRef cpu) { return cpu == "generic"; }

std::expected<std::unique_ptr<llvm::TargetMachine>, Error> make_target_machine(
    const CompileOptions& options) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
  });
  const llvm::Triple triple{llvm::StringRef(default_target())};
  std::string message;
  const auto* target = llvm::TargetRegistry::lookupTarget(triple, message);
  if (target == nullptr) return base::fail(Phase::compile, ErrorCode::unsupported, message);
  const auto level = static_cast<llvm::CodeGenOptLevel>(options.optimization_level);
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
      triple, "generic", "", {}, llvm::Reloc::PIC_, llvm::CodeModel::Small, level));
}

}  // namespace tenon::compiler
