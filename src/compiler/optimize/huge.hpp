// Optimising and code generation for a function that is too large for LLVM's own ways.
#pragma once

#include <expected>

#include <tenon/error.hpp>

#include "base/bytes.hpp"
#include "compiler/llvm.hpp"
#include "compiler/optimize/mark_cards.hpp"

namespace tenon::compiler {

// What optimize.hpp does, for a function too large for that; objects only.
void optimize_huge(llvm::Module& module, llvm::TargetMachine& machine, const MarkedMemories& marked);
[[nodiscard]] std::expected<base::Bytes, Error> generate_huge(llvm::Module& module,
                                                              llvm::TargetMachine& machine);

}  // namespace tenon::compiler
