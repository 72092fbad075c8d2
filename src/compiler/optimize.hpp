// From lowered IR to optimised IR, and from that to machine code or text.
#pragma once

#include "compiler/compiler.hpp"
#include "compiler/llvm.hpp"
#include "compiler/work_budget.hpp"

namespace tenon::compiler {

struct QuietNanPass : llvm::PassInfoMixin<QuietNanPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager&);
  static bool isRequired() { return true; }  // at -O0 too
};

// A constant with its signalling NaNs made quiet, for the operands of
// arithmetic: the builder folds c * 1 to c before any pass sees it.
[[nodiscard]] llvm::Value* quiet_constant(llvm::Value* value, const llvm::DataLayout& layout);

[[nodiscard]] std::expected<std::unique_ptr<llvm::TargetMachine>, Error> make_target_machine(
    const CompileOptions& options);

void optimize(llvm::Module& module, llvm::TargetMachine& machine, unsigned level, bool is_shard,
              WorkBudget& budget);
// The same for a function too large for that; objects only (huge.cpp).
void optimize_huge(llvm::Module& module, llvm::TargetMachine& machine);
[[nodiscard]] std::expected<base::Bytes, Error> generate_huge(llvm::Module& module,
                                                              llvm::TargetMachine& machine);

[[nodiscard]] std::expected<base::Bytes, Error> generate(llvm::Module& module, llvm::TargetMachine& machine,
                                                         Emit emit);

// ELF relocatable objects to a hermetic shared object, with lld.
[[nodiscard]] std::expected<base::Bytes, Error> link_shared_object(const std::vector<base::Bytes>& objects);

}  // namespace tenon::compiler
