// The specification's fmin and fmax, for scalars and vectors alike.
#pragma once

#include "compiler/llvm.hpp"

namespace tenon::compiler {

[[nodiscard]] llvm::Value* float_minimum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right);
[[nodiscard]] llvm::Value* float_maximum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right);

}  // namespace tenon::compiler
