// What makes a plugin an AssemblyScript plugin.
#include <tuple>
#include <utility>

#include "artifact/protocols.hpp"

namespace tenon::artifact {

std::expected<AssemblyScriptExports, Error> find_assemblyscript(Exports exports) {
  auto memory = find_memory(exports);
  if (!memory) return std::unexpected(std::move(memory.error()));
  AssemblyScriptExports found{.memory = std::move(*memory)};
  constexpr auto i32 = ValueType::i32;
  const std::tuple<bool&, std::string_view, FunctionType> functions[] = {
      {found.malloc, "malloc", {{i32}, {i32}}}, {found.new_, "__new", {{i32, i32}, {i32}}},
      {found.pin, "__pin", {{i32}, {i32}}},     {found.unpin, "__unpin", {{i32}, {}}},
      {found.collect, "__collect", {}},
  };
  for (const auto& [there, name, type] : functions) {
    auto has_it = has_function(exports, name, type, "AssemblyScript");
    if (!has_it) return std::unexpected(std::move(has_it.error()));
    there = *has_it;
  }
  // C's malloc comes with free, and its allocations have no header.
  if (found.new_ || (found.malloc && find_export(exports, "free") == nullptr)) return found;
  return lacks(
      "the plugin exports neither malloc nor __new, so no text can be passed to it "
      "(AssemblyScript: compile with --exportRuntime)");
}

}  // namespace tenon::artifact
