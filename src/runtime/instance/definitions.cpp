#include "runtime/instance/definitions.hpp"

#include <ranges>

#include "base/utf8.hpp"

namespace tenon::runtime {

const Definitions::Definition* Definitions::find(const ImportType& import) const {
  const auto found =
      definitions.find(std::pair<std::string_view, std::string_view>(import.module, import.name));
  return found == definitions.end() ? nullptr : &found->second;
}

std::optional<HostFunction> Definitions::make(const ImportType& import) const {
  const auto* const type = std::get_if<FunctionType>(&import.type);
  if (type == nullptr) return std::nullopt;
  for (const auto& [module, provider] : std::views::reverse(providers)) {
    if (module != import.module) continue;
    if (auto made = provider(import.name, *type)) return made;
  }
  return std::nullopt;
}

std::string describe(const ImportType& item) {
  return "\"" + base::printable(item.module) + "\".\"" + base::printable(item.name) + "\" (" +
         base::printable(to_string(item.type), 1000) + ")";
}

}  // namespace tenon::runtime
