#include "compiler/analyze/shards.hpp"

#include <algorithm>
#include <utility>

#include "compiler/analyze/cost_limits.hpp"
#include "wasm/operator.hpp"

namespace tenon::compiler {

namespace {

// Bytes of a body that is small enough to be inlined at every call; a call takes about ten.
constexpr std::size_t kBorrowedBody = 128;
// Each shard compiles its borrowed bodies anew, so they may be a quarter of it at most.
constexpr std::uint64_t kBorrowedShare = 4;

// The bodies that each body refers to by name, ascending and unique.
using References = std::vector<std::vector<std::uint32_t>>;

std::vector<std::uint32_t> references_of(const wasm::Module& source, const wasm::FunctionBody& body,
                                         wasm::FeatureSet features) {
  std::vector<std::uint32_t> found;
  wasm::OperatorReader reader(body.code, body.offset, features);
  wasm::Operator op;
  while (!reader.at_end() && reader.next(op)) {
    if (op.info->immediate == wasm::Immediate::function && op.index >= source.imported_functions) {
      found.push_back(op.index - source.imported_functions);
    }
  }
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
  return found;
}

// What a body is to LLVM where locals stay stack slots.
std::uint64_t weight_of(const BodyCost& cost) { return cost.bytes + cost.moved; }

// Which bodies are hardly optimised, and why. What one has more of than is usual
// for its size comes out of an allowance that the module has once: else many
// small bodies would each have it anew.
std::vector<HugeBody> find_huge(const std::vector<BodyCost>& costs, const ShardLimits& limits) {
  using Reason = HugeBody::Reason;
  struct Budget {
    Reason reason;
    std::uint64_t BodyCost::* what;
    CostLimit limit;
  };
  Budget budgets[] = {{Reason::moved, &BodyCost::moved, kUsualMoved},
                      {Reason::crowded, &BodyCost::crowded, kUsualCrowded},
                      {Reason::joined, &BodyCost::joined, kUsualJoined},
                      {Reason::live, &BodyCost::live, kUsualLive}};
  std::vector<HugeBody> huge;
  for (std::uint32_t body = 0; body < costs.size(); ++body) {
    const BodyCost& cost = costs[body];
    auto excess = [&](const Budget& budget) {
      const std::uint64_t usual = budget.limit.per_byte * cost.bytes;
      return cost.*budget.what - std::min(cost.*budget.what, usual);
    };
    const auto* over = std::ranges::find_if(
        budgets, [&](const Budget& budget) { return excess(budget) > budget.limit.allowance; });
    if (cost.bytes > limits.huge_bytes) {
      huge.push_back({Reason::bytes, body, cost});
    } else if (over != std::end(budgets)) {
      huge.push_back({over->reason, body, cost});
    } else {
      for (Budget& budget : budgets) budget.limit.allowance -= excess(budget);
    }
  }
  return huge;
}

// Each cut takes some milliseconds: few bodies between two huge ones go with these.
void take_in_between(const std::vector<BodyCost>& costs, std::vector<bool>& is_huge) {
  constexpr std::uint64_t kWorthACut = 8 * 1024;
  std::uint64_t bytes = kWorthACut;
  for (std::size_t i = 0, first = 0; i < costs.size(); ++i) {
    if (!is_huge[i]) {
      bytes += costs[i].bytes;
      continue;
    }
    if (bytes < kWorthACut) std::fill(is_huge.begin() + first, is_huge.begin() + i, true);
    first = i + 1;
    bytes = 0;
  }
}

std::vector<Shard> cut(const std::vector<BodyCost>& costs, const std::vector<HugeBody>& huge_bodies,
                       const ShardLimits& limits) {
  std::uint64_t all = 0;
  for (const BodyCost& cost : costs) all += cost.bytes;
  const std::uint64_t shard_bytes = all > 2 * limits.shard_bytes ? limits.shard_bytes : all;
  const std::uint64_t functions =
      costs.size() > 2 * limits.shard_functions ? limits.shard_functions : costs.size();
  std::vector<bool> is_huge(costs.size());
  for (const HugeBody& huge : huge_bodies) is_huge[huge.body] = true;
  take_in_between(costs, is_huge);

  std::vector<Shard> shards;
  auto open = [&](std::uint32_t first) {
    if (shards.empty() || shards.back().bytes > 0) shards.push_back({.first = first, .end = first});
  };
  std::uint64_t weight = 0;  // of the last shard, where it is huge
  open(0);
  for (std::uint32_t i = 0; i < costs.size(); ++i) {
    const std::uint64_t bytes = costs[i].bytes;
    // Several huge bodies go together, but for those that are large. Else a body
    // belongs to where most of it lies.
    const bool fits = is_huge[i]
                          ? bytes <= limits.huge_bytes && weight + weight_of(costs[i]) <= limits.shard_bytes
                          : shards.back().bytes + bytes / 2 <= shard_bytes;
    const bool is_full = shards.back().end - shards.back().first >= functions;
    if (is_huge[i] != shards.back().is_huge || !fits || is_full) {
      open(i);
      weight = 0;
    }
    weight += weight_of(costs[i]);
    shards.back().end = i + 1;
    shards.back().bytes += bytes;
    shards.back().is_huge = is_huge[i];
  }
  return shards;
}

class Planner {
 public:
  Planner(const wasm::Module& source, wasm::FeatureSet features, const std::vector<BodyCost>& costs,
          const ShardLimits& limits)
      : source_(source), costs_(costs) {
    plan_.huge_bodies = find_huge(costs, limits);
    plan_.shards = cut(costs, plan_.huge_bodies, limits);
    plan_.is_shared.resize(source.bodies.size());
    if (plan_.is_whole()) return;
    for (const auto& body : source.bodies) references_.push_back(references_of(source, body, features));
    borrower_.resize(source.bodies.size());
    for (Shard& shard : plan_.shards) {
      if (limits.borrow && !shard.is_huge) borrow(shard);
      mark_shared(shard);
    }
    // The descriptor names these.
    for (std::uint32_t function : source.referenced_functions) share(function);
    if (source.start) share(*source.start);
  }

  ShardPlan take() { return std::move(plan_); }

 private:
  static bool has(const Shard& shard, std::uint32_t body) { return body >= shard.first && body < shard.end; }

  // What the shard calls elsewhere and is small, and what that calls in turn.
  void borrow(Shard& shard) {
    std::uint64_t left = shard.bytes / kBorrowedShare;
    auto consider = [&](std::uint32_t body) {
      for (std::uint32_t callee : references_[body]) {
        const std::uint64_t weight = weight_of(costs_[callee]);
        if (has(shard, callee) || weight > 2 * kBorrowedBody || costs_[callee].bytes > kBorrowedBody)
          continue;
        if (weight > left || borrower_[callee] == &shard) continue;
        if (source_.bodies[callee].makes_tail_calls || source_.bodies[callee].handles_exceptions) continue;
        left -= weight;
        borrower_[callee] = &shard;
        shard.borrowed.push_back(callee);
      }
    };
    for (std::uint32_t body = shard.first; body < shard.end; ++body) consider(body);
    for (std::size_t i = 0; i < shard.borrowed.size(); ++i) consider(shard.borrowed[i]);
  }

  void mark_shared(const Shard& shard) {
    auto mark = [&](std::uint32_t body) {
      for (std::uint32_t callee : references_[body]) {
        if (!has(shard, callee)) plan_.is_shared[callee] = true;
      }
    };
    for (std::uint32_t body = shard.first; body < shard.end; ++body) mark(body);
    for (std::uint32_t body : shard.borrowed) {
      plan_.is_shared[body] = true;
      mark(body);
    }
  }

  void share(std::uint32_t function) {
    if (function >= source_.imported_functions) plan_.is_shared[function - source_.imported_functions] = true;
  }

  const wasm::Module& source_;
  const std::vector<BodyCost>& costs_;
  References references_;
  std::vector<const Shard*> borrower_;  // of each body: the last shard that borrowed it
  ShardPlan plan_;
};

}  // namespace

ShardPlan plan_shards(const wasm::Module& source, wasm::FeatureSet features,
                      const std::vector<BodyCost>& costs, const ShardLimits& limits) {
  return Planner(source, features, costs, limits).take();
}

ShardPlan plan_one_shard(const wasm::Module& source, const std::vector<BodyCost>& costs,
                         const ShardLimits& limits) {
  ShardPlan plan{.shards = {{.end = static_cast<std::uint32_t>(source.bodies.size())}},
                 .is_shared = std::vector<bool>(source.bodies.size()),
                 .huge_bodies = find_huge(costs, limits)};
  for (const BodyCost& cost : costs) plan.shards[0].bytes += cost.bytes;
  plan.shards[0].is_huge = !plan.huge_bodies.empty();
  return plan;
}

}  // namespace tenon::compiler
