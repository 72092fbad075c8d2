// What makes a plugin an AssemblyScript plugin.
#include <span>
#include <string_view>
#include <utility>

#include "artifact/protocols.hpp"

namespace tenon::artifact {
namespace {

struct Wanted {
  bool AssemblyScriptExports::* there;
  std::string_view name;
  FunctionType type;
};

// Made once: plugins are loaded often, and types take allocations.
std::span<const Wanted> all_wanted() {
  constexpr auto i32 = ValueType::i32;
  using Found = AssemblyScriptExports;
  static const Wanted kAll[] = {{&Found::malloc, "malloc", {{i32}, {i32}}},
                                {&Found::new_, "__new", {{i32, i32}, {i32}}},
                                {&Found::pin, "__pin", {{i32}, {i32}}},
                                {&Found::unpin, "__unpin", {{i32}, {}}},
                                {&Found::collect, "__collect", {}}};
  return kAll;
}

}  // namespace

std::expected<AssemblyScriptExports, Error> find_assemblyscript(Exports exports) {
  auto memory = find_memory(exports);
  if (!memory) return std::unexpected(std::move(memory.error()));
  AssemblyScriptExports found{.memory = std::move(*memory)};
  for (const Wanted& wanted : all_wanted()) {
    auto has_it = has_function(exports, wanted.name, wanted.type, "AssemblyScript");
    if (!has_it) return std::unexpected(std::move(has_it.error()));
    found.*wanted.there = *has_it;
  }
  // C's malloc comes with free, and its allocations have no header.
  if (found.new_ || (found.malloc && find_export(exports, "free") == nullptr)) return found;
  return lacks(
      "the plugin exports neither malloc nor __new, so no text can be passed to it "
      "(AssemblyScript: compile with --exportRuntime)");
}

}  // namespace tenon::artifact
