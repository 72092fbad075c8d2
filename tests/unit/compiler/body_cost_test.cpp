#include "compiler/analyze/body_cost.hpp"

#include <gmock/gmock.h>

#include "compiler/analyze/cost_limits.hpp"
#include "compiler/analyze/shards.hpp"
#include "compiler/compiler.hpp"
#include "support/wat.hpp"

namespace tenon::compiler {
namespace {

std::string times(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string number(std::size_t i) { return std::to_string(i); }

// `count` of a text in which # stands for 0, 1, 2…
std::string numbered(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) {
    for (const char c : text) all += c == '#' ? number(i) : std::string(1, c);
  }
  return all;
}

const std::string kWide = times(1000, " i32");

// A module with types and imports as the tests need them, and the function.
std::string with_wide_types(const std::string& function) {
  return "(module (type $through (func (param" + kWide + ") (result" + kWide + ")))" +
         "(type $make (func (result" + kWide + "))) (type $take (func (param" + kWide + ")))" +
         "(import \"m\" \"through\" (func $through (type $through)))" +
         "(import \"m\" \"make\" (func $make (type $make)))" +
         "(import \"m\" \"take\" (func $take (type $take)))" + function + ")";
}

struct Measured {
  base::Bytes bytes;
  wasm::Module source;
  std::vector<BodyCost> costs;
};

Measured measure(const std::string& text, const CompileOptions& options = {}) {
  Measured measured{.bytes = tests::wat_to_wasm(text), .source = {}, .costs = {}};
  auto source = wasm::read_module(measured.bytes, wasm::default_features());
  if (!source) throw std::runtime_error(to_string(source.error()));
  measured.source = std::move(*source);
  measured.costs = measure_bodies(measured.source, options);
  return measured;
}

BodyCost cost_of(const std::string& body) {
  return measure("(module (memory 1) (func (param i32) (local" + times(200, " i32") + ")" + body + "))")
      .costs.at(0);
}

// N locals that are set in M loops, one in the other, and used in each round.
std::string locals_in_loops(std::size_t locals, std::size_t loops) {
  return times(loops, "(loop ") + numbered(locals, "(local.set # (i32.add (local.get #) (local.get 0)))") +
         times(loops, "(br_if 0 (local.get 0)))");
}

TEST(BodyCost, PlainCodeJoinsNothing) {
  const auto cost = cost_of(numbered(50, "(local.set # (i32.load (local.get #)))"));
  EXPECT_EQ(cost.moved, 1u);
  EXPECT_EQ(cost.joined, 0u);
  EXPECT_EQ(cost.live, 0u);
}

TEST(BodyCost, LocalsSetInNestedLoopsAreAProduct) {
  EXPECT_GE(cost_of(locals_in_loops(100, 50)).joined, 2u * 100 * 50);
  EXPECT_LE(cost_of(locals_in_loops(100, 50)).joined, 4u * 100 * 50);
  EXPECT_LE(cost_of(locals_in_loops(100, 1)).joined, 4u * 100);
}

TEST(BodyCost, ALocalThatEachRoundSetsAnewJoinsNothing) {
  const std::string body = numbered(100, "(local.set # (i32.const 7)) (drop (local.get #))");
  EXPECT_EQ(cost_of("(loop " + body + "(br_if 0 (local.get 0)))").joined, 0u);
}

// Set only in some rounds: the value of the round before may come through.
TEST(BodyCost, ALocalThatMayNotBeSetIsNotTakenForSet) {
  const std::string maybe = numbered(
      100, "(block (br_if 0 (i32.load (i32.const 0))) (local.set # (i32.const 7))) (drop (local.get #))");
  EXPECT_GE(cost_of("(loop " + maybe + "(br_if 0 (i32.load (i32.const 0))))").joined, 2u * 100 + 2 * 100);
}

// Counters in registers, and one loop in the other: values that leave one by one.
TEST(BodyCost, LoopsInLoopsAreAProduct) {
  EXPECT_GE(cost_of(times(200, "(loop ") + times(200, ")")).joined, 199u * 200 / 2);
}

TEST(BodyCost, WaysOutOfABlockTimesLocalsSetInIt) {
  const std::string body = "(block " + numbered(100, "(br_if 0 (local.get 0)) (local.set # (i32.const 7))") +
                           ")" + numbered(100, "(drop (local.get #))");
  EXPECT_GE(cost_of(body).joined, 99u * 100);
}

TEST(BodyCost, SettingALocalAgainDoesNotHideWhatItWas) {
  const std::string group = times(20, "(block (br_if 0 (local.get 0))") +
                            numbered(100, "(local.set # (i32.const 7))") + times(20, ")");
  const auto twice = cost_of(group + group + numbered(100, "(drop (local.get #))"));
  EXPECT_GE(twice.joined, 2u * 2 * 20 * 99);
}

TEST(BodyCost, OperandsLiveInEachBlockThatTheyCross) {
  const std::string block = "(block (br_if 0 (local.get 0)))";
  const auto cost = cost_of(times(100, "(local.get 0)") + times(50, block) + times(100, "(drop)"));
  EXPECT_GE(cost.live, 100u * 100);
  EXPECT_LE(cost.live, 101u * 110 + 200);
}

TEST(BodyCost, LocalsLiveFromTheirSetToTheirUse) {
  const std::string block = "(block (br_if 0 (i32.load (i32.const 0))))";
  const std::string set = numbered(100, "(local.set # (i32.const 7))"),
                    use = numbered(100, "(drop (local.get #))");
  EXPECT_GE(cost_of(set + times(50, block) + use).live, 100u * 100);
  EXPECT_LE(cost_of(set + use + times(50, block) + set + use).live, 200u);
  // Used in a loop, they live to its end.
  EXPECT_GE(cost_of(set + "(loop " + use + times(50, block) + "(br_if 0 (i32.load (i32.const 0))))").live,
            100u * 100);
}

TEST(BodyCost, DivisionsAndCallsInTablesEndBlocks) {
  const auto cost =
      cost_of(times(100, "(local.get 0)") + times(50, "(drop (i32.div_s (local.get 0) (local.get 0)))") +
              times(100, "(drop)"));
  EXPECT_GE(cost.live, 100u * 50);
}

// With metering each is followed by a charge.
TEST(BodyCost, ChargesEndBlocks) {
  const std::string text = "(module (func $f) (func " + times(100, "(i32.const 0)") + times(50, "(call $f)") +
                           times(100, "(drop)") + "))";
  EXPECT_LE(measure(text).costs.at(1).live, 200u);
  EXPECT_GE(measure(text, {.metering = true}).costs.at(1).live, 100u * 49);
}

TEST(BodyCost, CallsOfTwoBytesMoveTwoThousandValues) {
  const auto calls = [](std::size_t count) {
    return measure(with_wide_types("(func (call $make)" + times(count, "(call $through)") + "(call $take))"))
        .costs.at(0);
  };
  EXPECT_EQ(calls(30).bytes - calls(20).bytes, 20u);
  EXPECT_EQ(calls(30).moved - calls(20).moved, 10u * 2001);
  EXPECT_EQ(calls(30).crowded - calls(20).crowded, 10u * 2'000'000);
}

TEST(BodyCost, BlocksBranchesAndClausesMoveTheirValues) {
  const auto moved = [](const std::string& text) {
    return measure(with_wide_types("(func (param i32) (call $make)" + text + "(call $take))"))
               .costs.at(0)
               .moved -
           2003;
  };
  EXPECT_GE(moved(times(10, "(block (type $through))")), 10u * 2000);
  EXPECT_GE(moved(times(10, "(loop (type $through))")), 10u * 2000);
  EXPECT_GE(moved(times(10, "(if (type $through) (local.get 0) (then))")), 10u * 2000);
  EXPECT_GE(moved("(block (type $through)" + times(10, "(br_if 0 (local.get 0))") + ")"), 10u * 1000);
  EXPECT_GE(moved("(block (type $through) (block (type $through) (br_table 0 1 0 1 0 (local.get 0))))"),
            2u * 1000);
}

TEST(BodyCost, DeadCodeCountsOnlyItsNesting) {
  EXPECT_EQ(measure(with_wide_types("(func (block (br 0) (call $make) (call $take)))")).costs.at(0).moved,
            1u);
}

TEST(CostLimits, OneThatCostsTooMuchIsHugeWhateverItsSize) {
  const auto measured = measure(
      "(module (memory 1)" + times(3, "(func (param i32) (result i32) (local.get 0))") +
      "(func (param i32) (local" + times(400, " i32") + ")" + locals_in_loops(400, 400) + ") (func))");
  const auto plan = plan_shards(measured.source, wasm::default_features(), measured.costs, {});
  ASSERT_EQ(plan.huge_bodies.size(), 1u);
  EXPECT_EQ(plan.huge_bodies[0].body, 3u);
  EXPECT_EQ(plan.huge_bodies[0].reason, HugeBody::Reason::joined);
  ASSERT_EQ(plan.shards.size(), 3u);
  EXPECT_TRUE(plan.shards[1].is_huge);
  EXPECT_EQ(plan.shards[1].first, 3u);
  EXPECT_EQ(plan.shards[1].end, 4u);
}

// Else each of many small functions would have the allowance for itself.
TEST(CostLimits, TheAllowanceIsOfTheModule) {
  const std::string function =
      "(func (param i32) (local" + times(120, " i32") + ")" + locals_in_loops(120, 120) + ")";
  const auto one = measure("(module " + function + ")"),
             many = measure("(module " + times(100, function) + ")");
  EXPECT_TRUE(plan_shards(one.source, wasm::default_features(), one.costs, {}).huge_bodies.empty());
  const auto plan = plan_shards(many.source, wasm::default_features(), many.costs, {});
  EXPECT_GT(plan.huge_bodies.size(), 50u);
  EXPECT_LE(plan.shards.size(), 3u);  // huge ones go together
}

TEST(CostLimits, FewBodiesBetweenHugeOnesGoWithThem) {
  const std::string huge =
      "(func (param i32) (local" + times(150, " i32") + ")" + locals_in_loops(150, 500) + ")";
  const auto measured = measure("(module " + times(20, huge + "(func)") + ")");
  const auto plan = plan_shards(measured.source, wasm::default_features(), measured.costs, {});
  EXPECT_GT(plan.huge_bodies.size(), 15u);
  EXPECT_LE(plan.shards.size(), 4u);
}

testing::AssertionResult is_refused(const std::string& text, const std::string& why) {
  const auto compiled = compile(tests::wat_to_wasm(text), {});
  if (compiled) return testing::AssertionFailure() << "compiled";
  const auto& error = compiled.error();
  if (error.code == ErrorCode::limit_exceeded && error.message.contains(why)) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << to_string(error);
}

TEST(CostLimits, WhatMovesTooMuchIsRefusedByName) {
  EXPECT_TRUE(is_refused(with_wide_types("(func (nop)) (func (call $make)" +
                                         times(1000, "(block (type $through))") + "(call $take))"),
                         "its function 4 alone 3002002 in 3005 bytes; the limit for"));
  EXPECT_TRUE(
      is_refused(with_wide_types("(func (call $make)" + times(100, "(call $through)") + "(call $take))"),
                 "the squares of their numbers of parameters and results"));
}

TEST(CostLimits, TypesWrittenOutForEachExportAreRefused) {
  std::string exports;
  for (std::size_t i = 0; i < 1000; ++i) exports += "(export \"" + number(i) + "\" (func $through))";
  EXPECT_TRUE(is_refused(with_wide_types(exports), "signatures"));
}

}  // namespace
}  // namespace tenon::compiler
