// Tables of references (WebAssembly 2.0, section 4.2.7).
//
//   tenon::Table table = std::get<tenon::Table>(*instance->find_export("callbacks"));
//   std::expected<tenon::Value, tenon::Error> first = table.get(0);
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>
#include <tenon/types.hpp>
#include <tenon/value.hpp>

namespace tenon TENON_API {

// A handle: a small value that may be copied. Valid while its store lives; using it
// after that is undefined. Used by one thread at a time, as its store is.
class Table {
 public:
  [[nodiscard]] TableType type() const;      // minimum is the current size
  [[nodiscard]] std::uint64_t size() const;  // elements
  // Errors: invalid_argument, beyond the end.
  [[nodiscard]] std::expected<Value, Error> get(std::uint64_t index) const;
  // Errors: that, and signature_mismatch where the value is none of the element type:
  // of another kind, null where the type has none, a function of another type or store.
  [[nodiscard]] std::expected<void, Error> set(std::uint64_t index, const Value& value) const;
  // The new elements are `value`. The old size, or nullopt where a limit says no or the
  // value is none of the element type.
  std::optional<std::uint64_t> grow(std::uint64_t elements, const Value& value) const;

 private:
  friend struct runtime::Access;
  explicit Table(runtime::TableImpl* impl) : impl_(impl) {}

  runtime::TableImpl* impl_;
};

}  // namespace tenon
