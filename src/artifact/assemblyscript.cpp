// What makes a plugin an AssemblyScript plugin.
#include <algorithm>
#include <optional>
#include <utility>

#include "artifact/protocols.hpp"
#include "base/error.hpp"

namespace tenon::artifact {
namespace {

std::unexpected<Error> lacks(std::string what) {
  return base::fail(Phase::instantiate, ErrorCode::protocol, std::move(what));
}

const ExportType* find(Exports exports, std::string_view name) {
  const auto found = std::ranges::find(exports, name, &ExportType::name);
  return found != exports.end() ? &*found : nullptr;
}

bool is_memory(const ExportType& item) { return kind_of(item.type) == ExternKind::memory; }

// "memory", or the only one under whatever name.
std::expected<std::string, Error> find_memory(Exports exports) {
  const auto* named = find(exports, "memory");
  if (named != nullptr && is_memory(*named)) return named->name;
  const auto only = std::ranges::find_if(exports, is_memory);
  if (only == exports.end())
    return lacks("the plugin exports no memory, so no text can be passed to it (export it as \"memory\")");
  if (std::ranges::count_if(exports, is_memory) > 1)
    return lacks("the plugin exports several memories and none as \"memory\"");
  return only->name;
}

// Whether the export is there. Later calls do not look at types again; this check makes
// them sound.
std::expected<bool, Error> has(Exports exports, std::string_view name, const FunctionType& wanted) {
  const auto* item = find(exports, name);
  if (item == nullptr) return false;
  const auto* type = std::get_if<FunctionType>(&item->type);
  if (type != nullptr && *type == wanted) return true;
  return base::fail(Phase::instantiate, ErrorCode::signature_mismatch,
                    "the plugin exports \"" + std::string(name) + "\" with " +
                        (type != nullptr ? to_string(*type) : "no function's type") +
                        ", but AssemblyScript's is " + to_string(wanted));
}

}  // namespace

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
    auto has_it = has(exports, name, type);
    if (!has_it) return std::unexpected(std::move(has_it.error()));
    there = *has_it;
  }
  // C's malloc comes with free, and its allocations have no header.
  if (found.new_ || (found.malloc && find(exports, "free") == nullptr)) return found;
  return lacks(
      "the plugin exports neither malloc nor __new, so no text can be passed to it "
      "(AssemblyScript: compile with --exportRuntime)");
}

}  // namespace tenon::artifact
