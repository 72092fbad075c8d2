// Arithmetic makes a signalling NaN quiet (specification, section 4.3.3); LLVM folds
// some of it away as if it did not.
#pragma once

#include "compiler/llvm.hpp"

namespace tenon::compiler {

struct QuietNanPass : llvm::PassInfoMixin<QuietNanPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager&);
  static bool isRequired() { return true; }  // at -O0 too
};

// A constant with its signalling NaNs made quiet, for the operands of
// arithmetic: the builder folds c * 1 to c before any pass sees it.
[[nodiscard]] llvm::Value* quiet_constant(llvm::Value* value, const llvm::DataLayout& layout);

}  // namespace tenon::compiler
