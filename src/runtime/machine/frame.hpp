// The registers of a frame of guest code that outlive a call, on any machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

#include "machine_frame.hpp"

namespace tenon::runtime {

// What a function must give back to its caller as it found it, and where the caller
// goes on. Laid out as machine_offsets.h says.
struct FrameRegisters {
  std::uint64_t saved[std::size(machine::kSavedRegisters)];  // in that order
  std::uint64_t sp, pc;                                      // after the return
};

// By their numbers in DWARF.
inline constexpr unsigned kDwarfRegisters = machine::kReturnAddress + 1;

}  // namespace tenon::runtime
