#include "artifact/exports.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace tenon::artifact {
namespace {
bool is_memory(const ExportType& item) { return kind_of(item.type) == ExternKind::memory; }
}  // namespace

const ExportType* find_export(Exports exports, std::string_view name) {
  const auto found = std::ranges::find(exports, name, &ExportType::name);
  return found != exports.end() ? &*found : nullptr;
}

std::unexpected<Error> lacks(std::string what) {
  return base::fail(Phase::instantiate, ErrorCode::protocol, std::move(what));
}

std::expected<std::string, Error> find_memory(Exports exports) {
  const auto* named = find_export(exports, "memory");
  if (named != nullptr && is_memory(*named)) return named->name;
  const auto only = std::ranges::find_if(exports, is_memory);
  if (only == exports.end())
    return lacks("the plugin exports no memory, so no text can be passed to it (export it as \"memory\")");
  if (std::ranges::count_if(exports, is_memory) > 1)
    return lacks("the plugin exports several memories and none as \"memory\"");
  return only->name;
}

std::expected<bool, Error> has_function(Exports exports, std::string_view name, const FunctionType& wanted,
                                        std::string_view protocol) {
  const auto* item = find_export(exports, name);
  if (item == nullptr) return false;
  const auto* type = std::get_if<FunctionType>(&item->type);
  if (type != nullptr && *type == wanted) return true;
  return base::fail(Phase::instantiate, ErrorCode::signature_mismatch,
                    "the plugin exports \"" + std::string(name) + "\" with " +
                        (type != nullptr ? to_string(*type) : "no function's type") + ", but " +
                        std::string(protocol) + "'s is " + to_string(wanted));
}

}  // namespace tenon::artifact
