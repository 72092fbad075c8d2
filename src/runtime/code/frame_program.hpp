// Call frame instructions (DWARF 5, section 6.4.2). Run up to a place in a function, they
// say where its frame lies and where it saved registers.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "runtime/machine/frame.hpp"

namespace tenon::runtime {

class FrameProgram {
 public:
  FrameProgram(std::uint64_t code_alignment, std::int64_t data_alignment)
      : code_alignment_(code_alignment), data_alignment_(data_alignment) {}

  // Runs first the instructions that all functions share, then those of one, up to
  // `offset` bytes from its start. False on an instruction that LLVM does not write.
  [[nodiscard]] bool run_common(base::ByteView instructions);
  [[nodiscard]] bool run(base::ByteView instructions, std::uint64_t offset);

  // The registers of the caller of a frame that goes on at `at`. Reads the stack.
  [[nodiscard]] FrameRegisters caller_of(const FrameRegisters& at) const;
  // Bytes of arguments that the frame has pushed for the call it is in.
  [[nodiscard]] std::uint64_t pushed_arguments() const { return pushed_arguments_; }

 private:
  static constexpr unsigned kMostRemembered = 8;
  struct State {
    std::uint8_t base = machine::kStackPointer;  // the register that the frame's address is counted from
    std::uint64_t offset = 0;
    std::int64_t saved_at[kDwarfRegisters] = {};  // relative to the frame's address; 0: not saved
  };

  bool step(base::ByteReader& in, std::uint64_t& location);
  bool extended(std::uint8_t instruction, base::ByteReader& in, std::uint64_t& location);
  bool save(std::optional<std::uint64_t> reg, std::optional<std::int64_t> offset);
  bool restore(std::optional<std::uint64_t> reg);
  bool define_base(std::optional<std::uint64_t> reg);
  bool define_offset(std::optional<std::uint64_t> offset);
  template <typename T>
  bool advance(base::ByteReader& in, std::uint64_t& location);

  std::uint64_t code_alignment_;
  std::int64_t data_alignment_;
  std::uint64_t pushed_arguments_ = 0;
  State state_, initial_;
  State remembered_[kMostRemembered];
  unsigned remembered_count_ = 0;
};

}  // namespace tenon::runtime
