// Registers of x86-64 as a frame of guest code leaves them (System V ABI, "Register
// Usage"; numbers of DWARF as in its "DWARF Register Number Mapping").
#pragma once

#include <cstdint>

namespace tenon::runtime::machine {

// What a function must give back to its caller as it found it: rbx, rbp, r12 to r15.
inline constexpr std::uint8_t kSavedRegisters[] = {3, 6, 12, 13, 14, 15};
inline constexpr std::uint8_t kStackPointer = 7;
inline constexpr std::uint8_t kReturnAddress = 16;

}  // namespace tenon::runtime::machine
