// Functions of the compiler's own among the plugin's: what guest code needs in
// many places and is too much to repeat.
#pragma once

#include "compiler/lower/module_lowering.hpp"

namespace tenon::compiler {

// A new guest-convention function for the builder to fill in; the instance is
// its first parameter, before `parameters`. One for each artifact: where there
// are shards, each may define it.
[[nodiscard]] llvm::Function* create_helper(ModuleLowering& module, llvm::StringRef name, llvm::Type* result,
                                            llvm::ArrayRef<llvm::Type*> parameters);

// How code comes by a pointer that never changes: the one at `offset` behind `base`.
using LoadPointer = llvm::function_ref<llvm::Value*(llvm::Value* base, std::uint64_t offset)>;
// Calls one of artifact::Builtins, given its offset there. The builtins check the stack
// limit themselves.
llvm::CallInst* call_builtin(llvm::IRBuilder<>& builder, llvm::Value* instance, std::uint64_t offset,
                             llvm::Type* result, llvm::ArrayRef<llvm::Value*> arguments, LoadPointer load);
// With plain loads.
llvm::CallInst* call_builtin(llvm::IRBuilder<>& builder, llvm::Value* instance, std::uint64_t offset,
                             llvm::Type* result, llvm::ArrayRef<llvm::Value*> arguments);

}  // namespace tenon::compiler
