// Tables of references (WebAssembly 2.0, section 4.2.7).
//
//   auto found = instance->find_export("handlers");
//   if (auto* handlers = found ? std::get_if<tenon::Table>(&*found) : nullptr) {
//     std::expected<tenon::Value, tenon::Error> first = handlers->get(0);
//     if (first && !first->funcref().is_null()) {           // where its elements are functions
//       auto handler = store.function_from(first->funcref());
//     }
//   }
//
// Guests call functions by their index in a table (call_indirect), so whoever changes a
// table changes what they call; the types of functions are checked at each such call.
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
  [[nodiscard]] TableType type() const;      // minimum is the current size, in elements
  [[nodiscard]] std::uint64_t size() const;  // elements; never shrinks
  // A copy of the element. Errors: invalid_argument, at or beyond the end (phase call).
  [[nodiscard]] std::expected<Value, Error> get(std::uint64_t index) const;
  // Errors, phase call, with the old element kept: that, and signature_mismatch where the
  // value is not of the element type: of another kind, null where the type has none, a
  // function of another type or store, an exception.
  [[nodiscard]] std::expected<void, Error> set(std::uint64_t index, const Value& value) const;
  // Grows by `elements`, each of which is `value`. The old size, or nullopt, and nothing
  // changed, where a limit (the type's maximum, StoreOptions::table_limit and memory_limit)
  // or the system says no, or the value is not of the element type.
  std::optional<std::uint64_t> grow(std::uint64_t elements, const Value& value) const;

 private:
  friend struct runtime::Access;
  explicit Table(runtime::TableImpl* impl) : impl_(impl) {}

  runtime::TableImpl* impl_;
};

}  // namespace tenon
