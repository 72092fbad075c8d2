// A large module is compiled in shards: runs of functions, in order, each an
// LLVM module of its own. That keeps memory and time linear in the input, and
// lets threads share the work. How a module is cut depends on its bytes alone,
// so that the artifact does, too.
//
// What a cut costs: LLVM sees one shard at a time. Small functions of other
// shards are copied in to be inlined; what else it concludes from seeing all
// callers of a function (an argument that is always the same) ends at the cut.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/analyze/body_cost.hpp"
#include "wasm/features.hpp"
#include "wasm/module.hpp"

namespace tenon::compiler {

// Bodies are counted from 0, without the imported functions.
struct Shard {
  std::uint32_t first = 0;
  std::uint32_t end = 0;  // one past the last
  std::uint64_t bytes = 0;
  bool is_huge = false;                 // too large or too costly to be optimised
  std::vector<std::uint32_t> borrowed;  // bodies of other shards, to be inlined here
};

// A body that is hardly optimised, and what there is too much of.
struct HugeBody {
  enum class Reason : std::uint8_t { bytes, moved, crowded, joined, live } reason;
  std::uint32_t body;
  BodyCost cost;
};

struct ShardPlan {
  std::vector<Shard> shards;
  std::vector<bool> is_shared;  // of each body: whether others than its own shard refer to it
  std::vector<HugeBody> huge_bodies;

  // One LLVM module does for all.
  [[nodiscard]] bool is_whole() const { return shards.size() == 1 && !shards[0].is_huge; }
};

struct ShardLimits {
  std::uint64_t shard_bytes = 128 * 1024;  // of bodies in each; twice as many are still left whole
  std::uint64_t shard_functions = 2'000;   // likewise: those that call each other cost LLVM their square
  std::uint64_t huge_bytes = 256 * 1024;   // a body above that is compiled without optimisation
  bool borrow = true;                      // small functions of other shards
};

// `costs`: of each body.
[[nodiscard]] ShardPlan plan_shards(const wasm::Module& source, wasm::FeatureSet features,
                                    const std::vector<BodyCost>& costs, const ShardLimits& limits);
// All in one, whatever its size.
[[nodiscard]] ShardPlan plan_one_shard(const wasm::Module& source, const std::vector<BodyCost>& costs,
                                       const ShardLimits& limits);

}  // namespace tenon::compiler
