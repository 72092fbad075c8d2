// Instances: a module with memories, tables and globals of its own (WebAssembly 2.0,
// section 4.2.6), made by Store::instantiate.
//
//   auto instance = store.instantiate(*module, imports);
//   auto fib = instance->function<std::int32_t(std::int32_t)>("fib");
//   std::expected<std::int32_t, tenon::Error> result = (*fib)(20);
#pragma once

#include <expected>
#include <optional>
#include <string_view>
#include <variant>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>
#include <tenon/function.hpp>
#include <tenon/global.hpp>
#include <tenon/memory.hpp>
#include <tenon/module.hpp>
#include <tenon/table.hpp>
#include <tenon/tag.hpp>

namespace tenon TENON_API {

// Alternatives in the order of ExternKind.
using Extern = std::variant<Function, Table, Memory, Global, Tag>;

// A handle: a small value that may be copied. Valid while its store lives; using it
// after that is undefined. Used by one thread at a time, as its store is.
class Instance {
 public:
  // Nullopt where there is no export of that name.
  [[nodiscard]] std::optional<Extern> find_export(std::string_view name) const;
  // Errors: unknown_export; of the typed one signature_mismatch too.
  [[nodiscard]] std::expected<Function, Error> function(std::string_view name) const;
  template <typename Signature>
  [[nodiscard]] std::expected<TypedFunction<Signature>, Error> function(std::string_view name) const;
  // Errors: unknown_export.
  [[nodiscard]] std::expected<Memory, Error> memory(std::string_view name = "memory") const;
  // Valid while the store lives.
  [[nodiscard]] const Module& module() const;
  // True once a call ended in a trap, host error or exit and the store poisons
  // (StoreOptions::poison_after_trap). Every further call is then refused.
  [[nodiscard]] bool poisoned() const;

 private:
  friend struct runtime::Access;
  explicit Instance(runtime::InstanceImpl* impl) : impl_(impl) {}

  runtime::InstanceImpl* impl_;
};

template <typename Signature>
std::expected<TypedFunction<Signature>, Error> Instance::function(std::string_view name) const {
  auto found = function(name);
  if (!found) return std::unexpected(std::move(found.error()));
  return found->template typed<Signature>();
}

}  // namespace tenon
