// Values that cross between host and guest where types are known only at run
// time. Typed calls (tenon/function.hpp) need none of this.
//
//   tenon::Value v = tenon::Value::from_f32(1.5f);
//   float f = v.f32();
//
// A plain tagged value of two words. References are opaque: a funcref belongs to
// the store that it came from and dies with it; an externref is a number that
// the host chose and the guest cannot look into. Of an exnref a host learns only
// whether it is null (its bits are 0, else 1): exceptions are the guest's to
// collect, and a host can pass on no other than null. A reference has the
// general type of its kind, such as funcref; whether it is one to a function of
// the right type, or null, is looked at where it goes.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include <tenon/api.hpp>
#include <tenon/types.hpp>

namespace tenon TENON_API {

using V128 = std::array<std::uint8_t, 16>;  // lane 0 first, little-endian lanes

// An opaque reference of the host. Null is not the same as ExternRef{0}.
struct ExternRef {
  static constexpr std::uint64_t kNull = ~std::uint64_t{0};
  std::uint64_t handle = kNull;
  [[nodiscard]] bool is_null() const { return handle == kNull; }
  bool operator==(const ExternRef&) const = default;
};

// An opaque reference to a function of a store; see Store::function_from. Another
// store's guests never get it: wherever a host passes one in it is looked at,
// which is why its store must still live.
struct FuncRef {
  const void* record = nullptr;
  [[nodiscard]] bool is_null() const { return record == nullptr; }
  bool operator==(const FuncRef&) const = default;
};

class Value {
 public:
  Value() = default;  // i32 0
  static Value from_i32(std::int32_t v) { return {ValueType::i32, static_cast<std::uint32_t>(v)}; }
  static Value from_i64(std::int64_t v) { return {ValueType::i64, static_cast<std::uint64_t>(v)}; }
  static Value from_f32(float v) { return {ValueType::f32, std::bit_cast<std::uint32_t>(v)}; }
  static Value from_f64(double v) { return {ValueType::f64, std::bit_cast<std::uint64_t>(v)}; }
  static Value from_v128(V128 v) {
    auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(v);
    return {ValueType::v128, halves[0], halves[1]};
  }
  static Value from_externref(ExternRef v) { return {ValueType::externref, v.handle}; }
  static Value from_funcref(FuncRef v) {
    return {ValueType::funcref, reinterpret_cast<std::uint64_t>(v.record)};
  }
  // The zero or null value of a type.
  static Value zero(ValueType type) {
    return {type, general_type(type) == ValueType::externref ? ExternRef::kNull : 0};
  }
  // A value from its raw bits; `low` holds all but v128's upper half.
  static Value from_bits(ValueType type, std::uint64_t low, std::uint64_t high = 0) {
    return {type, low, high};
  }

  [[nodiscard]] ValueType type() const { return type_; }  // one of the named ones
  // Each accessor's precondition: type() is that type.
  [[nodiscard]] std::int32_t i32() const { return static_cast<std::int32_t>(bits_[0]); }
  [[nodiscard]] std::int64_t i64() const { return static_cast<std::int64_t>(bits_[0]); }
  [[nodiscard]] float f32() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits_[0])); }
  [[nodiscard]] double f64() const { return std::bit_cast<double>(bits_[0]); }
  [[nodiscard]] V128 v128() const { return std::bit_cast<V128>(bits_); }
  [[nodiscard]] ExternRef externref() const { return {bits_[0]}; }
  [[nodiscard]] FuncRef funcref() const { return {reinterpret_cast<const void*>(bits_[0])}; }
  [[nodiscard]] std::uint64_t low_bits() const { return bits_[0]; }
  [[nodiscard]] std::uint64_t high_bits() const { return bits_[1]; }

 private:
  Value(ValueType type, std::uint64_t low, std::uint64_t high = 0)
      : bits_{low, high}, type_(general_type(type)) {}
  std::array<std::uint64_t, 2> bits_{};
  ValueType type_ = ValueType::i32;
};

}  // namespace tenon
