// Code for CPUs that are newer than the loader's table of features.
#include <gmock/gmock.h>

#include "support/wat.hpp"

namespace tenon::compiler {
namespace {

// More values at a time than the sixteen registers hold, and comparisons in a row.
std::string crowded() {
  std::string text = "(module (memory 1) (func (export \"f\") (param i32) (result i64)";
  for (int i = 0; i < 24; ++i) text += "(local $v" + std::to_string(i) + " i64)";
  for (int i = 0; i < 24; ++i) {
    const std::string local = "$v" + std::to_string(i);
    text += "(local.set " + local + " (i64.load offset=" + std::to_string(8 * i) + " (local.get 0)))";
  }
  text += "(loop $again";
  for (int i = 0; i < 24; ++i) {
    const std::string local = "$v" + std::to_string(i), other = "$v" + std::to_string((i + 5) % 24);
    text += "(local.set " + local + " (i64.add (i64.mul (local.get " + local + ") (local.get " + other +
            ")) (i64.rotl (local.get " + other + ") (i64.const 7))))";
  }
  text +=
      "(br_if $again (i32.and (i64.lt_s (local.get $v1) (local.get $v2)) (i64.ne (local.get $v3) (i64.const "
      "5)))))";
  text += "(local.get $v0)";
  for (int i = 1; i < 24; ++i) text += "(i64.xor (local.get $v" + std::to_string(i) + "))";
  return text + "))";
}

class NewCpu : public testing::TestWithParam<const char*> {};

TEST_P(NewCpu, UsesNoFeatureThatTheNoteCannotName) {
  const std::string ir = tests::emit_text(crowded(), {.cpu = GetParam(), .emit = Emit::llvm_ir});
  const auto at = ir.find("\"target-features\"");
  ASSERT_NE(at, std::string::npos);
  const std::string features = ir.substr(at, ir.find('"', at + 20) - at);
  EXPECT_THAT(features, testing::HasSubstr("-amx-tile"));
  EXPECT_THAT(features, testing::HasSubstr("-waitpkg"));
  EXPECT_THAT(features, testing::Not(testing::HasSubstr("-avx2")));
  EXPECT_THAT(features, testing::Not(testing::HasSubstr("slow")));
}

// r16 to r31, conditional compares and three-operand forms came with APX.
TEST(Target, NewRegistersAreNotUsed) {
  const std::string assembly = tests::emit_text(crowded(), {.cpu = "diamondrapids", .emit = Emit::assembly});
  EXPECT_THAT(assembly, testing::HasSubstr("%r15"));
  EXPECT_THAT(assembly, testing::Not(testing::ContainsRegex("%r(1[6-9]|2[0-9]|3[01])")));
  EXPECT_THAT(assembly, testing::Not(testing::ContainsRegex("\\tccmp|\\tctest|\\tpush2|\\tpushp")));
}

// What is known of mispredicted branches comes in the stack pointer's highest bits, is
// gathered by conditional moves, and spoils the address of a load.
TEST(Target, LoadsAreHardenedWhereThatIsAskedFor) {
  const char* const text = R"((module (memory 1) (func (export "f") (param i32 i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (local.get 1))
      (then (i32.load (local.get 0))) (else (i32.const 0))))))";
  const auto is_hardened =
      testing::ContainsRegex("sarq\t\\$63(.|\n)*cmov(.|\n)*orq(.|\n)*orq\t%r[a-z0-9]+, %rsp");
  EXPECT_THAT(tests::emit_text(text, {.spectre = true, .emit = Emit::assembly}), is_hardened);
  EXPECT_THAT(tests::emit_text(text, {.emit = Emit::assembly}), testing::Not(is_hardened));
}

TEST(Target, WhatTheNoteCanNameIsUsed) {
  const auto compiled = compile(tests::wat_to_wasm("(module)"), {.cpu = "graniterapids"});
  ASSERT_TRUE(compiled) << to_string(compiled.error());
  EXPECT_THAT(compiled->note.info.cpu_features,
              testing::IsSupersetOf({"avx2", "avx512f", "avx512fp16", "avxvnni", "bmi2"}));
}

TEST(Target, ALevelIsTunedForNoProcessorInParticular) {
  constexpr char kRotate[] =
      R"((module (func (export "f") (param i32) (result i32) (i32.rotl (local.get 0) (i32.const 7)))))";
  for (const char* cpu : {"x86-64-v2", "x86-64-v3"}) {
    const std::string assembly = tests::emit_text(kRotate, {.cpu = cpu, .emit = Emit::assembly});
    EXPECT_THAT(assembly, testing::Not(testing::HasSubstr("shld"))) << cpu;
  }
}

INSTANTIATE_TEST_SUITE_P(All, NewCpu, testing::Values("sapphirerapids", "graniterapids", "diamondrapids"));

}  // namespace
}  // namespace tenon::compiler
