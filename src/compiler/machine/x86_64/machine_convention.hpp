// What LLVM's calling conventions give values on x86-64.
#pragma once

namespace tenon::compiler::machine {

// That tailcc passes arguments in: rdi, rsi, rdx, rcx, r8, r9; xmm0 to xmm7.
inline constexpr unsigned kTailIntegerRegisters = 6, kTailVectorRegisters = 8;
// That swiftcc returns floats and vectors in: xmm0 to xmm3. Further ones travel on
// the x87 stack, where loading a signalling NaN quiets it.
inline constexpr unsigned kResultVectorRegisters = 4;

// LLVM's names: of the stack pointer, and, in constraints of inline assembly, of the
// registers that hold floats and vectors.
inline constexpr char kStackPointer[] = "rsp";
inline constexpr char kVectorConstraint[] = "=x,0";

}  // namespace tenon::compiler::machine
