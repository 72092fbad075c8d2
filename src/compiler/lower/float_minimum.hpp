// The specification's fmin and fmax, for scalars and vectors alike.
#pragma once

#include "compiler/llvm.hpp"

namespace tenon::compiler {

// `with_machine`: by its instructions for vectors, where it has some.
[[nodiscard]] llvm::Value* float_minimum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right,
                                         bool with_machine = false);
[[nodiscard]] llvm::Value* float_maximum(llvm::IRBuilder<>& builder, llvm::Value* left, llvm::Value* right,
                                         bool with_machine = false);
// x < y ? x : y and x > y ? x : y, which is y where one is a NaN or both are
// zeros: one instruction.
[[nodiscard]] llvm::Value* lesser_or_second(llvm::IRBuilder<>& builder, llvm::Value* x, llvm::Value* y,
                                            bool with_machine);
[[nodiscard]] llvm::Value* greater_or_second(llvm::IRBuilder<>& builder, llvm::Value* x, llvm::Value* y,
                                             bool with_machine);

}  // namespace tenon::compiler
