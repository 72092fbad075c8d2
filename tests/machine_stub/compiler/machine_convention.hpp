// What LLVM's calling conventions give values on aarch64 (AAPCS64, section 6.8).
#pragma once

namespace tenon::compiler::machine {

// That tailcc passes arguments in: x0 to x7 but for what it keeps to itself; v0 to v7.
inline constexpr unsigned kTailIntegerRegisters = 6, kTailVectorRegisters = 8;
// That swiftcc returns floats and vectors in.
inline constexpr unsigned kResultVectorRegisters = 4;

inline constexpr char kStackPointer[] = "sp";
inline constexpr char kVectorConstraint[] = "=w,0";

}  // namespace tenon::compiler::machine
