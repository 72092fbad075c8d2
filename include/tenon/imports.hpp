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

// A host function for the name, or nullopt: the name is not known. `wanted` is
// the type of the import; a function of another type makes that import an error.
using FunctionProvider =
    std::function<std::optional<HostFunction>(std::string_view name, const FunctionType& wanted)>;

// Names for imports to be found by. Later definitions replace earlier ones.
// An ordinary value; may be used for many instantiations. Externs belong to one
// store and can only be used with it; a SharedMemory may be given to any.
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
  // Functions of a module that are made only where a guest imports them: asked
  // at each instantiate, for names that nothing defines; of several providers
  // for a module the later is asked first.
  Imports& provide(std::string_view module, FunctionProvider provider);
  // Every export of the instance, under the given module name.
  Imports& define_instance(std::string_view module, const Instance& instance);
  Imports& unknown(UnknownImports policy);

 private:
  friend struct runtime::Access;
  std::unique_ptr<runtime::Definitions> impl_;
};

}  // namespace tenon
