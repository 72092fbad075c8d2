// memory.fill and memory.copy of a few bytes, in guest code: languages call
// these for every small object, where leaving for the runtime costs more than
// the work.
#pragma once

#include "compiler/lower/module_lowering.hpp"

namespace tenon::compiler {

// Guest-convention functions, one for each module, that do a few bytes by themselves
// and leave the rest, traps too, to the builtin; both for memory 0.

//   void fill(instance, i64 to, i32 byte, i64 size)
[[nodiscard]] llvm::Function* memory_fill_helper(ModuleLowering& module);
//   void copy(instance, i64 to, i64 from, i64 size)
[[nodiscard]] llvm::Function* memory_copy_helper(ModuleLowering& module);

}  // namespace tenon::compiler
