// The specification's fmin and fmax, for scalars and vectors alike.
#pragma once

#include "compiler/llvm.hpp"

namespace tenon::compiler {

[[nodiscard]] llvm::Value* float_minimum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right);
[[nodiscard]] llvm::Value* float_maximum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right);
// x < y ? x : y and x > y ? x : y, which is y where one is a NaN or both are
// zeros: one instruction.
[[nodiscard]] llvm::Value* lesser_or_second(llvm::IRBuilder<>& builder, llvm::Value* x, llvm::Value* y);
[[nodiscard]] llvm::Value* greater_or_second(llvm::IRBuilder<>& builder, llvm::Value* x, llvm::Value* y);

}  // namespace tenon::compiler
