// What makes a plugin one of Tenon's own protocol.
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "artifact/protocols.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"

namespace tenon::artifact {
namespace {

std::unexpected<Error> not_as_declared(const DeclaredFunction& function, const std::string& found) {
  return base::fail(Phase::instantiate, ErrorCode::signature_mismatch,
                    "the plugin declares " + base::printable(function.name, 100) +
                        to_text(function.signature()) + ", which is " +
                        to_string(declared_type(function.signature())) + ", but exports " + found);
}

// Each declared export is there, with the type that its declaration gives it. Takes time in
// proportion to both lists, whatever their names are.
std::expected<void, Error> check_exports(Exports exports, const std::vector<DeclaredFunction>& declared) {
  std::unordered_map<std::string_view, const DeclaredFunction*> missing;
  for (const DeclaredFunction& function : declared) {
    if (!missing.emplace(function.name, &function).second) {
      return base::fail(Phase::instantiate, ErrorCode::malformed,
                        "the plugin declares " + base::printable(function.name, 100) + " twice");
    }
  }
  for (const ExportType& item : exports) {
    const auto found = missing.find(item.name);
    if (found == missing.end()) continue;
    const auto* type = std::get_if<FunctionType>(&item.type);
    if (type == nullptr) return not_as_declared(*found->second, "no function of that name");
    if (*type != declared_type(found->second->signature()))
      return not_as_declared(*found->second, to_string(*type));
    missing.erase(found);
  }
  for (const DeclaredFunction& function : declared) {
    if (missing.contains(function.name)) return not_as_declared(function, "no such function");
  }
  return {};
}

}  // namespace

std::expected<DeclaredExports, Error> find_declared(Exports exports, std::string_view declaration) {
  if (declaration.empty()) return lacks("the plugin has no section tenon.protocol");
  auto parsed = parse_declaration(declaration);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  auto memory = find_memory(exports);
  if (!memory) return std::unexpected(std::move(memory.error()));
  constexpr auto i32 = ValueType::i32;
  auto has_allocator = has_function(exports, "tenon_alloc", {{i32}, {i32}}, "Tenon");
  if (!has_allocator) return std::unexpected(std::move(has_allocator.error()));
  if (!*has_allocator)
    return lacks("the plugin declares its functions but exports no tenon_alloc(i32) -> i32");
  if (auto checked = check_exports(exports, parsed->exports); !checked)
    return std::unexpected(std::move(checked.error()));
  return DeclaredExports{.memory = std::move(*memory), .declaration = std::move(*parsed)};
}

}  // namespace tenon::artifact
