#include "runtime/code/frame_program.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace tenon::runtime {
namespace {

// Instructions with an operand in their low six bits.
enum : std::uint8_t { kAdvance = 0x40, kOffset = 0x80, kRestore = 0xC0, kHighBits = 0xC0 };
// The others that LLVM writes.
enum : std::uint8_t {
  kNop = 0x00,
  kAdvance1 = 0x02,
  kAdvance2 = 0x03,
  kAdvance4 = 0x04,
  kOffsetExtended = 0x05,
  kRestoreExtended = 0x06,
  kUndefined = 0x07,
  kSameValue = 0x08,
  kRememberState = 0x0A,
  kRestoreState = 0x0B,
  kDefineFrame = 0x0C,
  kDefineFrameRegister = 0x0D,
  kDefineFrameOffset = 0x0E,
  kOffsetExtendedSigned = 0x11,
  kArgumentsSize = 0x2E,  // a GNU extension
};

constexpr std::size_t kSavedCount = std::size(machine::kSavedRegisters);
constexpr std::size_t kNotSaved = kSavedCount;

// In FrameRegisters::saved, of a register as DWARF numbers it.
std::size_t index_of(std::uint64_t reg) {
  return static_cast<std::size_t>(std::ranges::find(machine::kSavedRegisters, reg) -
                                  machine::kSavedRegisters);
}

std::uint64_t load(std::uint64_t address) {
  std::uint64_t value = 0;
  std::memcpy(&value, reinterpret_cast<const void*>(address), sizeof(value));
  return value;
}

}  // namespace

bool FrameProgram::run_common(base::ByteView instructions) {
  const bool ok = run(instructions, ~std::uint64_t{0});
  initial_ = state_;
  return ok;
}

bool FrameProgram::run(base::ByteView instructions, std::uint64_t offset) {
  base::ByteReader in(instructions);
  std::uint64_t location = 0;
  while (!in.at_end()) {
    if (!step(in, location)) return false;
    if (location > offset) return true;  // what follows holds for later places
  }
  return true;
}

bool FrameProgram::step(base::ByteReader& in, std::uint64_t& location) {
  const std::uint8_t instruction = *in.u8();
  const std::uint8_t operand = instruction & ~kHighBits;
  switch (instruction & kHighBits) {
    case kAdvance: location += operand * code_alignment_; return true;
    case kOffset: {
      const auto factored = in.leb_u64();
      return factored && save(operand, static_cast<std::int64_t>(*factored));
    }
    case kRestore: return restore(operand);
    default: return extended(instruction, in, location);
  }
}

bool FrameProgram::extended(std::uint8_t instruction, base::ByteReader& in, std::uint64_t& location) {
  switch (instruction) {
    case kNop: return true;
    case kAdvance1: return advance<std::uint8_t>(in, location);
    case kAdvance2: return advance<std::uint16_t>(in, location);
    case kAdvance4: return advance<std::uint32_t>(in, location);
    case kOffsetExtended: {
      const auto reg = in.leb_u64();
      const auto factored = in.leb_u64();
      return factored && save(reg, static_cast<std::int64_t>(*factored));
    }
    case kOffsetExtendedSigned: {
      const auto reg = in.leb_u64();
      return save(reg, in.leb_s64());
    }
    case kRestoreExtended: return restore(in.leb_u64());
    case kUndefined:
    case kSameValue: return in.leb_u64().has_value();
    case kRememberState:
      if (remembered_count_ == kMostRemembered) return false;
      remembered_[remembered_count_++] = state_;
      return true;
    case kRestoreState:
      if (remembered_count_ == 0) return false;
      state_ = remembered_[--remembered_count_];
      return true;
    case kDefineFrame: {
      const auto reg = in.leb_u64();
      return define_base(reg) && define_offset(in.leb_u64());
    }
    case kDefineFrameRegister: return define_base(in.leb_u64());
    case kDefineFrameOffset: return define_offset(in.leb_u64());
    case kArgumentsSize: {
      const auto size = in.leb_u64();
      pushed_arguments_ = size.value_or(0);
      return size.has_value();
    }
    default: return false;
  }
}

template <typename T>
bool FrameProgram::advance(base::ByteReader& in, std::uint64_t& location) {
  const auto distance = in.fixed<T>();
  location += distance.value_or(0) * code_alignment_;
  return distance.has_value();
}

bool FrameProgram::save(std::optional<std::uint64_t> reg, std::optional<std::int64_t> offset) {
  if (!reg || !offset || *reg >= kDwarfRegisters) return false;
  state_.saved_at[*reg] = *offset * data_alignment_;
  return true;
}

bool FrameProgram::restore(std::optional<std::uint64_t> reg) {
  if (!reg || *reg >= kDwarfRegisters) return false;
  state_.saved_at[*reg] = initial_.saved_at[*reg];
  return true;
}

bool FrameProgram::define_base(std::optional<std::uint64_t> reg) {
  if (!reg || (*reg != machine::kStackPointer && index_of(*reg) == kNotSaved)) return false;
  state_.base = static_cast<std::uint8_t>(*reg);
  return true;
}

bool FrameProgram::define_offset(std::optional<std::uint64_t> offset) {
  state_.offset = offset.value_or(0);
  return offset.has_value();
}

FrameRegisters FrameProgram::caller_of(const FrameRegisters& at) const {
  const std::uint64_t frame =
      (state_.base == machine::kStackPointer ? at.sp : at.saved[index_of(state_.base)]) + state_.offset;
  auto saved = [&](unsigned reg, std::uint64_t now) {
    const std::int64_t offset = state_.saved_at[reg];
    return offset == 0 ? now : load(frame + static_cast<std::uint64_t>(offset));
  };
  FrameRegisters caller{.saved = {}, .sp = frame, .pc = saved(machine::kReturnAddress, 0)};
  for (std::size_t i = 0; i < kSavedCount; ++i)
    caller.saved[i] = saved(machine::kSavedRegisters[i], at.saved[i]);
  return caller;
}

}  // namespace tenon::runtime
