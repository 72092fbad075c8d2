// What ordinary calls reach where a function's body is code for tail calls.
#pragma once

#include "compiler/lower/module_lowering.hpp"

namespace tenon::compiler {

// Fills in ModuleLowering::function(function).
void make_tail_wrapper(ModuleLowering& module, std::uint32_t function);

}  // namespace tenon::compiler
