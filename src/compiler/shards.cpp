#include "compiler/shards.hpp"

#include <algorithm>
#include <utility>

#include "wasm/operator.hpp"

namespace tenon::compiler {

namespace {

// What a compiler inlines wherever it is called; a call alone takes some ten.
constexpr std::size_t kBorrowedBody = 128;
// Borrowed code is compiled again in each shard, so that it must stay a small part.
constexpr std::uint64_t kBorrowedShare = 4;

std::uint64_t size_of(const wasm::FunctionBody& body) { return body.code.size(); }

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

std::vector<Shard> cut(const wasm::Module& source, const ShardLimits& limits) {
  std::uint64_t all = 0;
  for (const auto& body : source.bodies) all += size_of(body);
  const std::uint64_t shard_bytes = all > 2 * limits.shard_bytes ? limits.shard_bytes : all;

  std::vector<Shard> shards;
  auto open = [&](std::uint32_t first) {
    if (shards.empty() || shards.back().bytes > 0) shards.push_back({.first = first, .end = first});
  };
  open(0);
  for (std::uint32_t i = 0; i < source.bodies.size(); ++i) {
    const std::uint64_t bytes = size_of(source.bodies[i]);
    const bool is_huge = bytes > limits.huge_bytes;
    // A body belongs to where most of it lies.
    if (is_huge || shards.back().is_huge || shards.back().bytes + bytes / 2 > shard_bytes) open(i);
    shards.back().end = i + 1;
    shards.back().bytes += bytes;
    shards.back().is_huge = is_huge;
  }
  return shards;
}

class Planner {
 public:
  Planner(const wasm::Module& source, wasm::FeatureSet features, const ShardLimits& limits)
      : source_(source) {
    plan_.shards = cut(source, limits);
    plan_.is_shared.resize(source.bodies.size());
    if (plan_.is_whole()) return;
    for (const auto& body : source.bodies) references_.push_back(references_of(source, body, features));
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
  void borrow(Shard& shard) const {
    std::uint64_t left = shard.bytes / kBorrowedShare;
    auto consider = [&](std::uint32_t body) {
      for (std::uint32_t callee : references_[body]) {
        const std::uint64_t bytes = size_of(source_.bodies[callee]);
        if (has(shard, callee) || bytes > kBorrowedBody || bytes > left) continue;
        if (source_.bodies[callee].makes_tail_calls || source_.bodies[callee].handles_exceptions) continue;
        if (std::ranges::find(shard.borrowed, callee) != shard.borrowed.end()) continue;
        left -= bytes;
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
  References references_;
  ShardPlan plan_;
};

}  // namespace

ShardPlan plan_shards(const wasm::Module& source, wasm::FeatureSet features, const ShardLimits& limits) {
  return Planner(source, features, limits).take();
}

ShardPlan plan_one_shard(const wasm::Module& source) {
  ShardPlan plan{.shards = {{.end = static_cast<std::uint32_t>(source.bodies.size())}},
                 .is_shared = std::vector<bool>(source.bodies.size())};
  for (const auto& body : source.bodies) {
    plan.shards[0].bytes += size_of(body);
    plan.shards[0].is_huge |= size_of(body) > ShardLimits{}.huge_bytes;
  }
  return plan;
}

}  // namespace tenon::compiler
