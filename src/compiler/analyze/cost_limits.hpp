// What a body may cost (body_cost.hpp) before it is hardly optimised, and before
// the module is refused. docs/limits.md says how the numbers were found.
#pragma once

#include <expected>
#include <vector>

#include <tenon/error.hpp>

#include "compiler/analyze/body_cost.hpp"

namespace tenon::compiler {

struct CostLimit {
  std::uint64_t per_byte;   // of the body
  std::uint64_t allowance;  // and once for the module, to whichever bodies need it first
};

// Beyond these, LLVM's optimising passes would take time out of proportion. The
// most per byte in sixty modules out of npm packages: moved 0.5, crowded 3,
// joined 2.1, live 26.
inline constexpr CostLimit kUsualMoved{2, 50'000};
inline constexpr CostLimit kUsualCrowded{16, 2'000'000};
inline constexpr CostLimit kUsualJoined{8, 200'000};
inline constexpr CostLimit kUsualLive{64, 500'000};
// Beyond these a module is refused, since also code that is hardly optimised takes
// time and memory for each value. The bytes are those of the whole module.
inline constexpr CostLimit kMostMoved{4, 300'000};
inline constexpr CostLimit kMostCrowded{64, 100'000'000};

[[nodiscard]] std::vector<BodyCost> measure_bodies(const wasm::Module& source, const CompileOptions& options);
// ErrorCode::limit_exceeded where the module is to be refused; names what costs most.
[[nodiscard]] std::expected<void, Error> check_costs(const wasm::Module& source, std::uint64_t module_bytes,
                                                     const std::vector<BodyCost>& costs);

}  // namespace tenon::compiler
