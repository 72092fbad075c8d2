// The machine's trapping instruction, as LLVM knows it.
#pragma once

#include <tenon/error.hpp>

#include "compiler/llvm.hpp"

namespace tenon::compiler {

// Ends the builder's block with a trap.
void emit_trap(llvm::IRBuilder<>& builder, TrapCode code);

}  // namespace tenon::compiler
