// Every kind of call at every distance from the end of the guest's stack, while
// signals arrive whose handler asks for no stack of its own. A guest goes down
// by small frames and makes the call at each of them, until nothing is left.
// What must come of it: right results, and then a trap; no other thread's
// memory is touched, and no signal ends the process.
#include <gtest/gtest.h>

#include <string>

#include <tenon/store.hpp>

#include "canaries.hpp"
#include "checked_call.hpp"
#include "near_the_end.hpp"
#include "support/wat.hpp"

namespace tenon {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// A function $victim that takes and gives an i64: the number plus 1, by some detour.
struct Detour {
  const char* name;
  std::string text;
};

std::string wide(const std::string& type, const std::string& constant, const std::string& call) {
  return "(func $wide (param i64" + repeated(" " + type, 980) +
         ") (result i64) (i64.add (local.get 0) (i64.const 1)))" +
         "(func $victim (param i64) (result i64) (" + call + " $wide (local.get 0)" +
         repeated(" " + constant, 980) + "))";
}

std::vector<Detour> detours() {
  const std::string leaf = "(func $leaf (param i64) (result i64) (i64.add (local.get 0) (i64.const 1)))";
  const std::string results = repeated(" i64", 990);
  return {
      {"Leaf", "(func $victim (param i64) (result i64) (i64.add (local.get 0) (i64.const 1)))"},
      {"WideDoubles", wide("f64", "(f64.const 0)", "call")},
      {"WideVectors", wide("v128", "(v128.const i64x2 0 0)", "call")},
      {"WideTailCall", wide("i64", "(i64.const 0)", "return_call")},
      {"WideVectorTailCall", wide("v128", "(v128.const i64x2 0 0)", "return_call")},
      {"ManyResults", "(func $many (param i64) (result" + results + ") " + repeated("(local.get 0) ", 990) +
                          ")" + "(func $victim (param i64) (result i64) (call $many (local.get 0))" +
                          repeated(" (drop)", 989) + " (i64.add (i64.const 1)))"},
      {"HostCall", "(func $victim (param i64) (result i64) (call $host (local.get 0)))"},
      {"Exception",
       "(tag $t (param i64)) (func $thrower (param i64) (throw $t (local.get 0)))"
       "(func $victim (param i64) (result i64) (try (result i64) (do (call $thrower (local.get 0)) "
       "(i64.const 0))"
       " (catch $t (i64.add (i64.const 1)))))"},
      {"Indirect", leaf +
                       "(func $victim (param i64) (result i64)"
                       " (call_indirect (type $one) (local.get 0) (i32.const 0)))(elem (i32.const 0) $leaf)"},
      {"MemoryGrow",
       "(func $victim (param i64) (result i64) (drop (memory.grow (i32.const 0)))"
       " (i64.add (local.get 0) (i64.const 1)))"},
  };
}

// Frames of several sizes: those of the guest move by 16 bytes, so a few reach each distance.
std::string module_text(const std::string& victim, int kept) {
  std::string locals, keeps, uses;
  for (int i = 0; i < kept; ++i) {
    const std::string local = "$k" + std::to_string(i);
    locals += " (local " + local + " i64)";
    keeps += " (local.set " + local + " (i64.load (i32.const " + std::to_string(8 * i) + ")))";
    uses += " (i64.store (i32.const " + std::to_string(8 * i) + ") (local.get " + local + "))";
  }
  return "(module (type $one (func (param i64) (result i64))) (import \"h\" \"f\" (func $host (type $one)))"
         "(table 1 funcref) (memory 1 1) (global $wrong (mut i64) (i64.const 0)) (global $visits (mut i64) "
         "(i64.const 0)) " +
         victim + "(func $deep (export \"deep\") (param $n i64) (result i64)" + locals + keeps +
         " (if (i64.ne (call $victim (local.get $n)) (i64.add (local.get $n) (i64.const 1)))"
         "  (then (global.set $wrong (i64.add (global.get $wrong) (i64.const 1)))))"
         " (global.set $visits (i64.add (global.get $visits) (i64.const 1)))"
         " (drop (call $deep (i64.add (local.get $n) (i64.const 1))))" +
         uses + " (global.get $visits))" +
         "(func (export \"wrong\") (result i64) (global.get $wrong))"
         "(func (export \"visits\") (result i64) (global.get $visits)))";
}

void go_down(const Module& module) {
  Imports imports;
  imports.function("h", "f", [](std::int64_t n) { return n + 1; });
  Store store({.host_stack_reserve = 24 * 1024, .poison_after_trap = false});
  const auto instance = store.instantiate(module, imports);
  ASSERT_TRUE(instance) << to_string(instance.error());
  const auto result = instance->function<std::int64_t(std::int64_t)>("deep").value()(0);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().trap, TrapCode::stack_exhaustion) << to_string(result.error());
  EXPECT_EQ(instance->function<std::int64_t()>("wrong").value()().value(), 0);
  EXPECT_GT(instance->function<std::int64_t()>("visits").value()().value(), 16);
}

class DeepStack : public testing::TestWithParam<Detour> {};

TEST_P(DeepStack, EndsInATrapWhereverTheEndIs) {
  for (const std::uint8_t level : {0, 2}) {
    for (const int kept : {0, 2, 4, 7}) {
      compiler::CompileOptions options{.optimization_level = level, .strict = true};
      options.features.enable(wasm::Feature::legacy_exceptions);
      const tests::Guest guest(module_text(GetParam().text, kept), options);
      fuzz::CanaryThreads threads;
      const fuzz::Ticks ticks;
      EXPECT_EQ(fuzz::checked_call([&] { go_down(guest.module()); }), std::nullopt);
      threads.run([&] { EXPECT_EQ(fuzz::checked_call([&] { go_down(guest.module()); }), std::nullopt); });
      EXPECT_EQ(threads.touched(), std::nullopt);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Calls, DeepStack, testing::ValuesIn(detours()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace tenon
