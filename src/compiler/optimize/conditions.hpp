// The conditions of a function's branches, by the values that they tell something of.
#pragma once

#include <llvm/ADT/MapVector.h>

#include "compiler/llvm.hpp"

namespace tenon::compiler {

// For each value the operands by which conditions look at it, one for each branch.
using Conditions = llvm::MapVector<llvm::Value*, llvm::SmallVector<llvm::Use*, 2>>;

[[nodiscard]] Conditions conditions_of(llvm::Function& function);

}  // namespace tenon::compiler
