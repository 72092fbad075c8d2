// Every limit, met and passed by one. Where as many good entries would be slow
// to make, the ones at the limit are bad, and it is they that are refused.
#include "wasm/limits.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <functional>

#include "unit/wasm/module_bytes.hpp"

namespace tenon::wasm::testing {
namespace {

struct Limit {
  const char* name;
  std::uint64_t limit;
  std::function<Bytes(std::uint64_t)> module_with;
};

void PrintTo(const Limit& limit, std::ostream* out) { *out << limit.name; }

class Limits : public ::testing::TestWithParam<Limit> {};

const FeatureSet kFeatures = webassembly2_features()
                                 .enable(Feature::multi_memory)
                                 .enable(Feature::extended_const)
                                 .enable(Feature::exceptions);

TEST_P(Limits, IsTheLastNumberAccepted) {
  const auto module = read(GetParam().module_with(GetParam().limit), kFeatures);
  if (!module) {
    EXPECT_NE(module.error().code, ErrorCode::limit_exceeded) << module.error().message;
  }
}

TEST_P(Limits, IsNamedWhereItIsPassed) {
  const auto module = read(GetParam().module_with(GetParam().limit + 1), kFeatures);
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().code, ErrorCode::limit_exceeded) << module.error().message;
  EXPECT_EQ(module.error().phase, Phase::read);
  const std::string figures = " has " + std::to_string(GetParam().limit + 1) + " ";
  EXPECT_NE(module.error().message.find(figures), std::string::npos) << module.error().message;
  const std::string limit = "; the limit is " + std::to_string(GetParam().limit) + ",";
  EXPECT_NE(module.error().message.find(limit), std::string::npos) << module.error().message;
}

// A section of `count` equal entries.
Bytes entries(std::uint8_t id, const Bytes& entry, std::uint64_t count) {
  return kHeader + kNoType + section(id, leb(count) + repeat(entry, count));
}

// One body with these locals and operators.
Bytes body(const Bytes& contents) {
  return kHeader + kNoType + kOneFunction + section(10, Bytes{1} + sized(contents));
}

Bytes distinct_exports(std::uint64_t count) {
  Bytes contents = leb(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Bytes one = name(std::to_string(i)) + Bytes{2, 0};
    contents.insert(contents.end(), one.begin(), one.end());
  }
  return kHeader + section(5, {1, 0, 0}) + section(7, contents);
}

const Limit kLimits[] = {
    {"types", kMaxTypes,
     [](std::uint64_t n) { return kHeader + section(1, leb(n) + repeat({0x60, 0, 0}, n)); }},
    {"functions", kMaxFunctions,
     [](std::uint64_t n) { return entries(3, {0}, n) + section(10, leb(n) + repeat({2, 0, 0x0B}, n)); }},
    {"functions_with_imports", kMaxFunctions,
     [](std::uint64_t n) {
       return kHeader + kNoType + section(2, {1, 0, 0, 0, 0}) + section(3, leb(n - 1) + repeat({0}, n - 1));
     }},
    {"imports", kMaxImports, [](std::uint64_t n) { return entries(2, {0, 0, 0, 0}, n); }},
    {"exports", kMaxExports, distinct_exports},
    {"globals", kMaxGlobals, [](std::uint64_t n) { return entries(6, {0x7F, 0, 0x41, 0, 0x0B}, n); }},
    {"tables", kMaxTables, [](std::uint64_t n) { return entries(4, {0x70, 0, 0}, n); }},
    {"memories", kMaxMemories, [](std::uint64_t n) { return entries(5, {0, 0}, n); }},
    {"data_segments", kMaxDataSegments, [](std::uint64_t n) { return entries(11, {1, 0}, n); }},
    {"data_count", kMaxDataSegments, [](std::uint64_t n) { return kHeader + section(12, leb(n)); }},
    {"element_segments", kMaxElementSegments, [](std::uint64_t n) { return entries(9, {0}, n); }},
    {"segment_elements", kMaxSegmentElements,
     [](std::uint64_t n) { return kHeader + section(9, Bytes{1, 1, 0} + leb(n) + Bytes(n, 0)); }},
    {"parameters", kMaxParameters,
     [](std::uint64_t n) {
       return kHeader + section(1, Bytes{1, 0x60} + leb(n) + Bytes(n, 0x7F) + Bytes{0});
     }},
    {"results", kMaxResults,
     [](std::uint64_t n) { return kHeader + section(1, Bytes{1, 0x60, 0} + leb(n) + Bytes(n, 0x7F)); }},
    {"locals", kMaxLocals, [](std::uint64_t n) { return body(Bytes{1} + leb(n) + Bytes{0x7F, 0x0B}); }},
    {"locals_with_parameters", kMaxLocals,
     [](std::uint64_t n) {
       return kHeader + section(1, {1, 0x60, 2, 0x7F, 0x7E, 0}) + kOneFunction +
              section(10, Bytes{1} + sized(Bytes{1} + leb(n - 2) + Bytes{0x7F, 0x0B}));
     }},
    {"body_bytes", kMaxBodyBytes,
     [](std::uint64_t n) { return body(Bytes{0} + Bytes(n - 2, 1) + Bytes{0x0B}); }},
    {"branch_targets", kMaxBranchTargets,
     [](std::uint64_t n) { return body(Bytes{0, 0x41, 0, 0x0E} + leb(n) + Bytes(n + 1, 0) + Bytes{0x0B}); }},
    {"nesting", kMaxNesting,
     [](std::uint64_t n) { return body(Bytes{0} + repeat({0x02, 0x40}, n) + Bytes(n + 1, 0x0B)); }},
    {"nested_tries", kMaxNestedTries,
     [](std::uint64_t n) { return body(Bytes{0} + repeat({0x1F, 0x40, 0}, n) + Bytes(n + 1, 0x0B)); }},
    {"name_bytes", kMaxNameBytes, [](std::uint64_t n) { return kHeader + custom(std::string(n, 'a'), {}); }},
    {"constant_operators", kMaxConstantOperators,
     [](std::uint64_t n) {
       return kHeader + section(6, Bytes{1, 0x7F, 0} + repeat({0x41, 0}, n) + Bytes{0x0B});
     }},
};

INSTANTIATE_TEST_SUITE_P(All, Limits, ::testing::ValuesIn(kLimits),
                         [](const auto& info) { return std::string(info.param.name); });

// Nothing but calls with many results can pass this one, a thousand at a time.
TEST(OperandLimit, StopsWhatWouldMultiplyTheBody) {
  const Bytes types = section(1, Bytes{1, 0x60, 0} + leb(1000) + Bytes(1000, 0x7F));
  const auto with_calls = [&](std::size_t calls) {
    return kHeader + types + kOneFunction +
           section(10, Bytes{1} + sized(Bytes{0} + repeat({0x10, 0}, calls) + Bytes{0x00, 0x0B}));
  };
  expect_accepted(with_calls(kMaxOperands / 1000));
  expect_refused(with_calls(kMaxOperands / 1000 + 1), ErrorCode::limit_exceeded,
                 "operand stack has 10001000 values; the limit is 10000000");
}

// Pages that are never touched, so that the gigabyte costs nothing.
TEST(ModuleSizeLimit, IsOneGibibyte) {
  const std::size_t size = kMaxModuleBytes + 1;
  void* pages = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  const base::ByteView bytes(static_cast<const std::uint8_t*>(pages), size);
  EXPECT_EQ(read_module(bytes, kFeatures).error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(read_module(bytes.first(size - 1), kFeatures).error().code, ErrorCode::malformed);
  munmap(pages, size);
}

// A count of four thousand million in a few bytes must not cost memory.
TEST(Counts, AreNotBelievedBeyondTheBytesLeft) {
  for (const std::uint8_t id : {1, 2, 3, 4, 5, 6, 7, 9, 10, 11}) {
    expect_refused(kHeader + section(id, leb(0xFFFFFFFF) + Bytes{0}), ErrorCode::malformed, "unexpected end");
  }
}

}  // namespace
}  // namespace tenon::wasm::testing
