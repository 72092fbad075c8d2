// What makes a plugin one of Tenon's own protocol.
#include <map>
#include <string>
#include <string_view>
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
// proportion to both lists, whatever their names are: no table of hashes, which a plugin that
// chooses the names could make slow.
std::expected<void, Error> check_exports(Exports exports, const std::vector<DeclaredFunction>& declared) {
  std::map<std::string_view, const DeclaredFunction*> missing;
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

std::expected<void, Error> check_declared_imports(std::span<const ImportType> imports,
                                                  const Declaration& declaration) {
  std::map<std::pair<std::string_view, std::string_view>, const DeclaredFunction*> declared;
  for (const DeclaredFunction& function : declaration.imports) {
    if (!declared
             .emplace(std::pair<std::string_view, std::string_view>(function.module, function.name),
                      &function)
             .second) {
      return base::fail(Phase::instantiate, ErrorCode::malformed,
                        "the plugin declares the import " + base::printable(function.module, 100) + '.' +
                            base::printable(function.name, 100) + " twice");
    }
  }
  for (const ImportType& import : imports) {
    const auto found = declared.find({import.module, import.name});
    if (found == declared.end()) continue;
    const FunctionType expected = declared_type(found->second->signature());
    const auto* type = std::get_if<FunctionType>(&import.type);
    if (type != nullptr && *type == expected) continue;
    return base::fail(Phase::instantiate, ErrorCode::signature_mismatch,
                      "the plugin declares the import " + base::printable(import.module, 100) + '.' +
                          base::printable(import.name, 100) + to_text(found->second->signature()) +
                          ", which is " + to_string(expected) + ", but imports " + to_string(import.type));
  }
  return {};
}

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
