// The types of WebAssembly as host programs see them: value types, function
// types, and the types of imports and exports (WebAssembly 2.0 core
// specification, section 2.3 "Types"; references to functions of one type are
// of the proposal typed function references).
//
//   using enum tenon::ValueType;
//   tenon::FunctionType add{{i32, i32}, {i32}};
//   std::string text = tenon::to_string(add);                  // "(i32, i32) -> i32"
//   for (const tenon::ImportType& wanted : module->imports()) {
//     std::cout << wanted.name << ' ' << tenon::to_string(wanted.type) << '\n';
//   }
//
// Plain values: copyable, comparable, safe to share between threads as any const
// object is. They own their texts and lists, but no types of functions that a
// reference type names: see referenced_type.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tenon/api.hpp>

namespace tenon TENON_API {

// Numbered as in the binary format (section 5.3.1 to 5.3.4). The enumerators are
// not all values: `reference_to` gives references to functions of one type, and
// `non_null` those that are never null. So a switch over a ValueType needs a
// default. Two types are the same where their numbers are, within one process:
// do not store the number of a reference to one type in a file.
enum class ValueType : std::uint32_t {
  i32 = 0x7F,
  i64 = 0x7E,
  f32 = 0x7D,
  f64 = 0x7C,
  v128 = 0x7B,       // 16 bytes, a vector of lanes (proposal simd)
  funcref = 0x70,    // to a function of any type, or null
  externref = 0x6F,  // to something of the host, or null
  exnref = 0x69,     // to an exception (proposal exception-handling)
};

// Parameters and results, in order (section 2.3.6). A module may have up to 1,000
// of each. Two types are equal where all their value types are.
struct FunctionType {
  std::vector<ValueType> parameters;
  std::vector<ValueType> results;
  bool operator==(const FunctionType&) const = default;
  auto operator<=>(const FunctionType&) const = default;  // any order, for sorted containers
};

namespace detail {

// Bits of a ValueType beyond those of the named ones. A reference to functions
// of one type has the type's number below them: in all that a host sees, its
// number in this process.
inline constexpr std::uint32_t kNonNull = 0x4000'0000;
inline constexpr std::uint32_t kOfFunctionType = 0x8000'0000;

// For conditions that are joined without a branch: over long lists of types compilers
// make vectors of them.
[[nodiscard]] constexpr unsigned bit(bool condition) { return condition ? 1 : 0; }

[[nodiscard]] constexpr ValueType reference_to_number(std::uint32_t function_type) {
  return ValueType{kOfFunctionType | function_type};
}
[[nodiscard]] constexpr bool has_number(ValueType type) {
  return (static_cast<std::uint32_t>(type) & kOfFunctionType) != 0;
}
[[nodiscard]] constexpr std::uint32_t number_of(ValueType type) {
  return static_cast<std::uint32_t>(type) & ~(kOfFunctionType | kNonNull);
}

}  // namespace detail

// The same reference type with null allowed, and without: (ref null func) is funcref,
// (ref func) is non_null(funcref).
[[nodiscard]] constexpr ValueType nullable(ValueType type) {
  return ValueType{static_cast<std::uint32_t>(type) & ~detail::kNonNull};
}
[[nodiscard]] constexpr ValueType non_null(ValueType type) {
  return ValueType{static_cast<std::uint32_t>(type) | detail::kNonNull};
}

// The named type that includes this one. It is the type that a Value has: funcref for
// every reference to functions, externref for (ref extern).
[[nodiscard]] constexpr ValueType general_type(ValueType type) {
  return detail::has_number(type) ? ValueType::funcref : nullable(type);
}

// Of all reference types, with null and without. Everything else is a number or a vector.
[[nodiscard]] constexpr bool is_reference(ValueType type) {
  using detail::bit;
  const ValueType named = nullable(type);
  return (bit(detail::has_number(type)) | bit(named == ValueType::funcref) |
          bit(named == ValueType::externref) | bit(named == ValueType::exnref)) != 0;
}

// Whether a variable of this type can start with zero or null: true of all but the
// references that are never null.
[[nodiscard]] constexpr bool has_default(ValueType type) { return type == nullable(type); }

// Whether every value of `type` is also a value of `of` (WebAssembly 3.0, section 3.3). A reference that is
// never null fits where null is allowed; a reference to functions of one type fits where
// any function is allowed. Two function types are equal or unrelated.
[[nodiscard]] constexpr bool is_subtype(ValueType type, ValueType of) {
  const bool same = nullable(type) == nullable(of);
  const unsigned to_any_function =
      detail::bit(detail::has_number(type)) & detail::bit(nullable(of) == ValueType::funcref);
  const bool null_fits =
      (static_cast<std::uint32_t>(of) & ~static_cast<std::uint32_t>(type) & detail::kNonNull) == 0;
  return ((detail::bit(same) | to_any_function) & detail::bit(null_fits)) != 0;
}

// (ref null $t), the references to functions of this type. Equal types give equal
// reference types, whatever module they are from: from now on, for the life of
// the process. So name with it what the host knows, not whatever a guest brings.
// Thread-safe.
[[nodiscard]] ValueType reference_to(const FunctionType& type);
// What the reference type is to; null for every other value type. A reference
// type that comes from a module, and that the host has not named, is known while
// that module, an ArtifactInfo or a store with an instance of it lives: after that
// the answer is null, and the same type of a module that is loaded later is
// another. Thread-safe; the pointer is good for as long.
[[nodiscard]] const FunctionType* referenced_type(ValueType type);

// The size of a memory in pages of 64 KiB (kPageSize), or of a table in elements
// (section 2.3.7). A maximum is a promise of the module not to grow beyond it; the
// store's own limits hold besides (StoreOptions). The type of a live memory or table has
// its current size as the minimum.
struct Limits {
  std::uint64_t minimum = 0;
  std::optional<std::uint64_t> maximum;  // none: it may grow as far as its index type and the store allow
  bool operator==(const Limits&) const = default;
};

// Section 2.3.9. `element` must be a reference type.
struct TableType {
  ValueType element = ValueType::funcref;
  Limits limits;
  bool is_64 = false;  // indices are i64 (proposal memory64)
  [[nodiscard]] constexpr ValueType address_type() const { return is_64 ? ValueType::i64 : ValueType::i32; }
  bool operator==(const TableType&) const = default;
};

// Section 2.3.8. A shared memory must have a maximum.
struct MemoryType {
  Limits limits;
  bool is_64 = false;      // addresses are i64 (proposal memory64)
  bool is_shared = false;  // between threads (proposal threads)
  [[nodiscard]] constexpr ValueType address_type() const { return is_64 ? ValueType::i64 : ValueType::i32; }
  bool operator==(const MemoryType&) const = default;
};

// Section 2.3.10.
struct GlobalType {
  ValueType value = ValueType::i32;
  bool is_mutable = false;
  bool operator==(const GlobalType&) const = default;
};

// What exceptions of a tag carry: the parameters of a function type that has no
// results.
struct TagType {
  FunctionType type;
  bool operator==(const TagType&) const = default;
};

// Numbered as in the binary format (section 5.5.5); also the alternative's
// index in ExternType.
enum class ExternKind : std::uint8_t { function = 0, table = 1, memory = 2, global = 3, tag = 4 };

// The type of any import or export (section 2.3.11).
using ExternType = std::variant<FunctionType, TableType, MemoryType, GlobalType, TagType>;

[[nodiscard]] inline ExternKind kind_of(const ExternType& type) {
  return static_cast<ExternKind>(type.index());
}

// Something that a module asks its host for (section 2.5.11). Both names are the module's
// word: well-formed UTF-8, which may hold anything else, control characters too. The same
// pair of names may come more than once.
struct ImportType {
  std::string module;  // the namespace, such as "env"; not necessarily a module
  std::string name;
  ExternType type;
};

// Something that a module offers (section 2.5.10). No two exports of a module have the
// same name.
struct ExportType {
  std::string name;
  ExternType type;
  std::uint32_t index = 0;  // in the index space of its kind
};

// The unit in which memories grow: bytes, section 4.2.8.
inline constexpr std::uint64_t kPageSize = 65536;

// Types in words, for messages. Thread-safe. A reference type that is not known any more
// (see referenced_type) comes out without what it refers to.

[[nodiscard]] std::string to_string(ValueType type);  // "i32", "(ref null (i32) -> i32)"
[[nodiscard]] std::string_view to_string(ExternKind kind);
[[nodiscard]] std::string to_string(const FunctionType& type);  // "(i32, f64) -> (i64, i64)"
[[nodiscard]] std::string to_string(const ExternType& type);    // "memory 1..16 shared", "global i32"…

}  // namespace tenon
