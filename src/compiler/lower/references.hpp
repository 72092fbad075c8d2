// The slow ways to a function behind a reference: the runtime fills in records
// of functions and entries of tables when they are first asked for
// (artifact/abi.hpp), so guest code finds nothing there once and then no more.
#pragma once

#include "compiler/lower/module_lowering.hpp"

namespace tenon::compiler {

// Helper functions, one of each for a module. They leave the caller's
// integer registers alone, so that the fast way beside them is free to use them.

// i32 (instance, i32 table, i64 index): Builtins::table_element.
[[nodiscard]] llvm::Function* table_element_helper(ModuleLowering& module);
// void (instance, i32 function): Builtins::function_reference.
[[nodiscard]] llvm::Function* function_reference_helper(ModuleLowering& module);
// What a call of either needs.
void set_reference_call(llvm::CallInst& call);

}  // namespace tenon::compiler
