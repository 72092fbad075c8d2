// What a module's imports are looked up in, by two names, when it is instantiated
// (WebAssembly 2.0, sections 2.5.11 and 4.5.4).
//
//   tenon::Imports imports;
//   imports.function("env", "add_one", [](std::int32_t i) { return i + 1; });
//   imports.define_instance("library", *instance);            // all that another instance exports
//   imports.unknown(tenon::UnknownImports::trap);             // what is missing fails when called
//   auto second = store.instantiate(*module, imports);
//
// An import is what a module asks for; a definition is what the host says here. Types
// must match as section 3.4 has it: functions, tags and mutable globals exactly;
// memories and tables must be at least as large as the import asks for, with no larger
// maximum.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/host_function.hpp>
#include <tenon/instance.hpp>
#include <tenon/shared_memory.hpp>
#include <tenon/snapshot.hpp>
#include <tenon/types.hpp>

namespace tenon TENON_API {

// What to do at instantiate about imports that nothing defines. With `trap` and `zero` an
// import of a type without a zero, such as a global of a reference that is never null, is
// still an error (unknown_import, phase link).
enum class UnknownImports : std::uint8_t {
  error,  // instantiate fails and names every one, or the first of very many
  trap,   // functions: an error (unknown_import, phase call) when called; the rest as `zero`
  zero,   // functions return zeros; globals are zero; memories, tables and tags are made
};

// Gives a host function for the name, or nullopt for a name that it does not know.
// `wanted` is the type of the import; a function of another type makes it an error
// (incompatible_import). Called inside Store::instantiate, on its thread, once for each
// import that nothing else defines; what it throws comes out of there.
using FunctionProvider =
    std::function<std::optional<HostFunction>(std::string_view name, const FunctionType& wanted)>;

// An ordinary value, which may serve many instantiations. Store::instantiate only reads it,
// so several threads may instantiate with it at once, if its providers are thread-safe. A later definition replaces an earlier one of the same two names;
// what no module asks for does no harm. An Extern belongs to one store and can only be used
// with it (else invalid_argument), while that store lives; a HostFunction and a SharedMemory
// go with any. Names are compared byte by byte.
class Imports {
 public:
  Imports();
  // Copies the definitions; what they refer to is shared. One that was moved from can only
  // be destroyed or moved into.
  Imports(const Imports&);
  Imports(Imports&&) noexcept;
  Imports& operator=(const Imports&);
  Imports& operator=(Imports&&) noexcept;
  ~Imports();

  // A callable as HostFunction takes it (tenon/host_function.hpp). Like all that follow it
  // returns the object, for the next definition.
  template <typename F>
  Imports& function(std::string_view module, std::string_view name, F&& callable) {
    return define(module, name, HostFunction(std::forward<F>(callable)));
  }
  Imports& define(std::string_view module, std::string_view name, HostFunction function);
  // A Function, Table, Memory, Global or Tag of the store that will instantiate.
  Imports& define(std::string_view module, std::string_view name, const Extern& item);
  // Kept alive by this object, and by each store that instantiates with it.
  Imports& define(std::string_view module, std::string_view name, SharedMemory memory);
  // Functions that are made only if a guest imports them. At each instantiate the provider
  // is asked for the names of this module that nothing defines. Of several providers for a
  // module, the one that was added last is asked first.
  Imports& provide(std::string_view module, FunctionProvider provider);
  // What the host functions keep for the guest, for snapshots of the instance to hold as well
  // (tenon/snapshot.hpp). The name tells it from other states; a later one replaces an earlier
  // one. Instances made with the same object share it.
  Imports& state(std::string_view name, std::shared_ptr<SnapshotState> state);
  // Every export that the instance has, under the given module name.
  Imports& define_instance(std::string_view module, const Instance& instance);
  // By default UnknownImports::error.
  Imports& unknown(UnknownImports policy);

 private:
  friend struct runtime::Access;
  std::unique_ptr<runtime::Definitions> impl_;
};

}  // namespace tenon
