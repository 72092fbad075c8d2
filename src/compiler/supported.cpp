#include "compiler/supported.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace tenon::compiler {
namespace {

bool is_exnref(ValueType type) { return type == ValueType::exnref; }

// Tags, or references to exceptions where others see them. Inside a body such
// a reference is null while nothing is thrown.
bool uses_exceptions(const wasm::Module& module) {
  return !module.tags.empty() || std::ranges::any_of(module.tables, is_exnref, &TableType::element) ||
         std::ranges::any_of(module.globals,
                             [](const auto& global) { return is_exnref(global.type.value); }) ||
         std::ranges::any_of(module.types, [](const FunctionType& type) {
           return std::ranges::any_of(type.parameters, is_exnref) ||
                  std::ranges::any_of(type.results, is_exnref);
         });
}

struct Unsupported {
  std::string_view what;
  bool (*is_in)(const wasm::Module&);
};

// Safety: each row is a wall of the sandbox. It may go only together with the
// code that handles what it names.
constexpr Unsupported kUnsupported[] = {
    {"exception handling", uses_exceptions},
};

}  // namespace

std::expected<void, Error> check_supported(const wasm::Module& source) {
  for (const Unsupported& row : kUnsupported) {
    if (!row.is_in(source)) continue;
    std::string message(row.what);
    return base::fail(Phase::compile, ErrorCode::unsupported, message += " is not supported yet");
  }
  return {};
}

}  // namespace tenon::compiler
