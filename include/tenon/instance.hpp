// Instances: a module with memories, tables and globals of its own (WebAssembly 2.0,
// section 4.2.5), made by Store::instantiate.
//
//   auto instance = store.instantiate(*module, imports);
//   if (!instance) return fail(instance.error());
//   auto fib = instance->function<std::int32_t(std::int32_t)>("fib");   // once
//   if (!fib) return fail(fib.error());
//   std::expected<std::int32_t, tenon::Error> result = (*fib)(20);       // as often as you like
//
// Look exports up once and keep the handles: a look-up is a binary search by name,
// and that of a typed function compares types as well. Calling a kept
// TypedFunction does neither.
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
#include <tenon/snapshot.hpp>
#include <tenon/table.hpp>
#include <tenon/tag.hpp>

namespace tenon TENON_API {

// Anything that a module can import or export (section 4.2.13). Alternatives in the order
// of ExternKind. Like each of them, valid while its store lives.
using Extern = std::variant<Function, Table, Memory, Global, Tag>;

// A handle: a small value that may be copied. Valid while its store lives; using it
// after that is undefined. Used by one thread at a time, as its store is.
class Instance {
 public:
  // Any export by its name; nullopt where there is none. The name is compared byte by byte.
  [[nodiscard]] std::optional<Extern> find_export(std::string_view name) const;
  // An exported function. Errors, phase call: unknown_export, where the name is not exported
  // or is something else; for the typed one signature_mismatch too (Function::typed).
  [[nodiscard]] std::expected<Function, Error> function(std::string_view name) const;
  template <typename Signature>
  [[nodiscard]] std::expected<TypedFunction<Signature>, Error> function(std::string_view name) const;
  // An exported memory, which toolchains call "memory". Errors, phase call: unknown_export.
  [[nodiscard]] std::expected<Memory, Error> memory(std::string_view name = "memory") const;
  // What it was made from. The reference is valid while the store lives; a copy of the
  // Module is valid longer.
  [[nodiscard]] const Module& module() const;
  // True once a call of the host into this instance ended early, by a trap, an error of a
  // host function or an exit, and the store poisons (StoreOptions::poison_after_trap): the
  // guest's data may then be half changed. The host's further calls of its functions are
  // refused (ErrorCode::poisoned); its memory and globals can still be looked at. An
  // instance that only other instances called in that call is not poisoned.
  [[nodiscard]] bool poisoned() const;

  // Its state as it is now (tenon/snapshot.hpp). Errors, phase call: invalid_argument, where it
  // has state that a snapshot cannot hold, stopped in an earlier call, or is in a call of its
  // store; out_of_resources.
  [[nodiscard]] std::expected<Snapshot, Error> snapshot() const;
  // Puts the state back, of itself or of another instance of the same module. It is not poisoned
  // afterwards. Spans of its memory that the host still has are to be written no more: the
  // next reset may not see it. Errors, phase call: invalid_argument, for a snapshot of
  // another module or with references of another store, and in a call of the store;
  // out_of_resources, after which the instance is poisoned until a reset succeeds.
  [[nodiscard]] std::expected<void, Error> reset(const Snapshot& snapshot) const;

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
