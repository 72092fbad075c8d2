// Optimising and code generation for a function that is too large for LLVM's own ways.
#pragma once

#include <expected>

#include <tenon/error.hpp>

#include "base/bytes.hpp"
#include "compiler/llvm.hpp"

namespace tenon::compiler {

// What optimize.hpp does, for a function too large for that; objects only.
void optimize_huge(llvm::Module& module, llvm::TargetMachine& machine);
[[nodiscard]] std::expected<base::Bytes, Error> generate_huge(llvm::Module& module,
                                                              llvm::TargetMachine& machine);

}  // namespace tenon::compiler
