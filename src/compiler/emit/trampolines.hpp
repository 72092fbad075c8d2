// Code between the two calling conventions: entries (host calls guest) and
// import thunks (guest calls host), one of each for a function type.
#pragma once

#include "compiler/lower/module_lowering.hpp"

namespace tenon::compiler {

[[nodiscard]] llvm::Function* make_entry(ModuleLowering& module, std::uint32_t type);

struct Thunks {
  llvm::Function* typed = nullptr;  // absent where the type has v128 or several results
  llvm::Function* array = nullptr;
};
[[nodiscard]] Thunks make_import_thunks(ModuleLowering& module, std::uint32_t type);

}  // namespace tenon::compiler
