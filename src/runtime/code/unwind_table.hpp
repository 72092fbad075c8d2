// The unwind tables of an artifact: for a call that guest code has made, where
// its exceptions are handled, and what the registers of the frame above are.
//
// Reads .eh_frame_hdr, .eh_frame and .gcc_except_table (Linux Standard Base,
// "Exception Frames"; DWARF 5, section 6.4; Itanium C++ ABI, "Exception Handling
// Tables") as LLVM writes them, and no further: what it does not know ends the
// walk. An own reader, since the C++ runtime's takes locks and asks for every
// frame which object it belongs to; and a host need not have one.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "runtime/code/elf_mapping.hpp"
#include "runtime/machine/frame.hpp"

namespace tenon::runtime {

class UnwindTable {
 public:
  UnwindTable() = default;
  // `mapping` must outlive the table.
  explicit UnwindTable(const ElfMapping& mapping);

  struct Frame {
    std::uint64_t landing_pad = 0;  // 0: this call has no handler here
    std::uint64_t landing_sp = 0;
    FrameRegisters caller{};
  };
  // `at` is where the frame goes on after a call. Nullopt where the artifact
  // has no table for it. Reads the stack.
  [[nodiscard]] std::optional<Frame> look_up(const FrameRegisters& at) const;

 private:
  struct Function;
  [[nodiscard]] std::optional<std::uint64_t> find_description(std::uint64_t pc) const;
  [[nodiscard]] std::optional<Function> read_description(std::uint64_t address) const;
  [[nodiscard]] bool read_common(std::uint64_t address, Function& out) const;
  [[nodiscard]] std::uint64_t find_landing_pad(const Function& function, std::uint64_t pc) const;
  [[nodiscard]] base::ByteView bytes_at(std::uint64_t address) const;

  const ElfMapping* mapping_ = nullptr;
  std::uint64_t header_ = 0;       // address of .eh_frame_hdr
  base::ByteView sorted_entries_;  // pairs of int32_t: function and description, relative to the header
};

}  // namespace tenon::runtime
