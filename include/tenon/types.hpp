// The types of WebAssembly as host programs see them: value types, function
// types, and the types of imports and exports (WebAssembly 2.0 core
// specification, section 2.3 "Types").
//
//   tenon::FunctionType add{{ValueType::i32, ValueType::i32}, {ValueType::i32}};
//   std::string text = tenon::to_string(add);   // "(i32, i32) -> i32"
//
// Plain values: copyable, comparable, no ownership, safe to share between
// threads as any const object is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tenon/api.hpp>

namespace tenon TENON_API {

// Numbered as in the binary format (section 5.3.1 to 5.3.4).
enum class ValueType : std::uint8_t {
  i32 = 0x7F,
  i64 = 0x7E,
  f32 = 0x7D,
  f64 = 0x7C,
  v128 = 0x7B,
  funcref = 0x70,
  externref = 0x6F,
  exnref = 0x69,  // to an exception (proposal exception-handling)
};

[[nodiscard]] constexpr bool is_reference(ValueType type) {
  return type == ValueType::funcref || type == ValueType::externref || type == ValueType::exnref;
}

struct FunctionType {
  std::vector<ValueType> parameters;
  std::vector<ValueType> results;
  bool operator==(const FunctionType&) const = default;
};

// Sizes of a memory in pages of 64 KiB, or of a table in elements.
struct Limits {
  std::uint64_t minimum = 0;
  std::optional<std::uint64_t> maximum;
  bool operator==(const Limits&) const = default;
};

struct TableType {
  ValueType element = ValueType::funcref;
  Limits limits;
  bool is_64 = false;  // indices are i64 (proposal memory64)
  [[nodiscard]] constexpr ValueType address_type() const { return is_64 ? ValueType::i64 : ValueType::i32; }
  bool operator==(const TableType&) const = default;
};

struct MemoryType {
  Limits limits;
  bool is_64 = false;      // addresses are i64 (proposal memory64)
  bool is_shared = false;  // between threads (proposal threads)
  [[nodiscard]] constexpr ValueType address_type() const { return is_64 ? ValueType::i64 : ValueType::i32; }
  bool operator==(const MemoryType&) const = default;
};

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

using ExternType = std::variant<FunctionType, TableType, MemoryType, GlobalType, TagType>;

[[nodiscard]] inline ExternKind kind_of(const ExternType& type) {
  return static_cast<ExternKind>(type.index());
}

struct ImportType {
  std::string module;
  std::string name;
  ExternType type;
};

struct ExportType {
  std::string name;
  ExternType type;
  std::uint32_t index = 0;  // in the index space of its kind
};

inline constexpr std::uint64_t kPageSize = 65536;  // bytes; section 4.2.8

[[nodiscard]] std::string_view to_string(ValueType type);
[[nodiscard]] std::string_view to_string(ExternKind kind);
[[nodiscard]] std::string to_string(const FunctionType& type);  // "(i32, f64) -> (i64, i64)"
[[nodiscard]] std::string to_string(const ExternType& type);    // "memory 1..16 shared", "global i32"…

}  // namespace tenon
