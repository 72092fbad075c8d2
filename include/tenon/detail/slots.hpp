// C++ types as WebAssembly's, and how their values travel in slots of 8 bytes
// (src/artifact/abi.hpp). Part of tenon/function.hpp and tenon/host_function.hpp;
// nothing here but WasmValue is for users.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <vector>

#include <tenon/api.hpp>
#include <tenon/error.hpp>
#include <tenon/types.hpp>
#include <tenon/value.hpp>

namespace tenon TENON_API {
namespace detail {

template <typename T>
struct WasmTypeOf;
template <>
struct WasmTypeOf<std::int32_t> {
  static constexpr ValueType value = ValueType::i32;
};
template <>
struct WasmTypeOf<std::uint32_t> {
  static constexpr ValueType value = ValueType::i32;
};
template <>
struct WasmTypeOf<std::int64_t> {
  static constexpr ValueType value = ValueType::i64;
};
template <>
struct WasmTypeOf<std::uint64_t> {
  static constexpr ValueType value = ValueType::i64;
};
template <>
struct WasmTypeOf<float> {
  static constexpr ValueType value = ValueType::f32;
};
template <>
struct WasmTypeOf<double> {
  static constexpr ValueType value = ValueType::f64;
};
template <>
struct WasmTypeOf<V128> {
  static constexpr ValueType value = ValueType::v128;
};
template <>
struct WasmTypeOf<ExternRef> {
  static constexpr ValueType value = ValueType::externref;
};
template <>
struct WasmTypeOf<FuncRef> {
  static constexpr ValueType value = ValueType::funcref;
};

}  // namespace detail

// A C++ type that is one of WebAssembly's value types.
template <typename T>
concept WasmValue = requires { detail::WasmTypeOf<T>::value; };

namespace detail {
template <typename R>
inline constexpr bool kWasmResult = std::is_void_v<R> || WasmValue<R>;
template <typename... T>
inline constexpr bool kWasmResult<std::tuple<T...>> = (WasmValue<T> && ...);
}  // namespace detail

// What a function may give: nothing, one value, or several in a std::tuple.
template <typename R>
concept WasmResult = detail::kWasmResult<R>;

namespace detail {

// A value as guest code has it in a register: externref as handle + 1,
// funcref as a pointer, the rest as themselves.
template <typename T>
struct GuestValue {
  using type = T;
  static type to(T value) { return value; }
  static T from(type value) { return value; }
};
template <>
struct GuestValue<ExternRef> {
  using type = std::uint64_t;
  static type to(ExternRef value) { return value.handle + 1; }
  static ExternRef from(type value) { return {value - 1}; }
};
template <>
struct GuestValue<FuncRef> {
  using type = const void*;
  static type to(FuncRef value) { return value.record; }
  static FuncRef from(type value) { return {value}; }
};
template <typename T>
using guest_type = typename GuestValue<T>::type;

template <typename T>
inline constexpr std::size_t kSlots = std::is_same_v<T, V128> ? 2 : 1;

template <typename T>
void write_slot(std::uint64_t*& slot, const T& value) {
  const guest_type<T> bits = GuestValue<T>::to(value);
  if constexpr (sizeof(bits) < 8) *slot = 0;
  std::memcpy(slot, &bits, sizeof(bits));
  slot += kSlots<T>;
}
template <typename T>
T read_slot(const std::uint64_t*& slot) {
  guest_type<T> bits;
  std::memcpy(&bits, slot, sizeof(bits));
  slot += kSlots<T>;
  return GuestValue<T>::from(bits);
}

// The results that a host function or a guest's function gives, as a list.
template <typename R>
struct Results {
  static constexpr std::size_t slots = kSlots<R>;
  static std::vector<ValueType> types() { return {WasmTypeOf<R>::value}; }
  static void write(std::uint64_t* slot, const R& value) { write_slot(slot, value); }
  static R read(const std::uint64_t* slot) { return read_slot<R>(slot); }
};
template <>
struct Results<void> {
  static constexpr std::size_t slots = 0;
  static std::vector<ValueType> types() { return {}; }
  template <typename Nothing>
  static void write(std::uint64_t*, const Nothing&) {}
};
template <typename... T>
struct Results<std::tuple<T...>> {
  static constexpr std::size_t slots = (kSlots<T> + ... + 0);
  static std::vector<ValueType> types() { return {WasmTypeOf<T>::value...}; }
  static void write(std::uint64_t* slot, const std::tuple<T...>& values) {
    std::apply([&](const T&... value) { (write_slot(slot, value), ...); }, values);
  }
  static std::tuple<T...> read(const std::uint64_t* slot) {
    return std::tuple<T...>{read_slot<T>(slot)...};  // braces: left to right
  }
};

// Whether a reference is to a function of another store than this record's.
[[nodiscard]] bool is_foreign(const void* store_record, FuncRef reference) noexcept;
[[nodiscard]] Error foreign_function(const char* where);

}  // namespace detail
}  // namespace tenon
