#include "compiler/supported.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace tenon::compiler {
namespace {

struct Unsupported {
  const char* what;
  bool (*is_in)(const wasm::Module&);
};

// Safety: each row is a wall of the sandbox. It may go only together with the
// code that handles what it names.
constexpr Unsupported kUnsupported[] = {
    // Other threads may grow it, and change it between a check and its use.
    {"a shared memory",
     [](const wasm::Module& module) { return std::ranges::any_of(module.memories, &MemoryType::is_shared); }},
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
