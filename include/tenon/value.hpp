// Values that cross between host and guest where types are known only at run
// time (WebAssembly 2.0, section 4.2.1). Typed calls (tenon/function.hpp) need
// none of this.
//
//   tenon::Value v = tenon::Value::from_f32(1.5f);
//   float f = v.f32();
//   std::vector<tenon::Value> arguments{v, tenon::Value::from_i64(-1)};
//
// A plain value of a type and 16 bytes: copy it, keep it, pass it to another
// thread. References are opaque: a funcref belongs to the store that it came from
// and dies with it; an externref is a number that the host chose and the guest
// cannot look into. Of an exnref a host learns only whether it is null (its bits
// are 0, else 1): the guest's collector owns exceptions, and a host can pass on
// none but null. A reference has the general type of its kind, such as funcref.
// The call, table or global that takes it checks whether it may be null and
// whether the function has the right type.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include <tenon/api.hpp>
#include <tenon/types.hpp>

namespace tenon TENON_API {

// A vector as its bytes in memory: lane 0 first, lanes little-endian (section 4.3.1).
using V128 = std::array<std::uint8_t, 16>;

// An opaque reference of the host: any number but kNull, such as an index into a table
// that the host keeps. The guest can store it, hand it back and compare it with null, no
// more; it cannot make one up. The host never learns when a guest has dropped its last
// copy, so what the number stands for should live as long as the store. Null is not the
// same as ExternRef{0}.
struct ExternRef {
  static constexpr std::uint64_t kNull = ~std::uint64_t{0};
  std::uint64_t handle = kNull;
  [[nodiscard]] bool is_null() const { return handle == kNull; }
  bool operator==(const ExternRef&) const = default;
};

// An opaque reference to a function of a store, from Function::reference, a guest's result
// or a host function's argument; Store::function_from makes a Function of it. Valid while
// its store lives. Another store's guests never get it: wherever a host passes one in, the
// runtime looks at which store it is from. So passing one whose store is gone is undefined,
// also where another store's is wanted.
struct FuncRef {
  const void* record = nullptr;
  [[nodiscard]] bool is_null() const { return record == nullptr; }
  bool operator==(const FuncRef&) const = default;
};

// Comparing is left to the host, which knows what it wants: floats by value or by bits.
class Value {
 public:
  Value() = default;  // i32 0
  // Each keeps all bits: of a NaN the payload, too.
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
  // The zero or null value of a type. A type that is never null has none; this then gives
  // null of the general type, which whatever wants that type refuses.
  static Value zero(ValueType type) {
    return {type, general_type(type) == ValueType::externref ? ExternRef::kNull : 0};
  }
  // A value from its raw bits, as low_bits and high_bits give them. `low` holds all but
  // v128's upper half: an i32 or f32 in its lower 32 bits, an externref's handle, a funcref's
  // pointer.
  static Value from_bits(ValueType type, std::uint64_t low, std::uint64_t high = 0) {
    return {type, low, high};
  }

  [[nodiscard]] ValueType type() const { return type_; }  // one of the enumerators
  // Each accessor's precondition: type() is that type. It is not checked: otherwise the bits
  // are read as if they were of it.
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
