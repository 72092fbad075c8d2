// Faults that are planted into good code are found, each as what it is.
#include "compiler/check/check.hpp"

#include <elf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "compiler/compiler.hpp"
#include "support/wat.hpp"

namespace tenon::compiler {
namespace {

using Code = std::vector<std::uint8_t>;

base::Bytes compiled(std::string_view wat, const CompileOptions& options = {}) {
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

const Code kConstant{0x48, 0xB8, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11};
const Code kReturn{0xC3}, kPadding{0x66, 0x66};

Code joined(Code first, const Code& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

const base::Bytes& plain_artifact() {
  static const auto artifact = compiled(
      "(module (memory 1) (func (export \"f\") (param i64) (result i64) (i64.const 0x1122334455667788)))");
  return artifact;
}

// A function of a constant of eight bytes, in whose place other code is put.
base::Bytes with_code(const Code& code) { return patched(plain_artifact(), kConstant, code); }

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
    {"a write over the return address", {0x48, 0x89, 0x3C, 0x24}, FindingKind::stack},
    {"a return that takes too much", {0xC2, 0x10, 0x00}, FindingKind::returned_arguments},
    {"a register that is not restored", {0x31, 0xDB}, FindingKind::lost_register},
    {"a write to constants", {0xC6, 0x05, 0x00, 0xEE, 0xFF, 0xFF, 0x00}, FindingKind::written_constant},
};
INSTANTIATE_TEST_SUITE_P(Check, PlantedFault, testing::ValuesIn(kFaults));

TEST(Check, CodeThatGoesOnBehindItsFunctionIsFound) {
  EXPECT_EQ(kinds(report_on(patched(plain_artifact(), joined(kConstant, kReturn), {}))),
            std::vector{FindingKind::code_end});
}

// What lies behind the function's return.
CheckReport report_on_padding(const Code& code) {
  const auto function = joined(kConstant, kReturn);
  return report_on(patched(plain_artifact(), joined(function, kPadding), joined(function, code)));
}

TEST(Check, CodeBetweenFunctionsIsFound) {
  EXPECT_EQ(kinds(report_on_padding({0x0F, 0x05})), std::vector{FindingKind::instruction});
  const auto report = report_on_padding({0x06});
  ASSERT_FALSE(report.findings.empty());
  EXPECT_EQ(report.findings[0].kind, FindingKind::undecodable);
  EXPECT_EQ(report.findings[0].function, "");
}

TEST(Check, FindingsBeyondTheMostAreCounted) {
  CheckReport report;
  for (std::size_t i = 0; i < kMostFindings + 2; ++i) report.add({});
  EXPECT_EQ(report.findings.size(), kMostFindings);
  EXPECT_EQ(report.findings_left_off, 2u);
}

constexpr char kBranches[] =
    "(module (memory 1) (func $g (param i32) (i32.store (local.get 0) (i32.const 1)))"
    "(func (export \"f\") (param i32) (if (i32.load (local.get 0)) (then (call $g (i32.const 8))))"
    "(call $g (i32.const 16))))";

// Hardened code keeps in a register, and in calls in the stack pointer, whether a branch was
// mispredicted. Where that says so on a path that is taken, the stack pointer is lost.
TEST(Check, AHardenedBranchThatBelievesTheOtherWayIsFound) {
  const auto artifact = compiled(kBranches, {.optimization_level = 0, .spectre = true});
  EXPECT_TRUE(report_on(artifact).findings.empty()) << to_string(report_on(artifact).findings[0]);
  const auto found = kinds(report_on(patched(artifact, {0x48, 0x0F, 0x44}, {0x48, 0x0F, 0x45})));
  EXPECT_TRUE(std::ranges::find(found, FindingKind::stack) != found.end());
}

TEST(Check, HandlersOfExceptionsAreFollowed) {
  CompileOptions options;
  options.features.enable(wasm::Feature::exceptions);
  options.features.enable(wasm::Feature::legacy_exceptions);
  const auto report = report_on(
      compiled("(module (import \"host\" \"h\" (func $h)) (tag $e)"
               "(func (export \"f\") (result i32) (try (do (call $h)) (catch $e (return (i32.const 1))))"
               "(i32.const 2)))",
               options));
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.unreached, 0u);
}

// The prefix is a part of the instruction that it locks, and of no other.
TEST(Check, LockedInstructionsAreAllowed) {
  EXPECT_TRUE(report_on(with_code({0xF0, 0x48, 0x01, 0x7C, 0x24, 0xF8}))
                  .findings.empty());  // lock add [rsp - 8], rdi
  EXPECT_EQ(kinds(report_on(with_code({0xF0, 0x48, 0x01, 0xF8})))[0], FindingKind::undecodable);
  EXPECT_EQ(kinds(report_on(with_code({0xEB, 0x01, 0xF0, 0x48, 0x01, 0x7C, 0x24, 0xF8})))[0],
            FindingKind::target);
}

// At -O0 the call is there, in a table of code of one element, though the index is at least 2.
TEST(Check, PathsThatAreNeverTakenAreNotFollowed) {
  const auto report =
      report_on(compiled("(module (table 1 1 funcref) (elem (i32.const 0) $f) (func $f)"
                         "(func (export \"g\") (param i32)"
                         " (call_indirect (select (i32.const 2) (i32.const 3) (local.get 0)))))",
                         {.optimization_level = 0}));
  EXPECT_TRUE(report.findings.empty()) << to_string(report.findings[0]);
}

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

ErrorCode code_of(const base::Bytes& bytes) {
  const auto report = check_artifact(bytes);
  return report ? ErrorCode::internal : report.error().code;
}

template <typename Change>
base::Bytes with_header(base::Bytes bytes, Change change) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  change(header);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

// Changes the sections that are code, or the functions in a table of symbols.
template <typename Entry, typename Change>
base::Bytes with_entries(base::Bytes bytes, Change change) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  const auto change_at = [&](std::uint64_t at) {
    Entry entry;
    std::memcpy(&entry, bytes.data() + at, sizeof entry);
    change(entry);
    std::memcpy(bytes.data() + at, &entry, sizeof entry);
  };
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    const auto at = header.e_shoff + i * sizeof(Elf64_Shdr);
    Elf64_Shdr section;
    std::memcpy(&section, bytes.data() + at, sizeof section);
    if constexpr (std::is_same_v<Entry, Elf64_Shdr>) {
      change_at(at);
    } else if (section.sh_type == SHT_SYMTAB) {
      for (std::uint64_t symbol = 0; symbol < section.sh_size; symbol += sizeof(Entry))
        change_at(section.sh_offset + symbol);
    }
  }
  return bytes;
}

TEST(Check, WhatIsNoArtifactIsAnError) {
  const auto& good = plain_artifact();
  EXPECT_EQ(code_of({1, 2, 3}), ErrorCode::not_an_artifact);
  EXPECT_EQ(code_of(base::Bytes(good.begin(), good.begin() + static_cast<long>(good.size() / 2))),
            ErrorCode::corrupt_artifact);
  EXPECT_EQ(code_of(with_header(good, [](auto& header) { header.e_machine = EM_AVR; })),
            ErrorCode::cpu_mismatch);
  EXPECT_EQ(code_of(with_header(good, [](auto& header) { header.e_shnum = 0xFFFF; })),
            ErrorCode::corrupt_artifact);
}

// Each byte of code is read once, however many sections and symbols name it.
TEST(Check, SectionsAndFunctionsThatOverlapAreRefused) {
  const auto moved = with_entries<Elf64_Shdr>(plain_artifact(), [](auto& section) {
    if ((section.sh_flags & SHF_ALLOC) != 0) section.sh_addr = 0x1000;
  });
  EXPECT_EQ(code_of(moved), ErrorCode::corrupt_artifact);
  const auto longer = with_entries<Elf64_Sym>(plain_artifact(), [](auto& symbol) { symbol.st_size += 32; });
  EXPECT_EQ(code_of(longer), ErrorCode::corrupt_artifact);
  const auto outside =
      with_entries<Elf64_Sym>(plain_artifact(), [](auto& symbol) { symbol.st_value += 1 << 20; });
  EXPECT_EQ(code_of(outside), ErrorCode::corrupt_artifact);
}

}  // namespace
}  // namespace tenon::compiler
