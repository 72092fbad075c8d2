// The operator table, and what is derived from the operators' names.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "wasm/memory_access.hpp"
#include "wasm/operator.hpp"

namespace tenon::wasm {
namespace {

TEST(Opcodes, AreAllOfEveryProposal) {
  const auto all = all_opcodes();
  const auto count = [&](Feature feature) { return std::ranges::count(all, feature, &OpcodeInfo::feature); };
  EXPECT_EQ(count(Feature::mvp), 172);  // WebAssembly 1.0
  EXPECT_EQ(count(Feature::sign_extension), 5);
  EXPECT_EQ(count(Feature::saturating_conversion), 8);
  EXPECT_EQ(count(Feature::bulk_memory), 7);
  EXPECT_EQ(count(Feature::reference_types), 9);
  EXPECT_EQ(count(Feature::simd), 236);
  EXPECT_EQ(count(Feature::relaxed_simd), 20);
  EXPECT_EQ(count(Feature::tail_calls), 2);
  EXPECT_EQ(count(Feature::threads), 67);
  EXPECT_EQ(count(Feature::exceptions), 3);
  EXPECT_EQ(count(Feature::legacy_exceptions), 5);
}

TEST(Opcodes, AscendAndAreFoundByTheirCode) {
  std::uint32_t next = 0;
  for (const OpcodeInfo& info : all_opcodes()) {
    const auto code = static_cast<std::uint32_t>(info.opcode);
    EXPECT_GE(code, next) << info.text;
    EXPECT_EQ(find_opcode(code), &info);
    next = code + 1;
  }
}

TEST(Opcodes, HaveNamesOfTheirOwn) {
  std::set<std::string_view> seen;
  for (const OpcodeInfo& info : all_opcodes()) {
    // The text format has one name for both forms of select.
    if (info.opcode != Opcode::select_t) {
      EXPECT_TRUE(seen.insert(info.text).second) << info.text;
    }
  }
}

TEST(Opcodes, HaveSignaturesThatTheValidatorKnows) {
  for (const OpcodeInfo& info : all_opcodes()) {
    if (info.signature == "*") continue;
    EXPECT_EQ(info.signature.find_first_not_of("iIfFVaben:"), std::string_view::npos) << info.text;
    EXPECT_EQ(std::ranges::count(info.signature, ':'), 1) << info.text;
    EXPECT_LE(info.signature.find(':'), 3u) << info.text;
  }
}

TEST(Opcodes, HaveSignaturesThatFitTheirNames) {
  constexpr std::pair<std::string_view, char> kLetters[] = {
      {"i32.", 'i'}, {"i64.", 'I'}, {"f32.", 'f'}, {"f64.", 'F'}, {"v128.", 'V'}};
  for (const OpcodeInfo& info : all_opcodes()) {
    for (const auto& [prefix, letter] : kLetters) {
      if (info.signature == "*" || !info.text.starts_with(prefix)) continue;
      EXPECT_NE(info.signature.find(letter), std::string_view::npos) << info.text;
    }
  }
}

TEST(Opcodes, AreNotFoundWhereThereAreNone) {
  for (const std::uint32_t code :
       {0x16u, 0x1Du, 0x27u, 0xC5u, 0xFBu, 0xFCu, 0xFFu, 0x0100u, 0xFB0000u, 0xFC0012u, 0xFD009Au, 0xFD0114u,
        0xFE0004u, 0xFE004Fu, 0xFF0000u, 0x1000000u, 0xFFFFFFFFu}) {
    EXPECT_EQ(find_opcode(code), nullptr) << std::hex << code;
  }
}

TEST(MemoryAccess, IsReadFromTheName) {
  EXPECT_EQ(natural_alignment("i32.load8_u"), 0u);
  EXPECT_EQ(natural_alignment("i64.load"), 3u);
  EXPECT_EQ(natural_alignment("i64.store32"), 2u);
  EXPECT_EQ(natural_alignment("f32.store"), 2u);
  EXPECT_EQ(natural_alignment("v128.load"), 4u);
  EXPECT_EQ(natural_alignment("v128.load16x4_s"), 3u);
  EXPECT_EQ(natural_alignment("v128.load16_splat"), 1u);
  EXPECT_EQ(natural_alignment("v128.load64_zero"), 3u);
  EXPECT_EQ(natural_alignment("v128.store8_lane"), 0u);
  EXPECT_EQ(natural_alignment("i32.atomic.load"), 2u);
  EXPECT_EQ(natural_alignment("i64.atomic.rmw.add"), 3u);
  EXPECT_EQ(natural_alignment("i64.atomic.rmw16.cmpxchg_u"), 1u);
  EXPECT_EQ(natural_alignment("memory.atomic.wait32"), 2u);
  EXPECT_EQ(lane_count("i8x16.extract_lane_s"), 16u);
  EXPECT_EQ(lane_count("i64x2.replace_lane"), 2u);
  EXPECT_EQ(lane_count("v128.load32_lane"), 4u);
}

TEST(MemoryAccess, IsSensibleForEveryOperatorThatHasOne) {
  for (const OpcodeInfo& info : all_opcodes()) {
    if (info.immediate == Immediate::memory_access || info.immediate == Immediate::memory_lane) {
      EXPECT_LE(natural_alignment(info.text), 4u) << info.text;
    }
    if (info.immediate == Immediate::lane || info.immediate == Immediate::memory_lane) {
      EXPECT_TRUE(std::has_single_bit(lane_count(info.text)) && lane_count(info.text) <= 16) << info.text;
    }
  }
}

TEST(Features, HaveNamesThatLeadBack) {
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    const auto feature = static_cast<Feature>(i);
    EXPECT_EQ(feature_from_name(to_string(feature)), feature);
  }
  EXPECT_EQ(feature_from_name("legacy-exceptions"), Feature::legacy_exceptions);
  EXPECT_EQ(feature_from_name("gc"), Feature::gc);
  EXPECT_EQ(feature_from_name("sign_extension"), std::nullopt);
  EXPECT_EQ(feature_from_name(""), std::nullopt);
}

TEST(Features, OfWebAssembly2AreKnown) {
  const std::vector<std::string_view> expected = {"mutable-globals",
                                                  "sign-extension",
                                                  "saturating-conversion",
                                                  "multi-value",
                                                  "bulk-memory",
                                                  "reference-types",
                                                  "simd"};
  EXPECT_EQ(names(webassembly2_features()), expected);
}

TEST(Features, ThatAreFinishedAreTheDefault) {
  FeatureSet expected = webassembly2_features();
  for (const Feature later : {Feature::relaxed_simd, Feature::tail_calls, Feature::extended_const,
                              Feature::threads, Feature::multi_memory, Feature::memory64, Feature::exceptions,
                              Feature::legacy_exceptions, Feature::function_references}) {
    expected.enable(later);
  }
  EXPECT_EQ(default_features(), expected);
}

}  // namespace
}  // namespace tenon::wasm
