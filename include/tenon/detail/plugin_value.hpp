// C++ types as what crosses between a host and a plugin, whatever the protocol. Part of
// tenon/plugin_function.hpp and tenon/plugin.hpp; nothing here is for users.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <tenon/api.hpp>

namespace tenon TENON_API {
namespace detail {

enum class PluginType : std::uint8_t {
  none,
  boolean,
  i32,
  u32,
  i64,
  u64,
  f32,
  f64,
  text,  // UTF-8
  optional_text,
  bytes,
  optional_bytes,
  // Of results only, for the calls of Plugin itself:
  text_or_none,  // none gives an empty text
  status,        // none, or an i32 that is 0 where the function failed
};

// What a function takes and gives. A view: the list is somebody else's.
struct PluginSignature {
  PluginType result = PluginType::none;
  std::span<const PluginType> parameters;
};

inline constexpr std::size_t kMaxPluginParameters = 16;

// A value on its way to the other side.
struct PluginArgument {
  PluginType type = PluginType::none;
  bool is_null = false;    // of an optional
  std::uint64_t bits = 0;  // of a number, as in a slot (detail/slots.hpp)
  std::string_view bytes;  // of a text or bytes; valid during the call
};

// Where a guest's result goes.
struct PluginResult {
  PluginType type = PluginType::none;
  std::string* text = nullptr;              // of a text; never null there
  std::vector<std::byte>* bytes = nullptr;  // of bytes; never null there
  bool is_null = false;
  std::uint64_t bits = 0;
};

constexpr bool is_text(PluginType type) {
  return type == PluginType::text || type == PluginType::optional_text || type == PluginType::text_or_none;
}
constexpr bool is_bytes(PluginType type) {
  return type == PluginType::bytes || type == PluginType::optional_bytes;
}
constexpr bool is_optional(PluginType type) {
  return type == PluginType::optional_text || type == PluginType::optional_bytes;
}

// The PluginType of each C++ type that may cross; no member for the others.
template <typename T>
struct PluginTypeOf {};
template <PluginType kType>
struct HasPluginType {
  static constexpr PluginType value = kType;
};
template <>
struct PluginTypeOf<bool> : HasPluginType<PluginType::boolean> {};
template <>
struct PluginTypeOf<std::int32_t> : HasPluginType<PluginType::i32> {};
template <>
struct PluginTypeOf<std::uint32_t> : HasPluginType<PluginType::u32> {};
template <>
struct PluginTypeOf<std::int64_t> : HasPluginType<PluginType::i64> {};
template <>
struct PluginTypeOf<std::uint64_t> : HasPluginType<PluginType::u64> {};
template <>
struct PluginTypeOf<float> : HasPluginType<PluginType::f32> {};
template <>
struct PluginTypeOf<double> : HasPluginType<PluginType::f64> {};
template <>
struct PluginTypeOf<std::string> : HasPluginType<PluginType::text> {};
template <>
struct PluginTypeOf<std::string_view> : HasPluginType<PluginType::text> {};
template <>
struct PluginTypeOf<std::vector<std::byte>> : HasPluginType<PluginType::bytes> {};
template <>
struct PluginTypeOf<std::span<const std::byte>> : HasPluginType<PluginType::bytes> {};
template <>
struct PluginTypeOf<std::optional<std::string>> : HasPluginType<PluginType::optional_text> {};
template <>
struct PluginTypeOf<std::optional<std::string_view>> : HasPluginType<PluginType::optional_text> {};
template <>
struct PluginTypeOf<std::optional<std::vector<std::byte>>> : HasPluginType<PluginType::optional_bytes> {};
template <>
struct PluginTypeOf<std::optional<std::span<const std::byte>>> : HasPluginType<PluginType::optional_bytes> {};

template <typename T>
concept PluginParameter = requires { PluginTypeOf<T>::value; };

// A view as a result would be of something that is gone.
template <typename R>
inline constexpr bool kIsView =
    std::is_same_v<R, std::string_view> || std::is_same_v<R, std::span<const std::byte>> ||
    std::is_same_v<R, std::optional<std::string_view>> ||
    std::is_same_v<R, std::optional<std::span<const std::byte>>>;
template <typename R>
concept PluginReturn = std::is_void_v<R> || (PluginParameter<R> && !kIsView<R>);

template <typename T>
constexpr PluginType plugin_type_of() {
  if constexpr (std::is_void_v<T>) {
    return PluginType::none;
  } else {
    return PluginTypeOf<T>::value;
  }
}

template <typename T>
std::uint64_t to_bits(T value) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<std::uint32_t>(value);
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<std::uint64_t>(value);
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    return static_cast<std::uint32_t>(value);
  } else {
    return static_cast<std::uint64_t>(value);
  }
}
template <typename T>
T from_bits(std::uint64_t bits) {
  if constexpr (std::is_same_v<T, bool>) {
    return static_cast<std::uint32_t>(bits) != 0;
  } else if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<double>(bits);
  } else {
    return static_cast<T>(bits);
  }
}

inline std::string_view as_view(std::string_view text) { return text; }
inline std::string_view as_view(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The value refers to the argument.
template <typename T>
PluginArgument to_argument(const T& value) {
  constexpr PluginType type = PluginTypeOf<T>::value;
  if constexpr (is_optional(type)) {
    if (!value) return {.type = type, .is_null = true, .bytes = {}};
    return {.type = type, .bytes = as_view(*value)};
  } else if constexpr (is_text(type) || is_bytes(type)) {
    return {.type = type, .bytes = as_view(value)};
  } else {
    return {.type = type, .bits = to_bits(value), .bytes = {}};
  }
}

template <typename T>
T from_view(std::string_view bytes) {
  if constexpr (PluginTypeOf<T>::value == PluginType::text) {
    return T(bytes);
  } else {
    const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
    return T(first, first + bytes.size());
  }
}

// What a host function gets; a view is valid while the argument's is.
template <typename T>
T from_argument(const PluginArgument& argument) {
  constexpr PluginType type = PluginTypeOf<T>::value;
  if constexpr (is_optional(type)) {
    if (argument.is_null) return std::nullopt;
    return from_view<typename T::value_type>(argument.bytes);
  } else if constexpr (is_text(type) || is_bytes(type)) {
    return from_view<T>(argument.bytes);
  } else {
    return from_bits<T>(argument.bits);
  }
}

// A guest's result, and the place that it is put into.
template <typename R>
struct ResultPlace {
  PluginResult result() { return {.type = PluginTypeOf<R>::value}; }
  R take(const PluginResult& result) { return from_bits<R>(result.bits); }
};
template <>
struct ResultPlace<void> {
  PluginResult result() { return {}; }
  void take(const PluginResult&) {}
};
template <>
struct ResultPlace<std::string> {
  std::string text;
  PluginResult result() { return {.type = PluginType::text, .text = &text}; }
  std::string take(const PluginResult&) { return std::move(text); }
};
template <>
struct ResultPlace<std::vector<std::byte>> {
  std::vector<std::byte> bytes;
  PluginResult result() { return {.type = PluginType::bytes, .bytes = &bytes}; }
  std::vector<std::byte> take(const PluginResult&) { return std::move(bytes); }
};
template <typename T>
struct ResultPlace<std::optional<T>> {
  ResultPlace<T> place;
  PluginResult result() {
    PluginResult made = place.result();
    made.type = PluginTypeOf<std::optional<T>>::value;
    return made;
  }
  std::optional<T> take(const PluginResult& result) {
    if (result.is_null) return std::nullopt;
    return place.take(result);
  }
};

}  // namespace detail
}  // namespace tenon
