// Global variables (WebAssembly 2.0, section 4.2.9).
//
//   tenon::Global counter = std::get<tenon::Global>(*instance->find_export("counter"));
//   std::int32_t count = counter.get().i32();
#pragma once

#include <expected>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>
#include <tenon/types.hpp>
#include <tenon/value.hpp>

namespace tenon TENON_API {

// A handle: a small value that may be copied. Valid while its store lives; using it
// after that is undefined. Used by one thread at a time, as its store is.
class Global {
 public:
  [[nodiscard]] GlobalType type() const;
  [[nodiscard]] Value get() const;
  // Errors: invalid_argument, where the global is immutable; signature_mismatch, where
  // the value is none of its type: of another kind, null where the type has none, a
  // function of another type or store.
  [[nodiscard]] std::expected<void, Error> set(const Value& value) const;

 private:
  friend struct runtime::Access;
  explicit Global(runtime::GlobalImpl* impl) : impl_(impl) {}

  runtime::GlobalImpl* impl_;
};

}  // namespace tenon
