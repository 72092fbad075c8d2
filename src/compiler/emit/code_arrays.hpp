// What call_indirect finds in tables that never change (constant_tables.hpp).
#pragma once

#include "compiler/lower/module_lowering.hpp"

namespace tenon::compiler {

// Of a module that is whole, what stands in those that were named; else in all.
// Before optimisation.
void define_code_arrays(ModuleLowering& module);
// After it: gives the code that traps its body, and puts all that the arrays
// brought with them before all other code. What has no name in a backtrace
// must not be taken for a part of the function before it.
void finish_code_arrays(llvm::Module& module);

}  // namespace tenon::compiler
