#include "plugin/surplus_functions.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/utf8.hpp"

namespace tenon::plugin {
namespace {

struct Name {
  std::string_view module, name;
  bool is_used = false;  // imported by the plugin, or given by the host
  auto operator<=>(const Name& other) const {
    return std::tie(module, name) <=> std::tie(other.module, other.name);
  }
  bool operator==(const Name& other) const { return (*this <=> other) == 0; }
};

// A hostile module has as many imports and as long names as it likes.
constexpr std::size_t kMostCompared = 1000;
constexpr std::size_t kLongestCompared = 64;
constexpr std::size_t kMostNamed = 8;

// How many characters have to be inserted, removed or replaced (Levenshtein).
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string quoted(const Name& name) {
  return '"' + base::printable(name.module, 60) + "\".\"" + base::printable(name.name, 60) + '"';
}

bool is_short(const Name& name) {
  return name.module.size() <= kLongestCompared && name.name.size() <= kLongestCompared;
}

// Null where no import is near.
const Name* nearest(const Name& surplus, std::span<const Name> imports) {
  if (!is_short(surplus)) return nullptr;
  const Name* best = nullptr;
  std::size_t least = 1 + std::max<std::size_t>(1, surplus.name.size() / 3);
  for (const Name& import : imports) {
    if (import.is_used || !is_short(import)) continue;
    const std::size_t edits = distance(surplus.module, import.module) + distance(surplus.name, import.name);
    if (edits >= least) continue;
    best = &import;
    least = edits;
  }
  return best;
}

}  // namespace

std::optional<std::string> warning_of_surplus(const Module& module,
                                              std::span<const PluginOptions::Values::Host> given) {
  std::vector<Name> functions;
  for (const auto& host : given) functions.push_back({host.module, host.name});
  std::ranges::sort(functions);
  functions.erase(std::ranges::unique(functions).begin(), functions.end());
  std::vector<Name> imports;  // the first ones
  for (const ImportType& item : module.imports()) {
    Name name{item.module, item.name};
    const auto found = std::ranges::lower_bound(functions, name);
    if (found != functions.end() && *found == name) found->is_used = name.is_used = true;
    if (imports.size() < kMostCompared) imports.push_back(name);
  }
  std::string list;
  std::size_t count = 0;
  for (const Name& function : functions) {
    if (function.is_used || ++count > kMostNamed) continue;
    const Name* const meant = nearest(function, imports);
    list += (list.empty() ? "" : ", ") + quoted(function) +
            (meant != nullptr ? " (did you mean " + quoted(*meant) + "?)" : "");
  }
  if (count == 0) return std::nullopt;
  if (count > kMostNamed) list += " and " + std::to_string(count - kMostNamed) + " more";
  return "the plugin does not import these functions of the host: " + list;
}

}  // namespace tenon::plugin
