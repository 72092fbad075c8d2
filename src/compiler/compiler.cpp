#include "compiler/compiler.hpp"

#include <atomic>
#include <mutex>
#include <thread>

#include "compiler/analyze/cost_limits.hpp"
#include "compiler/emit/link.hpp"
#include "compiler/unit.hpp"
#include "wasm/module.hpp"

namespace tenon::compiler {

namespace {

class Compilation {
 public:
  Compilation(base::ByteView wasm, const CompileOptions& options) : wasm_(wasm), options_(options) {}

  std::expected<CompileResult, Error> run() {
    report(0.0, "reading");
    auto source = wasm::read_module(wasm_, options_.features);
    if (!source) return std::unexpected(source.error());
    const auto costs = measure_bodies(*source, options_);
    if (auto in_limits = check_costs(*source, wasm_.size(), costs); !in_limits) {
      return std::unexpected(in_limits.error());
    }
    if (auto declared = check_declaration(*source); !declared)
      return std::unexpected(std::move(declared.error()));
    // Only objects can be joined.
    ShardLimits limits{.borrow = options_.optimization_level > 0};
    if (options_.shard_bytes > 0) limits.shard_bytes = options_.shard_bytes;
    if (options_.huge_bytes > 0) limits.huge_bytes = options_.huge_bytes;
    const bool joins = options_.emit == Emit::shared_object;
    const ShardPlan plan = joins ? plan_shards(*source, options_.features, costs, limits)
                                 : plan_one_shard(*source, costs, limits);
    const CodeArrays code_arrays(*source);
    const SymbolNames names(*source);
    if (options_.optimization_level > 0) remark_huge(*source, names, plan);
    const UnitSource unit_source{*source, wasm_.size(), options_, plan, code_arrays, names};
    return !joins || plan.is_whole() ? compile_whole(unit_source) : compile_shards(unit_source);
  }

 private:
  // The share of the work that lies before the bodies of a sharded module, and
  // after them.
  static constexpr double kBefore = 0.05, kAfter = 0.05;

  void report(double done, const char* step) const {
    if (options_.progress) options_.progress(done, step);
  }

  std::expected<CompileResult, Error> finish(std::vector<base::Bytes> objects, const ArtifactData& data) {
    base::Bytes bytes;
    if (options_.emit == Emit::shared_object) {
      report(1 - kAfter, "linking");
      auto linked = link_shared_object(objects);
      if (!linked) return std::unexpected(linked.error());
      bytes = std::move(*linked);
    } else {
      bytes = std::move(objects.front());
    }
    report(1.0, "done");
    return CompileResult{std::move(bytes), data.note, std::move(remarks_)};
  }

  std::expected<CompileResult, Error> compile_whole(const UnitSource& source) {
    const auto bodies = static_cast<std::uint32_t>(source.module.bodies.size());
    auto unit = Unit::make(source, {.first = 0, .end = bodies, .is_huge = source.plan.shards[0].is_huge});
    if (!unit) return std::unexpected(unit.error());
    for (std::uint32_t body = 0; body < bodies; ++body) {
      if (auto lowered = (*unit)->lower(body); !lowered) return std::unexpected(lowered.error());
    }
    const ArtifactData data = make_artifact_data(source.module, wasm_, options_, (*unit)->machine());
    DescriptorBuilder descriptor((*unit)->lowering(), data);
    descriptor.make_trampolines();
    report(0.2, "optimising");
    if (auto optimized = (*unit)->optimize(); !optimized) return std::unexpected(optimized.error());
    descriptor.make_descriptor({});
    report(0.6, "generating code");
    auto object = (*unit)->generate();
    if (!object) return std::unexpected(object.error());
    std::vector<base::Bytes> objects;
    objects.push_back(std::move(*object));
    return finish(std::move(objects), data);
  }

  std::expected<CompileResult, Error> compile_shards(const UnitSource& source) {
    report(kBefore, "compiling");
    // The first object has what is not of any body, and comes first in the artifact.
    std::vector<base::Bytes> objects(source.plan.shards.size() + 1);
    auto functions = compile_bodies(source, objects);
    if (!functions) return std::unexpected(functions.error());
    auto unit = Unit::make(source, {.is_shared = &source.plan.is_shared});
    if (!unit) return std::unexpected(unit.error());
    const ArtifactData data = make_artifact_data(source.module, wasm_, options_, (*unit)->machine());
    DescriptorBuilder descriptor((*unit)->lowering(), data);
    descriptor.make_trampolines();
    if (auto optimized = (*unit)->optimize(); !optimized) return std::unexpected(optimized.error());
    descriptor.make_descriptor(*functions);
    auto object = (*unit)->generate();
    if (!object) return std::unexpected(object.error());
    objects[0] = std::move(*object);
    return finish(std::move(objects), data);
  }

  struct ShardResult {
    std::expected<base::Bytes, Error> object;
    std::vector<CodeSymbol> functions;  // that are in the object
  };

  ShardResult compile_shard(const UnitSource& source, const Shard& shard) {
    auto unit = Unit::make(source, {shard.first, shard.end, &source.plan.is_shared, shard.is_huge});
    if (!unit) return {std::unexpected(unit.error()), {}};
    for (std::uint32_t body = shard.first; body < shard.end; ++body) {
      if (auto lowered = (*unit)->lower(body); !lowered) return {std::unexpected(lowered.error()), {}};
    }
    for (const std::uint32_t body : shard.borrowed) {
      if (auto lowered = (*unit)->lower_borrowed(body); !lowered)
        return {std::unexpected(lowered.error()), {}};
    }
    if (auto optimized = (*unit)->optimize(); !optimized) return {std::unexpected(optimized.error()), {}};
    auto functions = (*unit)->share_functions();
    return {(*unit)->generate(), std::move(functions)};
  }

  // Fills `objects` from the second on, with as many threads as jobs; gives the
  // functions that are in them.
  std::expected<std::vector<CodeSymbol>, Error> compile_bodies(const UnitSource& source,
                                                               std::vector<base::Bytes>& objects) {
    const auto& shards = source.plan.shards;
    std::uint64_t all = 0, done = 0;
    for (const Shard& shard : shards) all += shard.bytes;
    std::vector<ShardResult> results(shards.size());
    std::atomic<std::size_t> next = 0;
    std::mutex reporting;
    auto work = [&] {
      for (std::size_t i = next++; i < shards.size(); i = next++) {
        results[i] = compile_shard(source, shards[i]);
        std::scoped_lock lock(reporting);
        done += shards[i].bytes;
        report(kBefore + (1 - kBefore - kAfter) * static_cast<double>(done) / static_cast<double>(all),
               "compiling");
      }
    };
    run_on_threads(work, shards.size());

    std::vector<CodeSymbol> functions;
    for (std::size_t i = 0; i < shards.size(); ++i) {
      ShardResult& result = results[i];
      if (!result.object) return std::unexpected(result.object.error());
      objects[i + 1] = std::move(*result.object);
      functions.insert(functions.end(), result.functions.begin(), result.functions.end());
    }
    return functions;
  }

  void run_on_threads(const std::function<void()>& work, std::size_t at_most) const {
    const std::size_t wanted = options_.jobs > 0 ? options_.jobs : std::thread::hardware_concurrency();
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min(std::max<std::size_t>(wanted, 1), at_most); ++i) {
      others.emplace_back(work);
    }
    work();
  }

  void remark_huge(const wasm::Module& source, const SymbolNames& names, const ShardPlan& plan) {
    constexpr std::size_t kMost = 20;
    for (const HugeBody& huge : plan.huge_bodies) {
      if (remarks_.size() == kMost) {
        remarks_.push_back("so are " + std::to_string(plan.huge_bodies.size() - kMost) + " other functions");
        return;
      }
      const std::uint32_t function = source.imported_functions + huge.body;
      remarks_.push_back("function " + std::to_string(function) + " (" + names.of({function}) +
                         ") is hardly optimised: " + reason_of(huge) + " up to which all of it is optimised");
    }
  }

  static std::string reason_of(const HugeBody& huge) {
    const std::string bytes = std::to_string(huge.cost.bytes) + " bytes";
    auto more = [&](std::uint64_t number, const char* what, const CostLimit& limit) {
      return "its " + bytes + " " + what + " " + std::to_string(number) + " values, more than the " +
             std::to_string(limit.per_byte) + " for each byte";
    };
    switch (huge.reason) {
      case HugeBody::Reason::moved: return more(huge.cost.moved, "move", kUsualMoved);
      case HugeBody::Reason::crowded:
        return "calls in its " + bytes + " have more parameters and results than the number";
      case HugeBody::Reason::joined:
        return more(huge.cost.joined, "make loops and blocks join", kUsualJoined);
      case HugeBody::Reason::live: return more(huge.cost.live, "keep, over all basic blocks,", kUsualLive);
      case HugeBody::Reason::bytes: break;
    }
    return "its " + bytes + " are more than the " + std::to_string(ShardLimits{}.huge_bytes);
  }

  base::ByteView wasm_;
  const CompileOptions& options_;
  std::vector<std::string> remarks_;
};

}  // namespace

std::expected<CompileResult, Error> compile(base::ByteView wasm, const CompileOptions& options) {
  return Compilation(wasm, options).run();
}

std::string llvm_version() { return LLVM_VERSION_STRING; }

}  // namespace tenon::compiler
