#include "compiler/lower/trap.hpp"

namespace tenon::compiler {

void emit_trap(llvm::IRBuilder<>& builder, TrapCode code) {
  // Memory is looked at after a trap (by the host, by other instances): to LLVM
  // this empty assembly reads it all, else it would delete a store that only
  // the path without the trap overwrites.
  auto* nothing = llvm::FunctionType::get(builder.getVoidTy(), false);
  builder.CreateCall(llvm::InlineAsm::get(nothing, "", "~{memory}", true));
  auto* trap =
      builder.CreateIntrinsic(llvm::Intrinsic::ubsantrap, {builder.getInt8(static_cast<std::uint8_t>(code))});
  trap->setDoesNotReturn();
  trap->setDoesNotThrow();
  builder.CreateUnreachable();
}

}  // namespace tenon::compiler
