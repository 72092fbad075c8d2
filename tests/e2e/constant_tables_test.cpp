// Indirect calls through tables that nothing can change, which check nothing but
// the index, and through tables that look like those and are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

struct Way {
  const char* name;
  std::uint8_t level;
  std::uint64_t shard_bytes;

  [[nodiscard]] compiler::CompileOptions options() const {
    return {.optimization_level = level, .shard_bytes = shard_bytes};
  }
  friend std::ostream& operator<<(std::ostream& out, const Way& way) { return out << way.name; }
};

class ConstantTables : public testing::TestWithParam<Way> {
 protected:
  static Imports imports() {
    Imports imports;
    imports.function("env", "add", [](std::int32_t a, std::int32_t b) { return a + b; });
    return imports;
  }
  // The result, or minus the trap's number.
  static std::int64_t outcome(const Instance& instance, const std::string& function,
                              std::initializer_list<std::int32_t> arguments) {
    std::vector<Value> values;
    for (const auto argument : arguments) values.push_back(Value::from_i32(argument));
    const auto result = instance.function(function)->call(values);
    if (result) return result->at(0).i32();
    EXPECT_TRUE(result.error().trap) << to_string(result.error());
    return -static_cast<std::int64_t>(*result.error().trap);
  }
  Instance instantiate(const Module& module, const Imports& imports) {
    auto instance = store_.instantiate(module, imports);
    if (!instance) throw std::runtime_error(to_string(instance.error()));
    return *instance;
  }
  Store store_{StoreOptions{.poison_after_trap = false}};
};

constexpr std::int64_t kUndefined = -static_cast<std::int64_t>(TrapCode::undefined_element);
constexpr std::int64_t kNull = -static_cast<std::int64_t>(TrapCode::uninitialized_element);
constexpr std::int64_t kMismatch = -static_cast<std::int64_t>(TrapCode::indirect_call_type_mismatch);

// Types 0 and 1 are equal. Element 5 is written twice; 6 is null in a segment.
constexpr char kConstant[] = R"((module
  (type $binary (func (param i32 i32) (result i32)))
  (type $same (func (param i32 i32) (result i32)))
  (type $unary (func (param i32) (result i32)))
  (type $pair (func (result i32 i32)))
  (import "env" "add" (func $add (param i32 i32) (result i32)))
  (memory 1)
  (global $bias (mut i32) (i32.const 100))
  (table $t 8 20 funcref)
  (elem (table $t) (i32.const 1) func $subtract $same_subtract $negate $add $add)
  (elem (table $t) (i32.const 5) funcref (ref.func $pair) (ref.null func))
  (func $subtract (type $binary) (i32.sub (local.get 0) (local.get 1)))
  (func $same_subtract (type $same) (i32.sub (local.get 0) (local.get 1)))
  (func $negate (type $unary) (i32.sub (global.get $bias) (local.get 0)))
  (func $pair (type $pair) (i32.const 3) (i32.const 4))
  (func (export "binary") (param i32) (result i32)
    (call_indirect $t (type $binary) (i32.const 30) (i32.const 12) (local.get 0)))
  (func (export "same") (param i32) (result i32)
    (call_indirect $t (type $same) (i32.const 30) (i32.const 12) (local.get 0)))
  (func (export "unary") (param i32) (result i32) (call_indirect $t (type $unary) (i32.const 1) (local.get 0)))
  (func (export "pair") (param i32) (result i32) (i32.mul (call_indirect $t (type $pair) (local.get 0))))
  (func (export "known") (result i32)
    (call_indirect $t (type $binary) (i32.const 30) (i32.const 12) (i32.const 1)))
  (func (export "known null") (result i32)
    (call_indirect $t (type $binary) (i32.const 30) (i32.const 12) (i32.const 7)))
  (func (export "known mismatch") (result i32) (call_indirect $t (type $pair) (i32.const 3)) (i32.add))
  (func (export "size") (result i32) (table.size $t))))";

TEST_P(ConstantTables, EachElementIsWhatTheTypeMakesOfIt) {
  const tests::Guest guest(kConstant, GetParam().options());
  const auto instance = instantiate(guest.module(), imports());
  const std::int64_t binary[] = {kNull, 18, 18, kMismatch, 42, kMismatch, kNull, kNull};
  const std::int64_t unary[] = {kNull, kMismatch, kMismatch, 99, kMismatch, kMismatch, kNull, kNull};
  const std::int64_t pair[] = {kNull, kMismatch, kMismatch, kMismatch, kMismatch, 12, kNull, kNull};
  for (std::int32_t i = 0; i < 8; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(outcome(instance, "binary", {i}), binary[i]);
    EXPECT_EQ(outcome(instance, "same", {i}), binary[i]);
    EXPECT_EQ(outcome(instance, "unary", {i}), unary[i]);
    EXPECT_EQ(outcome(instance, "pair", {i}), pair[i]);
  }
  EXPECT_EQ(outcome(instance, "known", {}), 18);
  EXPECT_EQ(outcome(instance, "known null", {}), kNull);
  EXPECT_EQ(outcome(instance, "known mismatch", {}), kMismatch);
  EXPECT_EQ(outcome(instance, "size", {}), 8);
}

// What lies around the array is no code. 0x40000000 times 4 bytes is 2^32.
TEST_P(ConstantTables, NoIndexBeyondTheTableIsUsed) {
  const tests::Guest guest(kConstant, GetParam().options());
  const auto instance = instantiate(guest.module(), imports());
  for (const std::int32_t i :
       {8, 9, 16, 20, 1 << 20, 0x40000000, 0x40000001, 0x7FFFFFFF, INT32_MIN, -8, -1}) {
    SCOPED_TRACE(i);
    EXPECT_EQ(outcome(instance, "binary", {i}), kUndefined);
    EXPECT_EQ(outcome(instance, "unary", {i}), kUndefined);
    EXPECT_EQ(outcome(instance, "pair", {i}), kUndefined);
  }
}

TEST_P(ConstantTables, AnImportRunsInItsOwnInstance) {
  const tests::Guest provider(R"((module (global $g i32 (i32.const 7))
    (func (export "get") (param i64 f64) (result i32 f32)
      (i32.add (global.get $g) (i32.wrap_i64 (local.get 0))) (f32.demote_f64 (local.get 1)))))");
  const tests::Guest guest(R"((module
    (type $get (func (param i64 f64) (result i32 f32)))
    (import "p" "get" (func $get (type $get)))
    (global $g i32 (i32.const 1000))
    (table $t 2 funcref)
    (elem (table $t) (i32.const 1) func $get)
    (func $call (param i32) (result i32) (local f32)
      (call_indirect $t (type $get) (i64.const 1) (f64.const 16) (local.get 0))
      (local.set 1)
      (i32.add (i32.trunc_f32_s (local.get 1))) (i32.add (global.get $g)))
    (func (export "call") (param i32) (result i32) (call $call (local.get 0)))))",
                           GetParam().options());
  Imports imports;
  imports.define_instance("p", instantiate(provider.module(), {}));
  const auto instance = instantiate(guest.module(), imports);
  EXPECT_EQ(outcome(instance, "call", {1}), 7 + 1 + 16 + 1000);
  EXPECT_EQ(outcome(instance, "call", {0}), kNull);
}

TEST_P(ConstantTables, ATrapInThemNamesTheCaller) {
  const tests::Guest guest(R"((module
    (type $void (func))
    (import "env" "fails" (func $fails))
    (table $t 3 funcref)
    (elem (table $t) (i32.const 1) func $fails $other)
    (func $other (param i32))
    (func $before)
    (func (export "call") (param i32) (call_indirect $t (type $void) (local.get 0)) (call $before))))",
                           GetParam().options());
  Imports imports;
  imports.function("env", "fails", [] { throw std::runtime_error("no"); });
  const auto instance = instantiate(guest.module(), imports);
  for (const std::int32_t i : {0, 1, 2, 3}) {
    SCOPED_TRACE(i);
    const auto result = instance.function("call")->call(std::vector{Value::from_i32(i)});
    ASSERT_FALSE(result);
    ASSERT_EQ(result.error().backtrace.size(), 1u) << to_string(result.error());
    EXPECT_EQ(result.error().backtrace[0].function_name, "call");
  }
}

// One case for each reason why a table is not constant. "change" makes $two of
// element 0, which was $one; "call" calls it.
struct Changing {
  const char* name;
  const char* table;
  const char* change;
};
constexpr Changing kChanging[] = {
    {"set", "(table $t 2 2 funcref)", "(table.set $t (i32.const 0) (ref.func $two))"},
    {"fill", "(table $t 2 2 funcref)", "(table.fill $t (i32.const 0) (ref.func $two) (i32.const 1))"},
    {"copy", "(table $t 2 2 funcref)", "(table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 1))"},
    {"copy_from_another", "(table $t 2 2 funcref)",
     "(table.copy $t $u (i32.const 0) (i32.const 0) (i32.const 1))"},
    {"init", "(table $t 2 2 funcref)", "(table.init $t $passive (i32.const 0) (i32.const 0) (i32.const 1))"},
};

std::string changing_module(const Changing& changing) {
  return std::string("(module (type $get (func (result i32)))\n") + changing.table + R"(
    (table $u 1 1 funcref)
    (elem (table $t) (i32.const 0) func $one $two)
    (elem (table $u) (i32.const 0) func $two)
    (elem $passive func $two)
    (func $one (type $get) (i32.const 1))
    (func $two (type $get) (i32.const 2))
    (func (export "call") (param i32) (result i32) (call_indirect $t (type $get) (local.get 0)))
    (func (export "change") (result i32) )" +
         changing.change + " (i32.const 0)))";
}

TEST_P(ConstantTables, ATableThatIsWrittenToIsNone) {
  for (const Changing& changing : kChanging) {
    SCOPED_TRACE(changing.name);
    const tests::Guest guest(changing_module(changing), GetParam().options());
    const auto instance = instantiate(guest.module(), {});
    EXPECT_EQ(outcome(instance, "call", {0}), 1);
    EXPECT_EQ(outcome(instance, "change", {}), 0);
    EXPECT_EQ(outcome(instance, "call", {0}), 2);
  }
}

TEST_P(ConstantTables, ATableThatGrowsIsNone) {
  const tests::Guest guest(R"((module
    (type $get (func (result i32)))
    (table $t 1 funcref)
    (elem (table $t) (i32.const 0) func $one)
    (func $one (type $get) (i32.const 1))
    (func (export "call") (param i32) (result i32) (call_indirect $t (type $get) (local.get 0)))
    (func (export "grow") (result i32) (table.grow $t (ref.func $one) (i32.const 1)))))",
                           GetParam().options());
  const auto instance = instantiate(guest.module(), {});
  EXPECT_EQ(outcome(instance, "call", {1}), kUndefined);
  EXPECT_EQ(outcome(instance, "grow", {}), 1);
  EXPECT_EQ(outcome(instance, "call", {1}), 1);
}

TEST_P(ConstantTables, ATableThatOthersReachIsNone) {
  const tests::Guest provider(R"((module
    (type $get (func (result i32)))
    (table (export "table") 3 funcref)
    (elem (i32.const 0) func $one)
    (func $one (type $get) (i32.const 1))
    (func (export "two") (type $get) (i32.const 2))
    (func (export "call") (param i32) (result i32) (call_indirect (type $get) (local.get 0)))))",
                              GetParam().options());
  const tests::Guest user(R"((module
    (type $get (func (result i32)))
    (import "p" "table" (table 3 funcref))
    (elem (i32.const 1) func $three)
    (func $three (type $get) (i32.const 3))
    (func (export "call") (param i32) (result i32) (call_indirect (type $get) (local.get 0)))))",
                          GetParam().options());
  const auto instance = instantiate(provider.module(), {});
  Imports imports;
  imports.define_instance("p", instance);
  const auto other = instantiate(user.module(), imports);
  for (const Instance& one : {instance, other}) {
    EXPECT_EQ(outcome(one, "call", {0}), 1);
    EXPECT_EQ(outcome(one, "call", {1}), 3);
    EXPECT_EQ(outcome(one, "call", {2}), kNull);
  }
  ASSERT_TRUE(std::get<Table>(*instance.find_export("table"))
                  .set(2, Value::from_funcref(instance.function("two")->reference())));
  EXPECT_EQ(outcome(instance, "call", {2}), 2);
  EXPECT_EQ(outcome(other, "call", {2}), 2);
}

TEST_P(ConstantTables, APlaceFromAGlobalIsNone) {
  const tests::Guest guest(R"((module
    (type $get (func (result i32)))
    (import "env" "at" (global $at i32))
    (table $t 3 funcref)
    (elem (table $t) (offset (global.get $at)) func $one)
    (func $one (type $get) (i32.const 1))
    (func (export "call") (param i32) (result i32) (call_indirect $t (type $get) (local.get 0)))))",
                           GetParam().options());
  for (const std::int32_t at : {0, 2}) {
    Imports imports;
    imports.define("env", "at", store_.create_global({ValueType::i32}, Value::from_i32(at)).value());
    const auto instance = instantiate(guest.module(), imports);
    for (std::int32_t i = 0; i < 3; ++i) EXPECT_EQ(outcome(instance, "call", {i}), i == at ? 1 : kNull);
  }
}

// A function that a failed instantiation left in an imported table finds its own
// table as the segments before the failure made it.
class HalfMade : public ConstantTables {
 protected:
  std::int64_t call_left_over(const std::string& segments) {
    const tests::Guest provider(R"((module
      (type $get (func (result i32)))
      (table (export "table") 2 funcref)
      (func (export "call") (param i32) (result i32) (call_indirect (type $get) (local.get 0)))))");
    const tests::Guest guest(R"((module
      (type $get (func (result i32)))
      (import "p" "table" (table $p 2 funcref))
      (memory 1 1)
      (table $own 1 1 funcref)
      (func $left_over (type $get) (call_indirect $own (type $get) (i32.const 0)))
      (func $seven (type $get) (i32.const 7)))" +
                                 segments + ")",
                             GetParam().options());
    const auto instance = instantiate(provider.module(), {});
    Imports imports;
    imports.define_instance("p", instance);
    const auto failed = store_.instantiate(guest.module(), imports);
    EXPECT_FALSE(failed);
    return outcome(instance, "call", {0});
  }
};

constexpr char kLeak[] = "(elem (table $p) (i32.const 0) func $left_over)";
constexpr char kFill[] = "(elem (table $own) (i32.const 0) func $seven)";
constexpr char kFail[] = "(elem (table $p) (i32.const 2) func $seven)";

TEST_P(HalfMade, SegmentsAfterTheFailureWereNotWritten) {
  EXPECT_EQ(call_left_over(std::string(kLeak) + kFail + kFill), kNull);
}

TEST_P(HalfMade, SegmentsBeforeTheFailureWere) {
  EXPECT_EQ(call_left_over(std::string(kLeak) + kFill + kFail), 7);
  EXPECT_EQ(call_left_over(std::string(kLeak) + kFill + "(data (i32.const 65536) \"x\")"), 7);
}

constexpr Way kWays[] = {{"O0", 0, 0}, {"O2", 2, 0}, {"O0_shards", 0, 8}, {"O2_shards", 2, 8}};
std::string way_name(const testing::TestParamInfo<Way>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Ways, ConstantTables, testing::ValuesIn(kWays), way_name);
INSTANTIATE_TEST_SUITE_P(Ways, HalfMade, testing::ValuesIn(kWays), way_name);

}  // namespace
}  // namespace tenon::e2e
