#include "compiler/machine/target.hpp"

#include <llvm/Support/CommandLine.h>

#include <algorithm>
#include <mutex>

#include "artifact/machine/cpu_features.hpp"
#include "base/error.hpp"

namespace tenon::compiler {

namespace {

constexpr char kDefaultTriple[] = "x86_64-unknown-linux-gnu";
constexpr char kDefaultCpu[] = "x86-64-v2";

// Arguments on the stack are stored into the frame, which the prologue has made
// and probed, rather than pushed. LLVM pushes by a pass that makes a copy of each
// 32-bit value, and takes n^2 steps to be rid of n copies of one value. There is no
// other switch than this option, which is the process's.
void push_no_arguments() {
  auto& options = llvm::cl::getRegisteredOptions();
  const auto option = options.find("no-x86-call-frame-opt");
  if (option != options.end()) static_cast<llvm::cl::opt<bool>*>(option->second)->setValue(true);
}

void initialize_targets() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    push_no_arguments();
  });
}

llvm::CodeGenOptLevel codegen_level(unsigned level) {
  switch (level) {
    case 0: return llvm::CodeGenOptLevel::None;
    case 1: return llvm::CodeGenOptLevel::Less;
    case 2: return llvm::CodeGenOptLevel::Default;
    default: return llvm::CodeGenOptLevel::Aggressive;
  }
}

// LLVM's names for what makes code faster and asks nothing of the processor,
// and for what every processor of x86-64-v2 has.
bool is_tuning(llvm::StringRef feature) {
  constexpr llvm::StringRef kPrefixes[] = {"fast",    "slow",  "false-deps-", "prefer-", "no-bypass-",
                                           "tuning-", "idivl", "idivq",       "use-",    "lea-"};
  constexpr llvm::StringRef kNames[] = {
      "64bit-mode", "allow-light-256-bit", "branchfusion",     "ermsb",     "fsrm", "macrofusion",
      "nopl",       "pad-short-functions", "sbb-dep-breaking", "vzeroupper"};
  return std::ranges::any_of(kPrefixes,
                             [&](llvm::StringRef prefix) { return feature.starts_with(prefix); }) ||
         std::ranges::find(kNames, feature) != std::end(kNames);
}

// Safety: the loader refuses an artifact whose note names a feature that the
// machine lacks, so that code may use only what the note can name. What LLVM
// knows of a CPU beyond that is switched off: "-egpr,-ccmp".
std::string without_unknown_features(const llvm::MCSubtargetInfo& subtarget) {
  std::string features;
  for (const auto& feature : subtarget.getEnabledProcessorFeatures()) {
    const llvm::StringRef name = feature.Key;
    const bool is_known = std::ranges::any_of(artifact::known_cpu_features(), [&](std::string_view known) {
      return name == llvm::StringRef(known);
    });
    if (is_known || is_tuning(name)) continue;
    features += (features.empty() ? "-" : ",-") + name.str();
  }
  return features;
}

}  // namespace

std::string_view default_target() { return kDefaultTriple; }
std::string_view cpus_to_choose_from() {
  return "x86-64-v2 (default), x86-64-v3, native, or a name LLVM knows";
}

bool is_level(llvm::StringRef cpu) { return cpu.starts_with("x86-64"); }

std::expected<std::unique_ptr<llvm::TargetMachine>, Error> make_target_machine(
    const CompileOptions& options) {
  initialize_targets();
  const llvm::Triple triple(options.target_triple.empty() ? kDefaultTriple : options.target_triple);
  if (triple.getArch() != llvm::Triple::x86_64 || !triple.isOSLinux()) {
    return base::fail(Phase::compile, ErrorCode::unsupported,
                      "target \"" + triple.str() + "\" is not supported; use " + kDefaultTriple);
  }
  std::string message;
  const auto* target = llvm::TargetRegistry::lookupTarget(triple, message);
  if (target == nullptr) return base::fail(Phase::compile, ErrorCode::unsupported, message);
  const std::string chosen = options.cpu.empty() ? kDefaultCpu : options.cpu;
  const std::string cpu = chosen == "native" ? llvm::sys::getHostCPUName().str() : chosen;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(target->createMCSubtargetInfo(triple, "", ""));
  if (subtarget == nullptr || !subtarget->isCPUStringValid(cpu)) {
    return base::fail(
        Phase::compile, ErrorCode::invalid_argument,
        "unknown CPU \"" + cpu + "\"; use x86-64-v2, x86-64-v3, x86-64-v4, native or a name that LLVM knows");
  }
  subtarget.reset(target->createMCSubtargetInfo(triple, cpu, ""));
  llvm::TargetOptions target_options;
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, cpu, without_unknown_features(*subtarget), target_options, llvm::Reloc::PIC_,
      llvm::CodeModel::Small, codegen_level(options.optimization_level)));
  // Rounding operators are instructions from SSE4.1 on and library calls before,
  // and an artifact has no library to call.
  if (!machine->getMCSubtargetInfo()->checkFeatures("+sse4.1")) {
    return base::fail(Phase::compile, ErrorCode::unsupported,
                      "CPU \"" + cpu + "\" is older than x86-64-v2, the least that Tenon compiles for");
  }
  return machine;
}

}  // namespace tenon::compiler
