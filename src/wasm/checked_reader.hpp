// Reading of what the binary format is made of, with errors that say what was
// wrong and where. Every function returns whether it succeeded; the first
// failure is kept, and nothing may be read after it.
//
//   CheckedReader in(bytes, base, features);
//   std::uint32_t count = 0;
//   if (!in.u32(count) || !in.value_type(type)) return std::unexpected(in.take_error());
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tenon/error.hpp>
#include <tenon/types.hpp>

#include "base/bytes.hpp"
#include "wasm/features.hpp"

namespace tenon::wasm {

// For each type of a module a number that equal ones share.
using TypeNumbers = std::vector<std::uint32_t>;

class CheckedReader {
 public:
  // `base` is the offset of the reader's first byte in the module. `types` are
  // Module::canonical_types as far as they are known, and must outlive this.
  CheckedReader(base::ByteReader& bytes, std::uint64_t base, FeatureSet features,
                const TypeNumbers* types = nullptr)
      : bytes_(bytes), base_(base), features_(features), types_(types) {}

  [[nodiscard]] std::uint64_t offset() const { return base_ + bytes_.position(); }
  [[nodiscard]] std::size_t remaining() const { return bytes_.remaining(); }
  [[nodiscard]] bool at_end() const { return bytes_.at_end(); }
  [[nodiscard]] std::optional<std::uint8_t> peek() const { return bytes_.peek(); }
  [[nodiscard]] FeatureSet features() const { return features_; }
  // What is read is the type whose number is the next one.
  void enter_type() { inside_type_ = true; }

  [[nodiscard]] bool u8(std::uint8_t& out) { return store(bytes_.u8(), out); }
  [[nodiscard]] bool u32(std::uint32_t& out) { return store(bytes_.leb_u32(), out); }
  [[nodiscard]] bool u64(std::uint64_t& out) { return store(bytes_.leb_u64(), out); }
  [[nodiscard]] bool s32(std::int32_t& out) { return store(bytes_.leb_s32(), out); }
  [[nodiscard]] bool s33(std::int64_t& out) { return store(bytes_.leb_s33(), out); }
  [[nodiscard]] bool s64(std::int64_t& out) { return store(bytes_.leb_s64(), out); }
  template <typename T>
  [[nodiscard]] bool fixed(T& out) {
    return store(bytes_.fixed<T>(), out);
  }

  // A length, and that many bytes.
  [[nodiscard]] bool block(base::ByteView& out);
  // The number of entries of a vector. A number that the remaining bytes cannot
  // hold fails here, so that it is safe to reserve memory for as many entries;
  // so does one beyond the limit, which `what` names ("types").
  [[nodiscard]] bool count(std::uint32_t& out, std::uint32_t limit, std::string_view what);
  // Valid UTF-8 (section 5.2.4), not longer than kMaxNameBytes. A view.
  [[nodiscard]] bool name(std::string_view& out);
  [[nodiscard]] bool value_type(ValueType& out);
  [[nodiscard]] bool reference_type(ValueType& out);
  // The reference type, null included, to what is read.
  [[nodiscard]] bool heap_type(ValueType& out);

  // For another reader of the same bytes; then step over what it has read.
  [[nodiscard]] base::ByteView unread() const { return bytes_.unread(); }
  void skip(std::size_t bytes) { static_cast<void>(bytes_.take(bytes)); }
  [[nodiscard]] base::ByteView rest() { return *bytes_.take(bytes_.remaining()); }

  // These keep an error at the present offset, or at another, and return false.
  [[nodiscard]] bool malformed(std::string message) { return malformed_at(offset(), std::move(message)); }
  [[nodiscard]] bool malformed_at(std::uint64_t where, std::string message);
  [[nodiscard]] bool invalid_at(std::uint64_t where, std::string message);
  [[nodiscard]] bool unsupported_at(std::uint64_t where, std::string message);
  // "what has 5 things; the limit is 4" unless actual <= limit.
  [[nodiscard]] bool within(std::uint64_t actual, std::uint64_t limit, std::string_view what,
                            std::string_view things);
  [[nodiscard]] bool adopt(Error error);

  [[nodiscard]] Error take_error() { return std::move(*error_); }

 private:
  template <typename T>
  bool store(std::optional<T> value, T& out) {
    if (!value) [[unlikely]]
      return explain_fault();
    out = *value;
    return true;
  }
  bool explain_fault();
  bool named_heap_type(ValueType& out, std::uint8_t byte);
  bool unknown_type(std::uint64_t where, std::int64_t index);
  bool keep(Phase phase, ErrorCode code, std::uint64_t where, std::string message);

  base::ByteReader& bytes_;
  std::uint64_t base_;
  FeatureSet features_;
  const TypeNumbers* types_;
  bool inside_type_ = false;
  std::optional<Error> error_;
};

[[nodiscard]] std::string hex(std::uint32_t value);  // "0x1f"
// As to_string, but a reference to a function type has the module's number of
// it: "(ref null 3)".
[[nodiscard]] std::string text_of(ValueType type);
[[nodiscard]] std::string text_of(const FunctionType& type);
[[nodiscard]] Error limit_error(std::uint64_t where, std::uint64_t actual, std::uint64_t limit,
                                std::string_view what, std::string_view things);

}  // namespace tenon::wasm
