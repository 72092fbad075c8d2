#include "compiler/analyze/shards.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <tenon/store.hpp>

#include "compiler/analyze/cost_limits.hpp"
#include "support/wat.hpp"

namespace tenon::compiler {
namespace {

// `count` functions that each call the one before and, far away, a small one.
std::string chain(unsigned count) {
  std::string text = "(module (func $small (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))\n";
  std::string previous = "$small";
  for (unsigned i = 0; i < count; ++i) {
    const std::string name = "$f" + std::to_string(i);
    text += "(func " + name + " (param i32) (result i32)";
    for (unsigned j = 0; j < 40; ++j) {
      text += "(local.set 0 (i32.mul (local.get 0) (i32.const " + std::to_string(1000 + j) + ")))";
    }
    text += "(call $small (call " + previous + " (local.get 0))))\n";
    previous = name;
  }
  return text + "(export \"run\" (func " + previous + ")))";
}

struct Planned {
  base::Bytes bytes;
  wasm::Module source;
  ShardPlan plan;
};

Planned plan(const std::string& text, const ShardLimits& limits) {
  Planned planned;
  planned.bytes = tests::wat_to_wasm(text);
  auto source = wasm::read_module(planned.bytes, wasm::default_features());
  if (!source) throw std::runtime_error(to_string(source.error()));
  planned.source = std::move(*source);
  const auto costs = measure_bodies(planned.source, CompileOptions{});
  planned.plan = plan_shards(planned.source, wasm::default_features(), costs, limits);
  return planned;
}

std::int32_t run(const Module& module, std::int32_t argument) {
  Store store;
  const auto instance = store.instantiate(module);
  if (!instance) throw std::runtime_error(to_string(instance.error()));
  const auto result = instance->function<std::int32_t(std::int32_t)>("run").value()(argument);
  if (!result) throw std::runtime_error(to_string(result.error()));
  return *result;
}

TEST(Shards, HoldNoMoreFunctionsThanLlvmBears) {
  std::string text = "(module ";
  for (unsigned i = 0; i < 4500; ++i) text += "(func)";
  const auto planned = plan(text + ")", {});
  EXPECT_EQ(planned.plan.shards.size(), 3u);
  for (const Shard& shard : planned.plan.shards) EXPECT_LE(shard.end - shard.first, 2000u);
  EXPECT_EQ(plan("(module (func) (func))", {}).plan.shards.size(), 1u);
}

TEST(Shards, CoverEveryBodyOnceInOrder) {
  const auto planned = plan(chain(50), {.shard_bytes = 1000});
  EXPECT_GT(planned.plan.shards.size(), 5u);
  std::uint32_t next = 0;
  for (const Shard& shard : planned.plan.shards) {
    EXPECT_EQ(shard.first, next);
    EXPECT_GT(shard.end, shard.first);
    EXPECT_LT(shard.bytes, 1600u);
    next = shard.end;
  }
  EXPECT_EQ(next, planned.source.bodies.size());
}

TEST(Shards, SmallModulesStayWhole) {
  EXPECT_TRUE(plan(chain(50), {}).plan.is_whole());
  EXPECT_TRUE(plan("(module)", {}).plan.is_whole());
}

TEST(Shards, AHugeBodyIsAlone) {
  const auto planned = plan(chain(3), {.huge_bytes = 100});
  ASSERT_EQ(planned.plan.shards.size(), 4u);
  EXPECT_FALSE(planned.plan.shards[0].is_huge);
  EXPECT_TRUE(planned.plan.shards[1].is_huge);
  EXPECT_EQ(planned.plan.shards[1].end - planned.plan.shards[1].first, 1u);
}

TEST(Shards, BorrowSmallCalleesAndShareWhatOthersCall) {
  const auto planned = plan(chain(50), {.shard_bytes = 1000});
  for (std::size_t i = 1; i < planned.plan.shards.size(); ++i) {
    EXPECT_THAT(planned.plan.shards[i].borrowed, testing::ElementsAre(0));
    // The function before the cut is called from behind it.
    EXPECT_TRUE(planned.plan.is_shared[planned.plan.shards[i].first - 1]);
  }
  EXPECT_TRUE(planned.plan.is_shared[0]);
  EXPECT_TRUE(planned.plan.is_shared.back());  // exported
  EXPECT_FALSE(planned.plan.is_shared[planned.plan.shards[1].first]);
}

TEST(Shards, GiveTheResultsOfTheWhole) {
  const std::string text = chain(50);
  const tests::Guest whole(text), shards(text, {.shard_bytes = 1000});
  EXPECT_EQ(run(whole.module(), 7), run(shards.module(), 7));
}

TEST(Shards, TheNumberOfJobsDoesNotShowInTheArtifact) {
  const auto bytes = tests::wat_to_wasm(chain(100));
  const auto one = compile(bytes, {.jobs = 1, .shard_bytes = 500});
  const auto five = compile(bytes, {.jobs = 5, .shard_bytes = 500});
  ASSERT_TRUE(one && five);
  EXPECT_TRUE(one->bytes == five->bytes);
}

TEST(Shards, ProgressOnlyGrows) {
  std::vector<double> seen;
  const auto done = compile(
      tests::wat_to_wasm(chain(50)),
      {.jobs = 3, .shard_bytes = 500, .progress = [&](double at, const char*) { seen.push_back(at); }});
  ASSERT_TRUE(done);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_GT(seen.size(), 10u);
  EXPECT_EQ(seen.back(), 1.0);
}

// memory.fill's helper is in every shard, but no function of the plugin.
TEST(Shards, BacktracesNameTheFunctionsOfTheModule) {
  const tests::Guest guest(R"((module (memory 1)
    (func $first (memory.fill (i32.const 0) (i32.const 0) (i32.const 1)))
    (func $bulk (memory.fill (i32.const -1) (i32.const 0) (i32.const 1)))
    (func $outer (export "run") (call $first) (call $bulk))))",
                           {.optimization_level = 0, .shard_bytes = 1});
  Store store;
  const auto instance = store.instantiate(guest.module());
  ASSERT_TRUE(instance) << to_string(instance.error());
  const auto result = instance->function("run")->call({});
  ASSERT_FALSE(result);
  std::vector<std::string> names;
  for (const auto& frame : result.error().backtrace) names.push_back(frame.function_name);
  EXPECT_THAT(names, testing::ElementsAre("bulk", "outer"));
}

TEST(Shards, AHugeFunctionRunsAndIsRemarked) {
  std::string text = "(module (memory 1) (func (export \"run\") (param i32) (result i32)\n";
  for (unsigned i = 0; i < 40000; ++i) {
    text += "(local.set 0 (i32.add (local.get 0) (i32.const " + std::to_string(i) + ")))";
  }
  text += "(local.get 0)))";
  const auto compiled = compile(tests::wat_to_wasm(text), {});
  ASSERT_TRUE(compiled) << to_string(compiled.error());
  EXPECT_THAT(compiled->remarks,
              testing::ElementsAre(testing::HasSubstr("function 0 (wasm.0.run) is hardly optimised")));
  EXPECT_EQ(run(tests::Guest(text).module(), 1), 1 + 40000 / 2 * 39999);
}

}  // namespace
}  // namespace tenon::compiler
