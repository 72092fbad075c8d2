// What executing costs: exactly, and however the guest was compiled (docs/limits.md, Fuel).
#include <gmock/gmock.h>

#include "guests.hpp"

namespace tenon::e2e {
namespace {

using testing::HasSubstr;

// What each function costs stands in its name, behind the last "_".
constexpr char kStraight[] = R"((module
  (memory 1 4) (table $t 64 funcref) (data $bytes "0123456789") (elem $none func)
  (global $g (mut i32) (i32.const 0))
  (func (export "empty_0"))
  (func (export "structure_0") nop (block (block)) (loop) nop)
  (func (export "drop_1") (drop (i32.const 1)))
  (func (export "sum_3") (result i32) (i32.add (i32.const 1) (i32.const 2)))
  (func (export "return_2") (result i32) (return (i32.const 1)))
  (func (export "branch_1") (block (br 0) (drop (i32.const 1))))
  (func (export "branch_out_of_two_3") (block (block (br 0)) (drop (i32.const 1)) (br 0)))
  (func (export "taken_2") (block (br_if 0 (i32.const 1)) (drop (i32.const 1))))
  (func (export "not_taken_4") (block (br_if 0 (i32.const 0)) (drop (i32.const 1)) (drop (i32.const 1))))
  (func (export "then_5") (if (i32.const 1) (then (global.set $g (i32.const 1)) (br 0)) (else (drop (i32.const 1)))))
  (func (export "else_3") (if (i32.const 0) (then (global.set $g (i32.const 1))) (else (drop (i32.const 1)))))
  (func (export "if_without_else_2") (if (i32.const 0) (then (global.set $g (i32.const 1)))))
  (func (export "table_of_branches_3")
    (block (block (block (br_table 0 1 2 (i32.const 1))) (global.set $g (i32.const 1))) (drop (i32.const 1))))
  (func (export "loop_of_ten_61") (local $i i32)
    (local.set $i (i32.const 10))
    (loop $again
      (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1))))
      (br_if 0 (i32.const 0)) (br_if 0 (i32.const 0)) (br_if 0 (i32.const 0)) (br_if 0 (i32.const 0))
      (return)))
  (func $three (drop (i32.const 1)) (drop (i32.const 1)) (drop (i32.const 1)))
  (func $twelve (call $three) (call $three) (call $three))
  (func (export "call_4") (call $three))
  (func (export "calls_13") (call $twelve))
  (func (export "memory_9") (i32.store (i32.const 0) (i32.load (i32.const 8))) (drop (i32.load8_u (i32.const 1)))
    (drop (memory.size)) (drop (i32.const 0)) (drop (i32.const 0)))
  (func (export "fill_of_63_bytes_4") (memory.fill (i32.const 0) (i32.const 7) (i32.const 63)))
  (func (export "fill_of_640_bytes_14") (memory.fill (i32.const 0) (i32.const 7) (i32.const 640)))
  (func (export "copy_of_6400_bytes_104") (memory.copy (i32.const 0) (i32.const 64) (i32.const 6400)))
  (func (export "init_of_10_bytes_4") (memory.init $bytes (i32.const 0) (i32.const 0) (i32.const 10)))
  (func (export "grow_by_1_page_1026") (drop (memory.grow (i32.const 1))))
  (func (export "grow_by_too_many_67108866") (drop (memory.grow (i32.const -1))))
  (func (export "fill_of_8_elements_6") (table.fill $t (i32.const 0) (ref.null func) (i32.const 8)))
  (func (export "copy_of_16_elements_8") (table.copy $t $t (i32.const 0) (i32.const 8) (i32.const 16)))
  (func (export "init_of_none_4") (table.init $t $none (i32.const 0) (i32.const 0) (i32.const 0)))
  (func (export "grow_by_8_elements_5") (drop (table.grow $t (ref.null func) (i32.const 8))))
))";

std::uint64_t promised(std::string_view name) {
  return std::stoull(std::string(name.substr(name.rfind('_') + 1)));
}

class Counts : public testing::TestWithParam<Way> {};

TEST_P(Counts, AreWhatTheOperatorsCost) {
  const tests::Guest guest(kStraight, GetParam().options);
  for (const ExportType& item : guest.module().exports()) {
    Metered metered(guest);
    EXPECT_EQ(metered.cost_of(item.name), promised(item.name)) << item.name;
    EXPECT_TRUE(metered.last) << to_string(metered.last.error());
    EXPECT_EQ(metered.cost_of(item.name), promised(item.name)) << item.name << ", the second time";
  }
}

constexpr char kExceptions[] = R"((module
  (tag $t (param i32))
  (func $throws (throw $t (i32.const 5)))
  (func (export "caught_4") (result i32)
    (try (result i32) (do (call $throws) (i32.const 1) (i32.const 2) drop) (catch $t (i32.const 1) drop)))
  (func (export "caught_by_all_4") (try (do (call $throws)) (catch_all (drop (i32.const 1)))))
  (func (export "not_thrown_2") (try (do (drop (i32.const 1))) (catch_all (drop (i32.const 1)))) (drop (i32.const 1)))
  (func (export "passed_on_5")
    (try (do (try (do (call $throws)) (delegate 0))) (catch_all (drop (i32.const 1)) (drop (i32.const 1)))))
  (func (export "thrown_again_5")
    (try (do (try (do (call $throws)) (catch_all (rethrow 0)))) (catch_all (drop (i32.const 1)))))))";

TEST_P(Counts, OfExceptionsAreThoseOfTheOperatorsThatRan) {
  const tests::Guest guest(kExceptions, GetParam().options);
  for (const ExportType& item : guest.module().exports()) {
    Metered metered(guest);
    EXPECT_EQ(metered.cost_of(item.name), promised(item.name)) << item.name;
    EXPECT_TRUE(metered.last) << to_string(metered.last.error());
  }
}

constexpr char kCalls[] = R"((module
  (type $one (func (param i32) (result i32)))
  (table 2 funcref) (elem (i32.const 0) $down $identity)
  (func $identity (type $one) (local.get 0))
  (func $down (export "tail_calls") (type $one)
    (if (result i32) (local.get 0)
      (then (return_call $down (i32.sub (local.get 0) (i32.const 1))))
      (else (i32.const 7))))
  (func (export "recursion") (type $one)
    (if (result i32) (local.get 0)
      (then (call 2 (i32.sub (local.get 0) (i32.const 1))))
      (else (i32.const 7))))
  (func (export "indirect") (type $one) (call_indirect (type $one) (local.get 0) (i32.const 1)))
  (func (export "tail_indirect") (type $one) (return_call_indirect (type $one) (local.get 0) (i32.const 1)))))";

TEST_P(Counts, OfCallsOfEveryKind) {
  const tests::Guest guest(kCalls, GetParam().options);
  Metered metered(guest);
  const auto cost = [&](const char* name, std::int32_t argument) {
    return metered.cost_of(name, {Value::from_i32(argument)});
  };
  EXPECT_EQ(cost("tail_calls", 0), 3u);
  EXPECT_EQ(cost("tail_calls", 1000), 1000u * 6 + 3);
  EXPECT_EQ(cost("recursion", 1000), 1000u * 6 + 3);
  EXPECT_EQ(cost("indirect", 1), 3u + 1);
  EXPECT_EQ(cost("tail_indirect", 1), 3u + 1);
}

// A segment is charged whole where it begins: what stops inside has paid for all of it.
TEST_P(Counts, AreExactAfterATrap) {
  const tests::Guest guest(R"((module (memory 1)
    (func $div (export "division") (param i32) (i32.store (i32.const 0) (i32.const 1))
      (drop (i32.div_u (i32.const 1) (local.get 0))) (i32.store (i32.const 8) (i32.const 1)) (return))
    (func (export "store") (param i32)
      (loop $again
        (i32.store (local.get 0) (i32.const 1))
        (local.set 0 (i32.add (local.get 0) (i32.const 4096)))
        (br $again)))
    (func (export "unreachable") (param i32) (drop (i32.const 1)) (unreachable))
    (func (export "in_a_call") (param i32) (drop (i32.const 1)) (call $div (local.get 0)) (drop (i32.const 1)))
    (func (export "load") (param i32) (i32.store (i32.const 0) (i32.load (i32.const -1)))
      (br_if 0 (i32.const 0)) (i32.store (i32.const 4) (i32.const 1)))))",
                           GetParam().options);
  const auto cost = [&](const char* name, std::int32_t argument) {
    Metered metered(guest, {}, StoreOptions{.poison_after_trap = false});
    const std::uint64_t cost = metered.cost_of(name, {Value::from_i32(argument)});
    EXPECT_FALSE(metered.last);
    EXPECT_TRUE(metered.last.error().trap) << to_string(metered.last.error());
    EXPECT_EQ(metered.cost_of(name, {Value::from_i32(argument)}), cost) << "the second time";
    return cost;
  };
  EXPECT_EQ(cost("division", 0), 3u + 3 + 3 + 1);
  EXPECT_EQ(cost("store", 0), 17u * 8);
  EXPECT_EQ(cost("unreachable", 0), 2u);
  EXPECT_EQ(cost("in_a_call", 0), 3u + 10);
  EXPECT_EQ(cost("load", 0), 4u + 2);
}

TEST_P(Counts, OfStartFunctionsCountToo) {
  const tests::Guest guest("(module (func $start (drop (i32.const 1))) (start $start))", GetParam().options);
  Store store;
  ASSERT_TRUE(store.instantiate(guest.module()));
  EXPECT_EQ(store.fuel(), kUnlimitedFuel - 1);
}

// A host function sees what was charged before it was called, no more and no less.
TEST_P(Counts, AreTheSameToAHostFunction) {
  const tests::Guest guest(R"((module (import "env" "host" (func $host)) (memory 1)
    (func (export "run") (local $i i32)
      (local.set $i (i32.const 3))
      (loop $again
        (i32.store (i32.const 0) (local.get $i))
        (call $host)
        (i32.store (i32.const 4) (local.get $i))
        (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1))))))))",
                           GetParam().options);
  std::vector<std::uint64_t> seen;
  Store* store = nullptr;
  Imports imports;
  imports.function("env", "host", [&] { seen.push_back(kUnlimitedFuel - store->fuel()); });
  Metered metered(guest, imports);
  store = &metered.store;
  EXPECT_EQ(metered.cost_of("run"), 2u + 3 * (4 + 8));
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{6, 18, 30}));
}

// What happened before a guest ran out does not hang on how it was compiled, either.
TEST_P(Counts, StopAGuestAtTheSamePlace) {
  const tests::Guest guest(R"((module (memory (export "memory") 1)
    (func $tick (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))))
    (func (export "run")
      (loop $again
        (call $tick)
        (i32.store (i32.const 4) (i32.add (i32.load (i32.const 4)) (i32.const 1)))
        (br $again)))))",
                           GetParam().options);
  // 1 for the call, 6 in what is called, 7 behind it.
  for (std::uint64_t fuel = 0; fuel < 60; ++fuel) {
    Metered metered(guest, {}, fuel);
    metered.cost_of("run");
    ASSERT_FALSE(metered.last);
    EXPECT_EQ(metered.last.error().code, ErrorCode::out_of_fuel);
    EXPECT_EQ(metered.store.fuel(), 0u);
    const auto memory = metered.instance.memory().value().data();
    EXPECT_EQ(memory[0], fuel / 14 + (fuel % 14 >= 7 ? 1 : 0)) << fuel;
    EXPECT_EQ(memory[4], fuel / 14) << fuel;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Counts, testing::ValuesIn(ways_of_compiling()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Metering, LeavesOtherArtifactsAlone) {
  const std::string text = "(module (func (export \"f\") (param i32) (loop $l (br_if $l (local.get 0)))))";
  const std::string plain = tests::emit_text(text, {.emit = compiler::Emit::llvm_ir});
  EXPECT_THAT(plain, testing::Not(HasSubstr("volatile")));
  EXPECT_THAT(tests::emit_text(text, {.metering = true, .emit = compiler::Emit::llvm_ir}),
              HasSubstr("store volatile i64"));
}

#if defined(__x86_64__)
TEST(Metering, TakesASubtractionInMemoryAndABranch) {
  const std::string code =
      tests::emit_text("(module (func (export \"f\") (param i32) (loop $l (br_if $l (local.get 0)))))",
                       {.metering = true, .emit = compiler::Emit::assembly});
  EXPECT_THAT(code, testing::ContainsRegex("addq\t\\$-2, [0-9]+\\(%r[a-z0-9]+\\)\n\tjs\t"));
}
#endif

}  // namespace
}  // namespace tenon::e2e
