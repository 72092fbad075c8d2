// Global variables (WebAssembly 2.0, section 4.2.9).
//
//   auto found = instance->find_export("counter");
//   if (auto* counter = found ? std::get_if<tenon::Global>(&*found) : nullptr) {
//     std::int32_t count = counter->get().i32();          // where its type is i32
//     auto done = counter->set(tenon::Value::from_i32(count + 1));
//   }
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
  // Its value now. A copy: the guest's later changes do not show in it. An exception comes
  // out as no more than "not null" (tenon/value.hpp).
  [[nodiscard]] Value get() const;
  // The guest sees the new value at its next look. Errors, phase call, with the old value
  // kept: invalid_argument, where the global is immutable; signature_mismatch, where the value
  // is not of its type: of another kind, null where the type has none, a function of
  // another type or store, an exception.
  [[nodiscard]] std::expected<void, Error> set(const Value& value) const;

 private:
  friend struct runtime::Access;
  explicit Global(runtime::GlobalImpl* impl) : impl_(impl) {}

  runtime::GlobalImpl* impl_;
};

}  // namespace tenon
