// Tail calls whose stack must not grow, in the shapes that are hard for a
// native calling convention: more and fewer stack arguments than the caller
// has, many results, vectors, other instances, callees that make none.
#include <gmock/gmock.h>

#include "strict_guest.hpp"

namespace tenon::regress {
namespace {

class TailCalls : public AtEachLevel {};

constexpr std::int32_t kCalls = 10'000'000;  // at 8 bytes each, ten times the stack

// Each calls the next with another number of arguments: 1, 20 integers, 12
// floats and 3 vectors. The sum that they pass on proves every argument.
constexpr char kShapes[] = R"((module
  (type $narrow (func (param i32 i64) (result i64)))
  (type $wide (func (param i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)))
  (type $mixed (func (param i32 i64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 v128 v128 v128) (result i64)))
  (table funcref (elem $narrow $wide $mixed))
  (func $narrow (export "run") (type $narrow)
    (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call $wide (i32.sub (local.get 0) (i32.const 1)) (local.get 1)
      (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5)
      (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9)))
  (func $wide (type $wide) (local $sum i64)
    (local.set $sum (i64.add (local.get 1) (i64.add (i64.add (i64.mul (local.get 2) (i64.const 1))
      (i64.mul (local.get 3) (i64.const 2))) (i64.add (i64.mul (local.get 4) (i64.const 3))
      (i64.add (i64.mul (local.get 9) (i64.const 8)) (i64.mul (local.get 10) (i64.const 9)))))))
    (if (i32.eqz (local.get 0)) (then (return (local.get $sum))))
    (return_call_indirect (type $mixed) (i32.sub (local.get 0) (i32.const 1)) (local.get $sum)
      (f64.const 1) (f64.const 2) (f64.const 3) (f64.const 4) (f64.const 5)
      (f64.const 6) (f64.const 7) (f64.const 8) (f64.const 9) (f64.const 10)
      (i64x2.splat (local.get $sum)) (v128.const i64x2 3 4) (v128.const i64x2 5 6) (i32.const 2)))
  (func $mixed (type $mixed) (local $sum i64)
    (local.set $sum (i64.add (i64x2.extract_lane 1 (local.get 12))
      (i64.trunc_f64_s (f64.add (f64.mul (local.get 2) (f64.const 7))
        (f64.add (f64.mul (local.get 10) (f64.const 5)) (f64.mul (local.get 11) (f64.const 3)))))))
    (local.set $sum (i64.add (local.get $sum)
      (i64.add (i64x2.extract_lane 0 (local.get 13)) (i64x2.extract_lane 1 (local.get 14)))))
    (if (i32.eqz (local.get 0)) (then (return (local.get $sum))))
    (return_call $narrow (i32.sub (local.get 0) (i32.const 1)) (local.get $sum)))))";

TEST_P(TailCalls, KeepEveryArgumentOverTenMillion) {
  StrictGuest guest(kShapes, GetParam());
  // What one turn of wide and of mixed adds to the sum.
  constexpr std::int64_t kWide = 1 + 2 * 2 + 3 * 3 + 8 * 8 + 9 * 9, kMixed = 7 + 9 * 5 + 10 * 3 + 3 + 6;
  std::int64_t expected = 0;
  for (int i = kCalls, at = 0; i >= 0; --i, at = (at + 1) % 3) {
    expected += at == 1 ? kWide : at == 2 ? kMixed : 0;
  }
  const auto result = guest.call("run", {Value::from_i32(kCalls), Value::from_i64(0)});
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(result->at(0).i64(), expected);
}

constexpr char kResults[] = R"((module
  (type $many (func (param i32) (result i32 f64 i64 f32 v128 f64 f32 i64 i32)))
  (func $end (type $many)
    (local.get 0) (f64.const 2) (i64.const 3) (f32.const 4) (v128.const i64x2 5 6)
    (f64.const nan:0x4000000000001) (f32.const nan:0x200001) (i64.const 9) (i32.const 10))
  (func $loop (type $many)
    (if (i32.eqz (local.get 0)) (then (return_call $end (i32.const 1))))
    (return_call $other (i32.sub (local.get 0) (i32.const 1))))
  (func $other (type $many)
    (if (i32.eqz (local.get 0)) (then (i32.const 1) (call $end) (return)))
    (return_call $loop (i32.sub (local.get 0) (i32.const 1))))
  (func (export "run") (type $many) (call $loop (local.get 0)))))";

TEST_P(TailCalls, GiveManyResults) {
  StrictGuest guest(kResults, GetParam());
  for (std::int32_t calls : {kCalls, kCalls + 1}) {
    const auto result = guest.call("run", {Value::from_i32(calls)});
    ASSERT_TRUE(result) << to_string(result.error());
    const std::uint64_t expected[] = {
        1, 0x4000000000000000, 3, 0x40800000, 5, 0x7FF4000000000001, 0x7FA00001, 9, 10};
    for (std::size_t i = 0; i < std::size(expected); ++i) {
      EXPECT_EQ(result->at(i).low_bits(), expected[i]) << "result " << i;
    }
  }
}

// A chain through two instances: every call changes which instance's globals
// are meant, and the one that called first finds its own again.
constexpr char kPing[] = R"((module
  (type $step (func (param i32) (result i32)))
  (import "pong" "table" (table 2 funcref))
  (global $own (mut i32) (i32.const 100))
  (func $ping (type $step)
    (if (i32.eqz (local.get 0)) (then (return (global.get $own))))
    (return_call_indirect (type $step) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))
  (elem (i32.const 0) func $ping)
  (func (export "run") (param i32) (result i32)
    (global.set $own (i32.const 7))
    (i32.add (i32.mul (call $ping (local.get 0)) (i32.const 1000)) (global.get $own)))))";
constexpr char kPong[] = R"((module
  (type $step (func (param i32) (result i32)))
  (table (export "table") 2 funcref)
  (global $own (mut i32) (i32.const 200))
  (func $pong (type $step)
    (if (i32.eqz (local.get 0)) (then (return (global.get $own))))
    (return_call_indirect (type $step) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
  (elem (i32.const 1) func $pong)))";

TEST_P(TailCalls, GoThroughOtherInstances) {
  const compiler::CompileOptions level{.optimization_level = static_cast<std::uint8_t>(GetParam()),
                                       .strict = true};
  tests::Guest pong(kPong, level), ping(kPing, level);
  Store store;
  const auto other = store.instantiate(pong.module()).value();
  const auto instance = store.instantiate(ping.module(), Imports().define_instance("pong", other)).value();
  const auto run = instance.function("run").value();
  for (const auto& [calls, expected] : {std::pair{kCalls, 7007}, std::pair{kCalls + 1, 200007}}) {
    const auto result = run.call(std::vector{Value::from_i32(calls)});
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->at(0).i32(), expected);
  }
}

// Callees without tail calls of their own: imported, of the host, in a table.
constexpr char kEnds[] = R"((module
  (type $pair (func (param i32) (result i32 i32)))
  (import "host" "pair" (func $pair (type $pair)))
  (table funcref (elem $pair $twice))
  (func $twice (type $pair) (local.get 0) (local.get 0))
  (func $loop (param i32) (result i32 i32)
    (if (i32.eqz (local.get 0)) (then (return_call $pair (i32.const 5))))
    (return_call $loop (i32.sub (local.get 0) (i32.const 1))))
  (func (export "host") (type $pair) (return_call $loop (local.get 0)))
  (func (export "table") (type $pair) (return_call_indirect (type $pair) (i32.const 6) (local.get 0)))
  (func (export "wrong") (type $pair) (return_call_indirect (type $pair) (i32.const 6) (local.get 0)))
  (func (export "own") (type $pair) (return_call $twice (local.get 0)))))";

TEST_P(TailCalls, EndInFunctionsThatMakeNone) {
  const compiler::CompileOptions level{.optimization_level = static_cast<std::uint8_t>(GetParam()),
                                       .strict = true};
  tests::Guest guest(kEnds, level);
  Store store;
  const FunctionType pair{{ValueType::i32}, {ValueType::i32, ValueType::i32}};
  const HostFunction host(pair, [](Caller&, auto in, auto out) -> std::expected<void, Error> {
    out[0] = in[0];
    out[1] = Value::from_i32(in[0].i32() + 1);
    return {};
  });
  const auto instance = store.instantiate(guest.module(), Imports().define("host", "pair", host)).value();
  auto call = [&](const char* name, std::int32_t argument) {
    const auto result = instance.function(name).value().call(std::vector{Value::from_i32(argument)});
    return result ? std::pair(result->at(0).i32(), result->at(1).i32()) : std::pair(-1, -1);
  };
  EXPECT_EQ(call("host", kCalls), std::pair(5, 6));
  EXPECT_EQ(call("table", 0), std::pair(6, 7));
  EXPECT_EQ(call("table", 1), std::pair(6, 6));
  EXPECT_EQ(call("own", 4), std::pair(4, 4));
}

// Parameters of a function of this many vectors and integers, after a counter;
// the n-th of each kind is n + 100 or n + 1000, so that any mix-up shows.
struct Shape {
  unsigned vectors, integers;
};

std::string parameters(const Shape& shape) {
  std::string text = "(param i64";
  for (unsigned i = 0; i < shape.vectors; ++i) text += " v128";
  for (unsigned i = 0; i < shape.integers; ++i) text += " i64";
  return text + ")";
}

std::string arguments(const Shape& shape) {
  std::string text;
  for (unsigned i = 0; i < shape.vectors; ++i)
    text += "(v128.const i64x2 " + std::to_string(i) + " " + std::to_string(i + 100) + ")";
  for (unsigned i = 0; i < shape.integers; ++i) text += "(i64.const " + std::to_string(i + 1000) + ")";
  return text;
}

std::string any_wrong(const Shape& shape) {
  std::string text = "(i64.const 0)";
  auto compare = [&](const std::string& value, unsigned expected) {
    text = "(i64.or " + text + " (i64.sub " + value + " (i64.const " + std::to_string(expected) + ")))";
  };
  auto get = [](unsigned local) { return "(local.get " + std::to_string(local) + ")"; };
  for (unsigned i = 0; i < shape.vectors; ++i) compare("(i64x2.extract_lane 1 " + get(i + 1) + ")", i + 100);
  for (unsigned i = 0; i < shape.integers; ++i) compare(get(shape.vectors + i + 1), i + 1000);
  return text;
}

// Two functions that call each other in turn through a table, each in a frame of
// the other's: 77 where an argument was wrong, else 5, and 1 more for what the
// caller still knows after the call.
std::string ping_pong(const Shape& ping, const Shape& pong) {
  auto function = [](const char* name, const Shape& own, const char* other, const Shape& others) {
    return "(func $" + std::string(name) + " (type $t" + name + ") (if (i64.ne " + any_wrong(own) +
           " (i64.const 0)) (then (return (i64.const 77))))" +
           "(if (i64.eqz (local.get 0)) (then (return (i64.const 5))))" + "(return_call_indirect (type $t" +
           other + ") (i64.sub (local.get 0) (i64.const 1)) " + arguments(others) + "(i32.const " +
           (*other == 'f' ? "0" : "1") + ")))";
  };
  return "(module (type $tf (func " + parameters(ping) + " (result i64))) (type $tg (func " +
         parameters(pong) + " (result i64))) (table (export \"t\") 2 funcref) (elem (i32.const 0) $f $g)" +
         function("f", ping, "g", pong) + function("g", pong, "f", ping) +
         "(func (export \"run\") (param i64) (result i64) (i64.add (i64.const 1) (call_indirect (type $tf) "
         "(local.get 0) " +
         arguments(ping) + "(i32.const 0)))))";
}

// A vector on the stack once made the caller pop more than the callee had left:
// it returned to where the guest said.
TEST_P(TailCalls, KeepTheStackWithVectorsBeyondTheRegisters) {
  const Shape shapes[][2] = {{{9, 6}, {10, 7}}, {{0, 3}, {14, 0}}, {{3, 20}, {8, 4}}, {{30, 30}, {1, 1}}};
  for (const auto& [ping, pong] : shapes) {
    StrictGuest guest(ping_pong(ping, pong), GetParam());
    for (const std::int64_t calls : {0, 1, 2, 1'000'000, 1'000'001})
      EXPECT_EQ(guest.bits("run", {Value::from_i64(calls)}), 6U) << calls;
  }
}

// What is passed on the stack has to be popped, by a `ret` with an operand; what
// the guest needs of it is out of reach of unwinders and of the probing of frames.
TEST_P(TailCalls, PassNothingOnTheStack) {
  const auto level = static_cast<std::uint8_t>(GetParam());
  const std::string text = tests::emit_text(ping_pong({300, 690}, {0, 990}),
                                            {.optimization_level = level, .emit = compiler::Emit::assembly});
  // Eight bytes are no argument: the convention keeps the stack aligned with them,
  // in every function alike.
  for (auto at = text.find("retq\t$"); at != std::string::npos; at = text.find("retq\t$", at + 1))
    EXPECT_EQ(text.substr(at, text.find('\n', at) - at), "retq\t$8");
  StrictGuest guest(ping_pong({300, 690}, {0, 990}), GetParam());
  EXPECT_EQ(guest.bits("run", {Value::from_i64(10'000)}), 6U);
}

// Where LLVM inlined all code for tail calls, the memory for their arguments was
// missing, and the host wrote to address 0 for the guest.
constexpr char kInlined[] = R"((module
  (func $seventh (param i64 i64 i64 i64 i64 i64 i64) (result i64) (local.get 6))
  (func $again (param i64 i64 i64 i64 i64 i64 i64) (result i64)
    (return_call $seventh (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
      (i64.add (local.get 6) (i64.const 1))))
  (func (export "run") (param i64) (result i64)
    (call $again (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (local.get 0)))))";

TEST_P(TailCalls, HaveMemoryForArgumentsWhereTheyWereInlined) {
  StrictGuest guest(kInlined, GetParam());
  EXPECT_EQ(guest.bits("run", {Value::from_i64(41)}), 42U);
}

// The frame with the handler is gone when the callee throws: in the form that
// the text tools at hand know, direct, through a table, and to an import.
constexpr char kGone[] = R"((module
  (type $t (func (result i32)))
  (import "host" "throw" (func $imported (type $t)))
  (tag $e (export "e"))
  (table funcref (elem $thrower))
  (func $thrower (type $t) (throw $e))
  (func $again (param i32) (result i32)
    (if (local.get 0) (then (return_call $again (i32.const 0)))) (throw $e))
  (func (export "direct") (result i32)
    (try (do (return_call $thrower)) (catch_all)) (i32.const 1))
  (func (export "chain") (result i32)
    (try (do (return_call $again (i32.const 1))) (catch_all)) (i32.const 1))
  (func (export "indirect") (result i32)
    (try (do (return_call_indirect (type $t) (i32.const 0))) (catch $e)) (i32.const 1))
  (func (export "imported") (result i32)
    (try (do (return_call $imported)) (catch_all)) (i32.const 1))
  (func (export "delegated") (result i32)
    (try (do (try (do (return_call $thrower)) (delegate 0))) (catch_all)) (i32.const 1))
  (func $caught (export "caught") (result i32)
    (try (result i32) (do (call $outer)) (catch $e (i32.const 2))))
  (func $outer (result i32) (try (do (return_call $thrower)) (catch_all)) (i32.const 1))))";
constexpr char kThrower[] = R"((module (tag $e) (func (export "throw") (result i32) (throw $e))))";

TEST_P(TailCalls, AreNotCaughtByTheFrameThatTheyReplace) {
  compiler::CompileOptions options{.optimization_level = static_cast<std::uint8_t>(GetParam())};
  options.features.enable(wasm::Feature::legacy_exceptions);
  tests::Guest thrower(kThrower, options), guest(kGone, options);
  Store store(StoreOptions{.poison_after_trap = false});
  const auto host = store.instantiate(thrower.module()).value();
  const auto instance = store.instantiate(guest.module(), Imports().define_instance("host", host)).value();
  for (const char* name : {"direct", "chain", "indirect", "imported", "delegated"}) {
    const auto result = instance.function(name).value().call({});
    ASSERT_FALSE(result) << name << " was caught";
    EXPECT_EQ(result.error().code, ErrorCode::uncaught_exception) << name;
  }
  EXPECT_EQ(instance.function("caught").value().call({}).value()[0].i32(), 2);
}

INSTANTIATE_TEST_SUITE_P(Levels, TailCalls, testing::Values(0, 1, 2, 3));

}  // namespace
}  // namespace tenon::regress
