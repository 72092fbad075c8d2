// Plugins for Tenon in C++20: functions with ordinary types.
//
//   #include "tenon_plugin.hpp"
//
//   TENON_IMPORT(app, get_config, std::optional<std::string>(std::string_view));
//
//   std::string transform(std::string_view key, std::string_view payload) {
//     return std::string(key) + ": " + std::string(payload);
//   }
//   TENON_EXPORT(transform);
//
// It takes Clang 20 or newer:
//
//   clang++ --target=wasm32-wasi -mexec-model=reactor -fno-exceptions -std=c++20 -O2 plugin.cpp -o plugin.wasm
//
// Parameters and results: bool, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, float,
// double; a text as std::string_view or std::string, bytes as std::span<const std::byte> or
// std::vector<std::byte>, and std::optional of these. A result owns its text. Views of parameters
// are valid until the function returns. The protocol is docs/guide/protocols.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace tenon {

namespace detail {
__attribute__((import_module("tenon"), import_name("error"))) void error(const char* message,
                                                                         std::size_t size);
__attribute__((import_module("tenon"), import_name("log"))) void log(const char* line, std::size_t size);
}  // namespace detail

// Says that this call failed, and why: the host gets the message, whatever the function returns.
inline void error(std::string_view message) { detail::error(message.data(), message.size()); }
// A line for the host's log.
inline void log(std::string_view line) { detail::log(line.data(), line.size()); }

namespace detail {

template <typename... T>
struct List {};

// How a type crosses: its name in a declaration, what it is for WebAssembly, and back.
template <typename T>
struct Type;

template <typename T>
struct NumberType {
  using Raw = List<T>;
  static T from(T value) { return value; }
  static T to(T value) { return value; }
};
template <>
struct Type<std::int32_t> : NumberType<std::int32_t> {
  static constexpr std::string_view name = "i32";
};
template <>
struct Type<std::uint32_t> : NumberType<std::uint32_t> {
  static constexpr std::string_view name = "u32";
};
template <>
struct Type<std::int64_t> : NumberType<std::int64_t> {
  static constexpr std::string_view name = "i64";
};
template <>
struct Type<std::uint64_t> : NumberType<std::uint64_t> {
  static constexpr std::string_view name = "u64";
};
template <>
struct Type<float> : NumberType<float> {
  static constexpr std::string_view name = "f32";
};
template <>
struct Type<double> : NumberType<double> {
  static constexpr std::string_view name = "f64";
};
template <>
struct Type<bool> {
  using Raw = List<std::int32_t>;
  static constexpr std::string_view name = "bool";
  static bool from(std::int32_t value) { return value != 0; }
  static std::int32_t to(bool value) { return value ? 1 : 0; }
};

// A pointer and a size, and as a result both in one number.
struct Block {
  const char* at = nullptr;
  std::size_t size = 0;
};
inline Block unpack(std::uint64_t packed) {
  return {reinterpret_cast<const char*>(static_cast<std::uintptr_t>(packed >> 32)),
          static_cast<std::uint32_t>(packed)};
}

// What the last result of this plugin lies in, until the next call.
inline void* last_result = nullptr;
inline std::uint64_t give(const void* bytes, std::size_t size) {
  void* const copy = std::malloc(size == 0 ? 1 : size);
  if (copy == nullptr) std::abort();
  if (size > 0) std::memcpy(copy, bytes, size);
  std::free(last_result);
  last_result = copy;
  return std::uint64_t{reinterpret_cast<std::uintptr_t>(copy)} << 32 | static_cast<std::uint32_t>(size);
}

template <typename T, typename Element>
struct ObjectType {
  using Raw = List<const char*, std::size_t>;
  static T from(Block block) {
    const auto* first = reinterpret_cast<const Element*>(block.at);
    return T(first, first + block.size);
  }
  static Block to(const T& value) { return {reinterpret_cast<const char*>(value.data()), value.size()}; }
};
template <>
struct Type<std::string_view> : ObjectType<std::string_view, char> {
  static constexpr std::string_view name = "text";
};
template <>
struct Type<std::string> : ObjectType<std::string, char> {
  static constexpr std::string_view name = "text";
};
template <>
struct Type<std::span<const std::byte>> : ObjectType<std::span<const std::byte>, std::byte> {
  static constexpr std::string_view name = "bytes";
};
template <>
struct Type<std::vector<std::byte>> : ObjectType<std::vector<std::byte>, std::byte> {
  static constexpr std::string_view name = "bytes";
};
template <typename T>
struct Type<std::optional<T>> {
  using Raw = List<const char*, std::size_t>;
  static constexpr std::string_view name = Type<T>::name == "text" ? "text?" : "bytes?";
  static std::optional<T> from(Block block) {
    if (block.at == nullptr) return std::nullopt;
    return Type<T>::from(block);
  }
  static Block to(const std::optional<T>& value) {
    if (!value) return {};
    const Block block = Type<T>::to(*value);
    return {block.at == nullptr ? "" : block.at, block.size};  // empty, but not null
  }
};

template <typename T>
inline constexpr bool kIsObject = std::is_same_v<typename Type<T>::Raw, List<const char*, std::size_t>>;

template <typename... Lists>
struct Concatenated;
template <>
struct Concatenated<> {
  using type = List<>;
};
template <typename... A>
struct Concatenated<List<A...>> {
  using type = List<A...>;
};
template <typename... A, typename... B, typename... Rest>
struct Concatenated<List<A...>, List<B...>, Rest...> : Concatenated<List<A..., B...>, Rest...> {};

template <typename R>
struct RawResult {
  using type = std::conditional_t<kIsObject<R>, std::uint64_t, R>;
};
template <>
struct RawResult<bool> {
  using type = std::int32_t;
};
template <>
struct RawResult<void> {
  using type = void;
};

// Takes raw parameters one after the other.
template <typename Tuple, std::size_t kAt, typename T>
T take(const Tuple& raw) {
  if constexpr (kIsObject<T>) {
    return Type<T>::from(Block{std::get<kAt>(raw), std::get<kAt + 1>(raw)});
  } else {
    return Type<T>::from(std::get<kAt>(raw));
  }
}

// A result that is a view would be of something that is gone.
template <typename T>
inline constexpr bool kIsView =
    std::is_same_v<T, std::string_view> || std::is_same_v<T, std::span<const std::byte>>;
template <typename T>
inline constexpr bool kIsView<std::optional<T>> = kIsView<T>;
template <typename T>
concept Crosses = requires { Type<T>::name; };

template <typename F>
struct Function;
template <typename R, typename... Args>
struct Function<R(Args...)> {
  static_assert(
      (Crosses<std::remove_cvref_t<Args>> && ...),
      "each parameter is bool, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, float, double, "
      "std::string_view, std::string, std::span<const std::byte>, std::vector<std::byte>, or std::optional "
      "of "
      "one of the last four");
  static_assert(
      std::is_void_v<R> || (Crosses<R> && !kIsView<R>),
      "the result is void, bool, a number, std::string, std::vector<std::byte>, or std::optional of one of "
      "the last two: a view would be of something that is gone");

  using Raw = typename Concatenated<typename Type<std::remove_cvref_t<Args>>::Raw...>::type;
  using Result = typename RawResult<R>::type;

  // Where each parameter begins among the raw ones.
  static constexpr auto places() {
    std::array<std::size_t, sizeof...(Args) + 1> at{};
    std::size_t i = 0;
    ((at[i + 1] = at[i] + (kIsObject<std::remove_cvref_t<Args>> ? 2 : 1), ++i), ...);
    return at;
  }

  template <auto* kFunction, typename... RawArgs>
  static Result call(RawArgs... raw_args) {
    const std::tuple<RawArgs...> raw(raw_args...);
    const Owned owned(first_block(raw, std::index_sequence_for<Args...>{}));
    return [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) -> Result {
      constexpr auto kPlaces = places();
      if constexpr (std::is_void_v<R>) {
        kFunction(take<std::tuple<RawArgs...>, kPlaces[kIndex], std::remove_cvref_t<Args>>(raw)...);
      } else if constexpr (kIsObject<R>) {
        const R result =
            kFunction(take<std::tuple<RawArgs...>, kPlaces[kIndex], std::remove_cvref_t<Args>>(raw)...);
        if constexpr (requires { result.has_value(); }) {
          if (!result) return 0;
        }
        const Block block = Type<R>::to(result);
        return give(block.at, block.size);
      } else {
        return Type<R>::to(
            kFunction(take<std::tuple<RawArgs...>, kPlaces[kIndex], std::remove_cvref_t<Args>>(raw)...));
      }
    }(std::index_sequence_for<Args...>{});
  }

  // All texts of a call lie in one block, which begins with the first.
  struct Owned {
    explicit Owned(const char* made) : block(made) {}
    Owned(const Owned&) = delete;
    Owned& operator=(const Owned&) = delete;
    ~Owned() { std::free(const_cast<char*>(block)); }
    const char* block;
  };
  template <typename Tuple, std::size_t... kIndex>
  static const char* first_block([[maybe_unused]] const Tuple& raw, std::index_sequence<kIndex...>) {
    const char* block = nullptr;
    [[maybe_unused]] constexpr auto kPlaces = places();
    const auto look = [&]<std::size_t kI, typename T>() {
      if constexpr (kIsObject<T>) {
        if (block == nullptr) block = std::get<kPlaces[kI]>(raw);
      }
    };
    (look.template operator()<kIndex, std::remove_cvref_t<Args>>(), ...);
    return block;
  }

  static constexpr std::size_t kSignatureSize = [] {
    std::size_t size = 2;
    std::size_t count = 0;
    ((size += Type<std::remove_cvref_t<Args>>::name.size() + (count++ == 0 ? 0 : 2)), ...);
    if constexpr (!std::is_void_v<R>) size += 4 + Type<R>::name.size();
    return size;
  }();
  static constexpr char* write_signature(char* out) {
    const auto put = [&](std::string_view text) {
      for (const char c : text) *out++ = c;
    };
    std::size_t count = 0;
    put("(");
    ((put(count++ == 0 ? "" : ", "), put(Type<std::remove_cvref_t<Args>>::name)), ...);
    put(")");
    if constexpr (!std::is_void_v<R>) {
      put(" -> ");
      put(Type<R>::name);
    }
    return out;
  }
};

// The assembly that puts a line into the section tenon.protocol.
inline constexpr std::string_view kBeforeLine = ".section .custom_section.tenon.protocol,\"\",@\n\t.ascii \"";
inline constexpr std::string_view kAfterLine = "\\n\"\n\t.text\n";
template <std::size_t kSize>
struct Assembly {
  std::array<char, kSize> text{};
  constexpr const char* data() const { return text.data(); }
  constexpr std::size_t size() const { return kSize; }
};
template <typename F, std::size_t kNameSize>
consteval auto declare(const char (&name)[kNameSize]) {
  Assembly<kBeforeLine.size() + kNameSize - 1 + Function<F>::kSignatureSize + kAfterLine.size()> assembly;
  char* out = assembly.text.data();
  const auto put = [&](std::string_view text) {
    for (const char c : text) *out++ = c;
  };
  put(kBeforeLine);
  put({name, kNameSize - 1});
  out = Function<F>::write_signature(out);
  put(kAfterLine);
  return assembly;
}

// A host function that the plugin calls; `Raw` is the import itself.
template <typename Raw, typename F>
struct Import;
template <typename Raw, typename R, typename... Args>
struct Import<Raw, R(Args...)> {
  R operator()(const std::remove_cvref_t<Args>&... arguments) const {
    return std::apply(
        [](auto... raw) -> R {
          if constexpr (std::is_void_v<R>) {
            Raw::call(raw...);
          } else if constexpr (kIsObject<R>) {
            const Block block = unpack(Raw::call(raw...));
            R result = Type<R>::from(block);
            std::free(const_cast<char*>(block.at));
            return result;
          } else {
            return Type<R>::from(Raw::call(raw...));
          }
        },
        std::tuple_cat(raw_of(arguments)...));
  }

 private:
  template <typename T>
  static auto raw_of(const T& value) {
    if constexpr (kIsObject<T>) {
      const Block block = Type<T>::to(value);
      const bool is_null = block.at == nullptr && std::string_view(Type<T>::name).ends_with('?');
      return std::tuple(is_null || block.at != nullptr ? block.at : "", block.size);
    } else {
      return std::tuple(Type<T>::to(value));
    }
  }
};

}  // namespace detail
}  // namespace tenon

__asm__(".section .custom_section.tenon.protocol,\"\",@\n\t.ascii \"tenon 1\\n\"\n\t.text\n");

// A function of this file that the host may call, by the name that it has. At namespace scope.
#define TENON_EXPORT(function)                                                                \
  __asm__((::tenon::detail::declare<decltype(function)>("export " #function)));               \
  template <typename>                                                                         \
  struct tenon_export_##function;                                                             \
  template <typename... Raw>                                                                  \
  struct tenon_export_##function<::tenon::detail::List<Raw...>> {                             \
    __attribute__((export_name(#function))) static auto call(Raw... raw) {                    \
      return ::tenon::detail::Function<decltype(function)>::template call<&function>(raw...); \
    }                                                                                         \
  };                                                                                          \
  template struct tenon_export_##function<typename ::tenon::detail::Function<decltype(function)>::Raw>

// A function of the host's, of the type that follows its name. At namespace scope.
#define TENON_IMPORT(module, name, ...)                                                       \
  __asm__((::tenon::detail::declare<__VA_ARGS__>("import " #module "." #name)));              \
  template <typename>                                                                         \
  struct tenon_import_##name;                                                                 \
  template <typename... Raw>                                                                  \
  struct tenon_import_##name<::tenon::detail::List<Raw...>> {                                 \
    __attribute__((import_module(#module), import_name(#name))) static                        \
        typename ::tenon::detail::Function<__VA_ARGS__>::Result                               \
        call(Raw... raw);                                                                     \
  };                                                                                          \
  inline constexpr ::tenon::detail::Import<                                                   \
      tenon_import_##name<typename ::tenon::detail::Function<__VA_ARGS__>::Raw>, __VA_ARGS__> \
      name {}

// How the host gets memory for texts.
extern "C" __attribute__((export_name("tenon_alloc"), weak)) void* tenon_alloc(std::size_t size) {
  return std::malloc(size);
}
