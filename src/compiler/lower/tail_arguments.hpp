// How arguments travel in a tail call: as many as the machine has registers for
// in those, the rest through memory of the store (StoreRecord::tail_arguments).
//
// Safety: none ever lies on the stack. LLVM 22's tailcc pops another number of
// bytes than it pushed where vectors are among stack arguments, and lets a path
// around what takes stack keep what gives it back (docs/llvm.md); and what moves the return
// address is out of reach of unwinders and of the probing of frames. (Code in tailcc
// without stack arguments pops eight bytes, always: the stack's alignment.)
//
// The caller writes that memory last of all before it jumps, the callee reads it
// before anything else: nothing runs between that could write it too.
#pragma once

#include "compiler/lower/module_lowering.hpp"

namespace tenon::compiler {

class TailArguments {
 public:
  TailArguments(ModuleLowering& module, llvm::IRBuilderBase& builder, const FunctionType& type)
      : module_(module), builder_(builder), type_(type) {}

  // The caller's side: what follows instance and result slots in the call.
  [[nodiscard]] llvm::SmallVector<llvm::Value*> pass(llvm::Value* instance,
                                                     llvm::ArrayRef<llvm::Value*> arguments);
  // The callee's side: every parameter, in order.
  [[nodiscard]] llvm::SmallVector<llvm::Value*> receive(llvm::Function& code);

 private:
  [[nodiscard]] llvm::Value* buffer(llvm::Value* instance);

  ModuleLowering& module_;
  llvm::IRBuilderBase& builder_;
  const FunctionType& type_;
};

}  // namespace tenon::compiler
