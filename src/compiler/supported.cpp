#include "compiler/supported.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace tenon::compiler {
namespace {

bool is_exnref(ValueType type) { return general_type(type) == ValueType::exnref; }

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
  const char* what;
  bool (*is_in)(const wasm::Module&);
};

// Safety: each row is a wall of the sandbox. It may go only together with the
// code that handles what it names.
constexpr Unsupported kUnsupported[] = {
    // Guard pages hold an address of 32 bits, not one of 64.
    {"a 64-bit memory",
     [](const wasm::Module& module) { return std::ranges::any_of(module.memories, &MemoryType::is_64); }},
    // Other threads may grow it, and change it between a check and its use.
    {"a shared memory",
     [](const wasm::Module& module) { return std::ranges::any_of(module.memories, &MemoryType::is_shared); }},
    {"a 64-bit table",
     [](const wasm::Module& module) { return std::ranges::any_of(module.tables, &TableType::is_64); }},
    {"exception handling", uses_exceptions},
};

}  // namespace

std::expected<void, Error> check_supported(const wasm::Module& source) {
  for (const Unsupported& row : kUnsupported) {
    if (!row.is_in(source)) continue;
    return base::fail(Phase::compile, ErrorCode::unsupported,
                      std::string(row.what) + " is not supported yet");
  }
  return {};
}

}  // namespace tenon::compiler
