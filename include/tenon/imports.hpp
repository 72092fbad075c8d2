// What a module's imports are looked up in.
//
//   tenon::Imports imports;
//   imports.function("env", "add_one", [](std::int32_t i) { return i + 1; });
//   auto instance = store.instantiate(*module, imports);
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
#include <tenon/types.hpp>

namespace tenon TENON_API {

// What to do at instantiate about imports that nothing defines.
enum class UnknownImports : std::uint8_t {
  error,  // instantiate fails and names every one, or the first of very many
  trap,   // functions: an error (unknown_import) when called; the rest as `zero`
  zero,   // functions return zeros; globals are zero; memories and tables are made
};

// Gives a host function for the name, or nullopt for a name that it does not know.
// `wanted` is the type of the import; a function of another type makes it an error.
using FunctionProvider =
    std::function<std::optional<HostFunction>(std::string_view name, const FunctionType& wanted)>;

// An ordinary value, which may serve many instantiations, one thread at a time. A later
// definition replaces an earlier one of the same name. An Extern belongs to one store and
// can only be used with it; a HostFunction and a SharedMemory go with any.
class Imports {
 public:
  Imports();
  Imports(const Imports&);
  Imports(Imports&&) noexcept;
  Imports& operator=(const Imports&);
  Imports& operator=(Imports&&) noexcept;
  ~Imports();

  template <typename F>
  Imports& function(std::string_view module, std::string_view name, F&& callable) {
    return define(module, name, HostFunction(std::forward<F>(callable)));
  }
  Imports& define(std::string_view module, std::string_view name, HostFunction function);
  Imports& define(std::string_view module, std::string_view name, const Extern& item);
  Imports& define(std::string_view module, std::string_view name, SharedMemory memory);
  // Functions that are made only if a guest imports them. At each instantiate the provider
  // is asked for the names of this module that nothing defines. Of several providers for a
  // module, the one that was added last is asked first.
  Imports& provide(std::string_view module, FunctionProvider provider);
  // Every export of the instance, under the given module name.
  Imports& define_instance(std::string_view module, const Instance& instance);
  Imports& unknown(UnknownImports policy);

 private:
  friend struct runtime::Access;
  std::unique_ptr<runtime::Definitions> impl_;
};

}  // namespace tenon
