// The operator table, and what is derived from the operators' names.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <string>

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

const OpcodeInfo& info_of(Opcode opcode) { return *find_opcode(static_cast<std::uint32_t>(opcode)); }

TEST(Opcodes, KnowTheirNaturalAlignment) {
  EXPECT_EQ(info_of(Opcode::i32_load8_u).natural_alignment(), 0u);
  EXPECT_EQ(info_of(Opcode::i64_load).natural_alignment(), 3u);
  EXPECT_EQ(info_of(Opcode::i64_store32).natural_alignment(), 2u);
  EXPECT_EQ(info_of(Opcode::f32_store).natural_alignment(), 2u);
  EXPECT_EQ(info_of(Opcode::v128_load).natural_alignment(), 4u);
  EXPECT_EQ(info_of(Opcode::v128_load16x4_s).natural_alignment(), 3u);
  EXPECT_EQ(info_of(Opcode::v128_load16_splat).natural_alignment(), 1u);
  EXPECT_EQ(info_of(Opcode::v128_load64_zero).natural_alignment(), 3u);
  EXPECT_EQ(info_of(Opcode::v128_store8_lane).natural_alignment(), 0u);
  EXPECT_EQ(info_of(Opcode::i32_atomic_load).natural_alignment(), 2u);
  EXPECT_EQ(info_of(Opcode::i64_atomic_rmw_add).natural_alignment(), 3u);
  EXPECT_EQ(info_of(Opcode::i64_atomic_rmw16_cmpxchg_u).natural_alignment(), 1u);
  EXPECT_EQ(info_of(Opcode::memory_atomic_wait32).natural_alignment(), 2u);
  EXPECT_EQ(info_of(Opcode::i8x16_extract_lane_s).lane_count(), 16u);
  EXPECT_EQ(info_of(Opcode::i64x2_replace_lane).lane_count(), 2u);
  EXPECT_EQ(info_of(Opcode::v128_load32_lane).lane_count(), 4u);
}

// The number at the start of a text; 0 where there is none.
std::uint32_t leading_number(std::string_view text) {
  std::uint32_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// What the systematic names say of a width: the number behind the verb ("i32.load8_u",
// "i64.atomic.rmw8.add_u"), a product of two ("v128.load8x8_s"), or else the width of the
// type ("f64.store"). Only notify, which has neither, is about 32 bits.
std::uint32_t width_by_name(std::string_view text) {
  std::string_view verb = text.substr(text.find('.') + 1);
  if (verb == "atomic.notify") return 32;
  if (verb.starts_with("atomic.")) verb.remove_prefix(7);
  const std::string_view tail = verb.substr(std::min(verb.find_first_of("0123456789._"), verb.size()));
  const std::uint32_t bits = leading_number(tail);
  if (bits == 0) return leading_number(text.substr(1));
  const std::size_t digits = tail.find_first_not_of("0123456789");
  const bool is_product = digits != std::string_view::npos && tail[digits] == 'x';
  return is_product ? bits * leading_number(tail.substr(digits + 1)) : bits;
}

TEST(Opcodes, HaveWidthsThatFitTheirNames) {
  for (const OpcodeInfo& info : all_opcodes()) {
    switch (info.immediate) {
      case Immediate::memory_access:
      case Immediate::memory_lane:
      case Immediate::atomic_access: EXPECT_EQ(info.width, width_by_name(info.text)) << info.text; break;
      case Immediate::lane:
        EXPECT_EQ(info.width, 128 / leading_number(info.text.substr(info.text.find('x') + 1))) << info.text;
        break;
      default: EXPECT_EQ(info.width, 0) << info.text;
    }
  }
}

TEST(Opcodes, AreOfFamiliesThatFitTheirTypes) {
  for (const OpcodeInfo& info : all_opcodes()) {
    const auto code = static_cast<std::uint32_t>(info.opcode);
    const bool is_vector = info.family >= Family::vector_memory && info.family <= Family::vector_relaxed;
    EXPECT_EQ(is_vector, code >> 16 == 0xFD && info.opcode != Opcode::v128_const) << info.text;
    EXPECT_EQ(info.family == Family::atomic, code >> 16 == 0xFE) << info.text;
    const bool is_access = info.family == Family::load || info.family == Family::store;
    EXPECT_EQ(is_access, info.immediate == Immediate::memory_access && !is_vector) << info.text;
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
