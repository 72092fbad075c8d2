// Faults that are planted into good code are found, each as what it is.
#include "compiler/check/check.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/compiler.hpp"
#include "support/wat.hpp"

namespace tenon::compiler {
namespace {

using Code = std::vector<std::uint8_t>;

base::Bytes compiled(std::string_view wat, CompileOptions options = {}) {
  auto artifact = compile(tests::wat_to_wasm(wat), options);
  if (!artifact) throw std::runtime_error(to_string(artifact.error()));
  return std::move(artifact->bytes);
}

CheckReport report_on(const base::Bytes& artifact) {
  auto report = check_artifact(artifact);
  if (!report) throw std::runtime_error(to_string(report.error()));
  return std::move(*report);
}

// Replaces the only place of `old` in the file.
base::Bytes patched(base::Bytes bytes, const Code& old, Code code) {
  code.resize(old.size(), 0x90);  // nop
  const auto found = std::ranges::search(bytes, old);
  if (found.empty()) throw std::runtime_error("the code is not as this test thinks");
  std::ranges::copy(code, found.begin());
  return bytes;
}

// A function of a constant of eight bytes, in whose place other code is put.
base::Bytes with_code(const Code& code) {
  const Code constant{0x48, 0xB8, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11};
  static const auto artifact = compiled(
      "(module (memory 1) (func (export \"f\") (param i64) (result i64) (i64.const 0x1122334455667788)))");
  return patched(artifact, constant, code);
}

std::vector<FindingKind> kinds(const CheckReport& report) {
  std::vector<FindingKind> found;
  for (const auto& finding : report.findings) found.push_back(finding.kind);
  return found;
}

struct Planted {
  const char* what;
  Code code;
  FindingKind kind;
};

void PrintTo(const Planted& planted, std::ostream* out) { *out << planted.what; }

class PlantedFault : public testing::TestWithParam<Planted> {};

TEST_P(PlantedFault, IsFoundAsWhatItIs) {
  const auto report = report_on(with_code(GetParam().code));
  ASSERT_FALSE(report.findings.empty());
  EXPECT_EQ(report.findings[0].kind, GetParam().kind) << to_string(report.findings[0]);
  EXPECT_EQ(report.findings[0].function, "wasm.0.f");
}

constexpr auto kInstruction = FindingKind::instruction;
const Planted kFaults[] = {
    {"syscall", {0x0F, 0x05}, kInstruction},
    {"sysenter", {0x0F, 0x34}, kInstruction},
    {"int 0x80", {0xCD, 0x80}, kInstruction},
    {"int3", {0xCC}, kInstruction},
    {"a trap that is not ours", {0x0F, 0x0B}, kInstruction},
    {"a trap without a code", {0x67, 0x0F, 0xB9, 0x40, 0x7F}, kInstruction},
    {"in", {0xEC}, kInstruction},
    {"out", {0xEE}, kInstruction},
    {"hlt", {0xF4}, kInstruction},
    {"mov to a segment register", {0x8E, 0xC0}, kInstruction},
    {"an access by a segment", {0x64, 0x48, 0x8B, 0x00}, kInstruction},
    {"wrgsbase", {0xF3, 0x48, 0x0F, 0xAE, 0xD8}, kInstruction},
    {"rdpkru", {0x0F, 0x01, 0xEE}, kInstruction},
    {"wrpkru", {0x0F, 0x01, 0xEF}, kInstruction},
    {"xrstor", {0x0F, 0xAE, 0x28}, kInstruction},
    {"ldmxcsr", {0x0F, 0xAE, 0x10}, kInstruction},
    {"rdtsc", {0x0F, 0x31}, kInstruction},
    {"cpuid", {0x0F, 0xA2}, kInstruction},
    {"a copy of no operand's", {0xF3, 0xA4}, kInstruction},
    {"x87", {0xD9, 0xE8}, kInstruction},
    {"no instruction", {0x06}, FindingKind::undecodable},
    {"a branch into an instruction", {0xEB, 0x01, 0xB8, 0x90, 0x90, 0x90, 0x90}, FindingKind::target},
    {"a branch out of the code", {0xE9, 0x00, 0x00, 0x10, 0x00}, FindingKind::target},
    {"a call of no function", {0xE8, 0x01, 0x00, 0x00, 0x00}, FindingKind::target},
    {"a jump to a number", {0x31, 0xC0, 0xFF, 0xE0}, FindingKind::indirect_target},
    {"a call of what linear memory says",
     {0x49, 0x8B, 0x45, 0x10, 0x48, 0x8B, 0x00, 0xFF, 0xD0},
     FindingKind::indirect_target},
    {"a push too many", {0x50}, FindingKind::stack},
    {"a pop too many", {0x5A}, FindingKind::stack},
    {"a stack pointer from nowhere", {0x48, 0x89, 0xFC}, FindingKind::stack},
    {"a return that takes too much", {0xC2, 0x10, 0x00}, FindingKind::returned_arguments},
    {"a register that is not restored", {0x31, 0xDB}, FindingKind::lost_register},
    {"a write to constants", {0xC6, 0x05, 0x00, 0xEE, 0xFF, 0xFF, 0x00}, FindingKind::written_constant},
};
INSTANTIATE_TEST_SUITE_P(Check, PlantedFault, testing::ValuesIn(kFaults));

TEST(Check, FindsNothingInGoodCode) {
  const auto report = report_on(with_code({}));
  EXPECT_TRUE(report.findings.empty()) << to_string(report.findings[0]);
  EXPECT_GE(report.functions, 2u);
}

constexpr char kTailCalls[] =
    "(module (type $t (func (result i32))) (table funcref (elem $f $g)) (global $i (mut i32) (i32.const 0))"
    "(func $f (type $t) (return_call_indirect (type $t) (global.get $i)))"
    "(func $g (export \"g\") (type $t) (return_call $f)))";

// This crashed hosts once: a function that takes another number of bytes than its callers think.
TEST(Check, ATailFunctionThatLeavesItsArgumentsIsFound) {
  const auto artifact = compiled(kTailCalls, {.optimization_level = 0});
  EXPECT_TRUE(report_on(artifact).findings.empty());
  const auto found = kinds(report_on(patched(artifact, {0xC2, 0x08, 0x00}, {0xC3})));
  EXPECT_TRUE(std::ranges::find(found, FindingKind::returned_arguments) != found.end());
}

// The caller of such a function makes room again: without that its own stack is off.
TEST(Check, ACallerThatForgetsWhatWasTakenIsFound) {
  const auto artifact = compiled(kTailCalls);
  const auto found = kinds(report_on(patched(artifact, {0x48, 0x83, 0xEC, 0x08}, {0x90})));
  EXPECT_TRUE(std::ranges::find(found, FindingKind::stack) != found.end());
}

std::uint64_t uses(const CheckReport& report, MemoryKind kind) {
  return report.memory_uses[static_cast<std::size_t>(kind)];
}

TEST(Check, AnIndexOf32BitsIsProven) {
  for (const std::uint8_t level : {0, 2}) {
    const auto report =
        report_on(compiled("(module (memory 1) (func (export \"f\") (param i32) (result i32) (i32.load "
                           "offset=9 (local.get 0))))",
                           {.optimization_level = level}));
    EXPECT_TRUE(report.findings.empty());
    EXPECT_EQ(uses(report, MemoryKind::linear), 1u);
    EXPECT_EQ(uses(report, MemoryKind::unproven), 0u);
  }
}

// mov rax, [r13 + 0x10]; mov rax, [rax + rdi]
TEST(Check, AnIndexOf64BitsIsNot) {
  const auto report = report_on(with_code({0x49, 0x8B, 0x45, 0x10, 0x48, 0x8B, 0x04, 0x38}));
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(uses(report, MemoryKind::unproven), 1u);
}

TEST(Check, WhatIsNoArtifactIsAnError) {
  EXPECT_FALSE(check_artifact(base::Bytes{1, 2, 3}));
  auto artifact = with_code({});
  artifact.resize(artifact.size() / 2);
  EXPECT_FALSE(check_artifact(artifact));
}

}  // namespace
}  // namespace tenon::compiler
