// What is known of the registers and of the stack at an instruction of compiled code, as
// far as the check of artifacts (compiler/check) asks. The same for each machine.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace tenon::compiler {

// What a value is. Those that point know how far behind what they point to (low to high).
enum class Kind : std::uint8_t {
  unknown,
  number,           // signed, 64 bits, from low to high
  low_number,       // its low 32 bits are from low to high; the others are unknown
  stack,            // the stack pointer as it was on entry (or at `origin`), plus low
  instance,         // InstanceRecord
  store,            // StoreRecord
  builtins,         // Builtins
  memory_record,    // MemoryRecord
  table_record,     // TableRecord
  entries,          // FunctionTableEntry of some index, or what other tables hold
  function_record,  // FunctionRecord
  host_function,    // HostFunctionRecord
  cell,             // of an imported global
  record,           // another structure that an instance leads to
  slots,            // for arguments and results
  linear,           // a memory's base, plus low to high
  constant,         // an address in the artifact, low to high
  table_word,       // 32 bits out of read-only data at the addresses low to high
  table_target,     // `origin` (an address in the artifact) plus such a word
  from_memory,      // 64 bits out of linear memory: the guest chose them
  code,             // of a function in the ordinary convention, or of the host
  tail_code,        // of a function in the convention of tail calls
  ends,             // of a builtin that does not return
};

struct Value {
  static constexpr std::int64_t kMost32 = 0xFFFFFFFF, kFar = std::int64_t{1} << 62;

  Kind kind = Kind::unknown;
  std::int64_t low = 0, high = 0;
  std::uint64_t origin = 0;
  // Values with the same id, if it is not 0, have the same low 32 bits. Registers have
  // 1 and more on entry.
  std::uint64_t id = 0;
  static constexpr std::uint64_t kReturnAddress = 33;  // the id of the last call's, of all its bits

  friend bool operator==(const Value&, const Value&) = default;
  [[nodiscard]] bool is_exact() const { return low == high; }
  [[nodiscard]] bool is_number_of_32_bits() const {
    return kind == Kind::number && low >= 0 && high <= kMost32;
  }
  [[nodiscard]] bool is(std::int64_t what) const {
    return kind == Kind::number && low == what && high == what;
  }
  // False where it is known to be another number.
  [[nodiscard]] bool may_be(std::int64_t what) const {
    return kind == Kind::unknown || kind == Kind::low_number ||
           (kind == Kind::number && low <= what && what <= high);
  }
  // An exact address on the stack.
  [[nodiscard]] bool is_place() const { return kind == Kind::stack && is_exact(); }

  static Value number(std::int64_t low, std::int64_t high) {
    return {.kind = Kind::number, .low = low, .high = high};
  }
  static Value any32() { return number(0, kMost32); }
  static Value of(Kind kind, std::int64_t at = 0) { return {.kind = kind, .low = at, .high = at}; }
};

// Its low 32 bits, the others zero.
inline Value low_half(const Value& value) {
  Value half = Value::any32();
  if (value.is_number_of_32_bits() || value.kind == Kind::low_number || value.kind == Kind::table_word) {
    half = value;
    if (half.kind == Kind::low_number) half.kind = Kind::number;
  }
  if (half.kind == Kind::table_word) half = Value::any32();
  half.id = value.id > 32 ? value.id : 0;  // a register that is to be restored needs all of itself
  return half;
}

inline Value shifted(Value value, std::int64_t low, std::int64_t high) {
  value.id = 0;
  if (__builtin_add_overflow(value.low, low, &value.low) ||
      __builtin_add_overflow(value.high, high, &value.high))
    return value.kind == Kind::stack ? Value{.kind = Kind::stack, .low = -Value::kFar, .high = Value::kFar}
                                     : Value();
  const auto is_far = [](std::int64_t at) { return at > Value::kFar || at < -Value::kFar; };
  if (value.kind == Kind::stack) {  // wherever it is, it stays on the stack
    value.low = std::clamp(value.low, -Value::kFar, Value::kFar);
    value.high = std::clamp(value.high, -Value::kFar, Value::kFar);
  }
  return is_far(value.low) || is_far(value.high) ? Value() : value;
}

inline Value sum(const Value& a, const Value& b) {
  if (b.kind != Kind::number && a.kind == Kind::number) return sum(b, a);
  if (a.kind == Kind::constant && a.is_exact() && b.kind == Kind::table_word)
    return {.kind = Kind::table_target,
            .low = b.low,
            .high = b.high,
            .origin = static_cast<std::uint64_t>(a.low)};
  if (b.kind == Kind::constant && a.kind == Kind::table_word) return sum(b, a);
  if (b.kind != Kind::number) return {};
  switch (a.kind) {
    case Kind::number:
    case Kind::linear:
    case Kind::constant:
    case Kind::stack: return shifted(a, b.low, b.high);
    case Kind::instance:
    case Kind::store:
    case Kind::builtins:
    case Kind::memory_record:
    case Kind::table_record:
    case Kind::function_record:
    case Kind::host_function:
    case Kind::cell:
    case Kind::record:
    case Kind::slots: return b.is_exact() ? shifted(a, b.low, b.high) : Value::of(Kind::record);
    // Entries are multiplied by their size: what is not exact leads to another one.
    case Kind::entries: return b.is_exact() ? shifted(a, b.low, b.high) : shifted(a, 0, 0);
    default: return {};
  }
}

inline Value product(const Value& value, std::int64_t factor) {
  if (factor == 1) return value;
  if (value.kind != Kind::number || value.high > Value::kFar / factor || value.low < -Value::kFar / factor)
    return {};
  return Value::number(value.low * factor, value.high * factor);
}

// What is true of both.
inline Value join(const Value& a, const Value& b, bool is_late) {
  if (a == b) return a;
  const std::uint64_t id = a.id == b.id ? a.id : 0;
  if (a.kind == Kind::low_number && b.is_number_of_32_bits()) return join(b, a, is_late);
  const bool is_low = a.is_number_of_32_bits() && b.kind == Kind::low_number;
  if ((a.kind != b.kind && !is_low) || a.origin != b.origin) return {.id = id};
  Value both = a;
  both.id = id;
  both.kind = b.kind;
  both.low = std::min(a.low, b.low);
  both.high = std::max(a.high, b.high);
  if (!is_late || (a.low <= both.low && a.high >= both.high)) return both;
  // A loop that goes on and on.
  if (both.low >= 0 && both.high <= Value::kMost32 && both.kind != Kind::linear) {
    both.low = 0;
    both.high = Value::kMost32;
    return both;
  }
  if (both.kind == Kind::number) return {.id = id};
  if (both.low < a.low) both.low = -Value::kFar;
  if (both.high > a.high) both.high = Value::kFar;
  return both;
}

// A value that lies on the stack.
struct StackSlot {
  std::uint64_t origin = 0;
  std::int64_t at = 0;
  unsigned bytes = 8;
  bool is_pushed = false;  // a saved register: nobody else has its address
  Value value;
  friend bool operator==(const StackSlot&, const StackSlot&) = default;
};

struct Comparison {
  static constexpr unsigned kNone = ~0u;
  bool is_known = false;
  unsigned left = kNone;  // register, if it is still there
  std::uint64_t id = 0;   // of its value
  unsigned bits = 0;
  Value right;
  friend bool operator==(const Comparison&, const Comparison&) = default;
};

// The low 8 or 16 bits of a register are from `low` to `high`; 0 bits: nothing is known.
struct NarrowBound {
  unsigned bits = 0;
  std::int64_t low = 0, high = 0;
  friend bool operator==(const NarrowBound&, const NarrowBound&) = default;
};

struct CodeState {
  static constexpr unsigned kRegisters = 32;
  std::array<Value, kRegisters> registers;
  std::vector<StackSlot> slots;
  std::size_t most_slots = 256;
  Comparison comparison;
  std::array<NarrowBound, kRegisters> narrow;  // the last that a branch proved of each
  // Which conditions of the flags hold, one bit each, by the machine's numbers. So code that
  // undoes what a mispredicted branch did is seen to do nothing on the paths that there are.
  std::uint32_t conditions = 0;

  void set(unsigned number, const Value& value) {
    registers[number] = value;
    if (comparison.left == number) comparison.left = Comparison::kNone;
    narrow[number] = {};
  }
  // A copy: from here on, what is found out of one holds for the other.
  void link(Value& value, std::uint64_t address) {
    if (value.id != 0) return;
    unlink(address);
    value.id = address;
  }
  void unlink(std::uint64_t id) {
    if (comparison.id == id) comparison.id = 0;
    for (auto& other : registers) {
      if (other.id == id) other.id = 0;
    }
    for (auto& slot : slots) {
      if (slot.value.id == id) slot.value.id = 0;
    }
  }
  void forget(const Value& place, unsigned bytes) {
    const auto overlaps = [&](const StackSlot& slot) {
      return slot.origin == place.origin && slot.at < place.high + bytes && place.low < slot.at + slot.bytes;
    };
    std::erase_if(slots, overlaps);
  }
  // Somebody else may write to the stack from there on.
  void forget_from(const Value& place) {
    std::erase_if(slots, [&](const StackSlot& slot) {
      return !slot.is_pushed && slot.origin == place.origin && slot.at + slot.bytes > place.low;
    });
  }
  void store(const Value& place, unsigned bytes, const Value& value, bool is_pushed = false) {
    forget(place, bytes);
    if (slots.size() < most_slots || is_pushed)
      slots.push_back({place.origin, place.low, bytes, is_pushed, value});
  }
  [[nodiscard]] Value load(const Value& place, unsigned bytes) const {
    for (const auto& slot : slots) {
      if (slot.origin != place.origin || slot.at != place.low || slot.bytes < bytes) continue;
      return bytes == 4 ? low_half(slot.value) : slot.value;
    }
    return bytes == 4 ? Value::any32() : Value();
  }
  // True where this state knows less than before.
  bool join_with(const CodeState& other, bool is_late) {
    bool has_changed = false;
    for (unsigned i = 0; i < kRegisters; ++i) {
      const Value both = join(registers[i], other.registers[i], is_late);
      has_changed |= both != registers[i];
      registers[i] = both;
    }
    const auto before = slots.size();
    std::erase_if(slots, [&](StackSlot& slot) {
      const auto same = std::ranges::find_if(other.slots, [&](const StackSlot& its) {
        return its.origin == slot.origin && its.at == slot.at && its.bytes == slot.bytes;
      });
      if (same == other.slots.end()) return true;
      const Value both = join(slot.value, same->value, is_late);
      has_changed |= both != slot.value;
      slot.value = both;
      return false;
    });
    has_changed |= slots.size() != before || (comparison.is_known && comparison != other.comparison);
    if (comparison != other.comparison) comparison.is_known = false;
    for (unsigned i = 0; i < kRegisters; ++i) {
      if (narrow[i].bits == 0 || narrow[i] == other.narrow[i]) continue;
      narrow[i] = {};
      has_changed = true;
    }
    has_changed |= (conditions & ~other.conditions) != 0;
    conditions &= other.conditions;
    return has_changed;
  }
};

}  // namespace tenon::compiler
