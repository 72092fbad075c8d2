// A global: where its value is, and its type.
#pragma once

#include <cstdint>
#include <cstring>

#include <tenon/types.hpp>
#include <tenon/value.hpp>

namespace tenon::runtime {

class StoreImpl;

struct GlobalImpl {
  StoreImpl* store = nullptr;
  void* cell = nullptr;  // 16 bytes; in an instance, or own_cell
  GlobalType type;
  alignas(16) std::uint64_t own_cell[2] = {0, 0};  // of a global that the host made
};

// A value as the guest has it. There an externref is the host's handle h + 1.
struct GuestBits {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

[[nodiscard]] inline GuestBits to_guest(const Value& value) {
  // Safety: the collector of exceptions does not see what a host holds.
  if (value.type() == ValueType::exnref) return {};
  return {value.low_bits() + (value.type() == ValueType::externref ? 1 : 0), value.high_bits()};
}
[[nodiscard]] inline Value from_guest(ValueType type, GuestBits bits) {
  if (type == ValueType::i32 || type == ValueType::f32) bits.low &= UINT32_MAX;
  if (general_type(type) == ValueType::externref) --bits.low;
  if (general_type(type) == ValueType::exnref) bits.low = bits.low != 0;
  return Value::from_bits(type, bits.low, type == ValueType::v128 ? bits.high : 0);
}

[[nodiscard]] inline GuestBits read_cell(const void* cell) {
  GuestBits bits;
  std::memcpy(&bits, cell, sizeof(bits));
  return bits;
}
inline void write_cell(void* cell, GuestBits bits) { std::memcpy(cell, &bits, sizeof(bits)); }

}  // namespace tenon::runtime
