// What an Imports value holds.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tenon/store.hpp>

namespace tenon::runtime {

struct Definitions {
  using Definition = std::variant<HostFunction, Extern, SharedMemory>;
  using Key = std::pair<std::string, std::string>;
  // Looked up by string views, without making strings.
  struct Less {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      const int order = std::string_view(a.first).compare(b.first);
      return order != 0 ? order < 0 : std::string_view(a.second) < std::string_view(b.second);
    }
  };
  // What is defined, or a provider makes, for the import.
  [[nodiscard]] const Definition* find(const ImportType& import) const;
  [[nodiscard]] std::optional<HostFunction> make(const ImportType& import) const;

  std::map<Key, Definition, Less> definitions;
  std::vector<std::pair<std::string, FunctionProvider>> providers;
  std::map<std::string, std::shared_ptr<SnapshotState>> states;
  UnknownImports unknown = UnknownImports::error;
};

// "MODULE"."NAME" and its type, for messages, cut where it is long.
[[nodiscard]] std::string describe(const ImportType& item);

}  // namespace tenon::runtime
