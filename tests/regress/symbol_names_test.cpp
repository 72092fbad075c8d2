// Names are the guest's words, and must mean nothing to LLVM, the assembler and
// the linker: a function named llvm.umax was once taken for the intrinsic, with
// the instance's address as its operand.
#include <cstring>

#include <gmock/gmock.h>

#include "compiler/analyze/symbol_names.hpp"
#include "strict_guest.hpp"

namespace tenon::regress {
namespace {

using compiler::CodeSymbol;
using compiler::SymbolNames;

class HostileNames : public testing::TestWithParam<const char*> {};

// A function too large to be inlined, under a name both in the name section and
// exported; every level must call it and not what its name means elsewhere.
std::string named(const std::string& name, const std::string& id) {
  std::string body;
  for (int i = 0; i < 200; ++i) {
    body +=
        "(local.set 1 (i64.xor (i64.rotl (local.get 1) (local.get 0)) (i64.load (i32.wrap_i64"
        " (i64.and (i64.mul (local.get 1) (i64.const " +
        std::to_string(i * 7919 + 13) + ")) (i64.const 0xFFF0))))))";
  }
  return "(module (memory 1) (func $" + id + " (export \"" + name +
         "\") (param i64) (result i64) (local i64)" + body +
         "(i64.add (local.get 0) (i64.and (local.get 1) (i64.const 0))))" +
         "(func (export \"go\") (param i64) (result i64) (i64.add (call $" + id + " (local.get 0)) (call $" +
         id + " (i64.mul (local.get 0) (i64.const 3))))))";
}

TEST_P(HostileNames, MeanNothing) {
  for (const int level : {0, 1, 2, 3}) {
    SCOPED_TRACE(level);
    StrictGuest guest(named(GetParam(), GetParam()), level);
    const auto result = guest.call("go", {Value::from_i64(5)});
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->at(0).i64(), 20);
  }
}

INSTANTIATE_TEST_SUITE_P(Intrinsics, HostileNames,
                         testing::Values("llvm.launder.invariant.group", "llvm.umax", "llvm.usub.sat",
                                         "llvm.memset", "llvm.trap", "llvm.x86.sse2.pause", "llvm.",
                                         "llvm.used", "llvm.global_ctors"));
INSTANTIATE_TEST_SUITE_P(Labels, HostileNames,
                         testing::Values(".Lfunc_begin0", ".L", ".text", "$a", "_init"));
INSTANTIATE_TEST_SUITE_P(Libraries, HostileNames,
                         testing::Values("memcpy", "malloc", "fmod", "abort", "__asan_load8",
                                         "_Unwind_Resume", "__stack_chk_fail", "__morestack", "_ZdlPv",
                                         "_GLOBAL_OFFSET_TABLE_"));
INSTANTIATE_TEST_SUITE_P(OfTheArtifact, HostileNames,
                         testing::Values("tenon_artifact", "descriptor", "entry.t0", "host_call.t0",
                                         "exception_personality", "wasm.1", "wasm.tail.1", "1.wasm"));

// In the text format a function's name cannot have these.
TEST(HostileNames, OfExportsMeanNothing) {
  for (const char* name : {"\\01llvm.umax", "a@b", "a@@GLIBC_2.2.5", "\\00", "\\22quoted\\5c", "",
                           "\\0a.globl x", "\\1b[2J", "\\c3\\a9\\f0\\9f\\98\\80", "\\7f"}) {
    SCOPED_TRACE(name);
    std::string text = named(name, "f");
    StrictGuest guest(text, 2);
    EXPECT_EQ(guest.bits("go", {Value::from_i64(5)}), 20U);
  }
}

TEST(HostileNames, OfAHundredKilobytesAreCutInSymbols) {
  StrictGuest guest(named(std::string(100'000, 'n'), "f"), 1);
  EXPECT_EQ(guest.bits("go", {Value::from_i64(5)}), 20U);
}

// Shards name each other's functions, so these go through the linker.
TEST(HostileNames, CrossShards) {
  tests::Guest guest(named("llvm.umax", "llvm.umax"), {.optimization_level = 2, .shard_bytes = 1});
  Store store;
  const auto instance = store.instantiate(guest.module());
  ASSERT_TRUE(instance) << to_string(instance.error());
  const auto result = instance->function("go")->call(std::vector{Value::from_i64(5)});
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(result->at(0).i64(), 20);
}

// People look for the name that they wrote.
TEST(SymbolNames, ShowTheGuestsName) {
  EXPECT_THAT(tests::emit_text(named("x", "transform"), {.emit = compiler::Emit::assembly}),
              testing::HasSubstr("wasm.0.transform:"));
}

TEST(SymbolNames, AreFoundAgainAndNoOthers) {
  wasm::Module module;
  module.functions = {0, 0, 0};
  module.function_names = {{0, "llvm.umax"}, {2, "a b"}};
  module.exports = {{.name = "", .index = 1}};
  const SymbolNames names(module);
  for (std::uint32_t function = 0; function < 3; ++function) {
    for (const bool is_tail_code : {false, true}) {
      const CodeSymbol symbol{function, is_tail_code};
      EXPECT_EQ(names.find(names.of(symbol)), symbol);
      // LLVM names a copy of a function so, which has other parameters.
      EXPECT_EQ(names.find(names.of(symbol) + ".specialized.1"), std::nullopt);
    }
  }
  EXPECT_EQ(names.of({0}), "wasm.0.llvm.umax");
  EXPECT_EQ(names.of({1}), "wasm.1");
  EXPECT_EQ(names.of({2, true}), "wasm.tail.2.a_b");
  for (const char* other :
       {"wasm.3.x", "wasm.0", "wasm.", "wasm.tail.", "wasm.00.llvm.umax", "entry.t0", ""}) {
    EXPECT_EQ(names.find(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace tenon::regress
