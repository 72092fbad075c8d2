// Shared memories and atomic operators.
#include <gtest/gtest.h>

#include "unit/wasm/module_bytes.hpp"

namespace tenon::wasm::testing {
namespace {

constexpr auto kMalformed = ErrorCode::malformed;
constexpr auto kInvalid = ErrorCode::invalid;
const FeatureSet kFeatures = webassembly2_features().enable(Feature::threads);

TEST(SharedMemory, HasAMaximum) {
  const Bytes bytes = kHeader + section(5, {1, 3, 1, 2});
  const auto module = read(bytes, kFeatures);
  ASSERT_TRUE(module) << module.error().message;
  EXPECT_EQ(to_string(module->extern_type(ExternKind::memory, 0)), "memory 1..2 shared");
  expect_refused(kHeader + section(5, {1, 2, 1}), kInvalid, "shared memory must have maximum", kFeatures);
  expect_refused(kHeader + section(5, {1, 7, 1, 2}), ErrorCode::unsupported, "memory64", kFeatures);
  expect_refused_at(11, kHeader + section(5, {1, 3, 1, 2}), ErrorCode::unsupported, "threads",
                    webassembly2_features());
}

TEST(SharedMemory, IsNoTable) {
  expect_refused(kHeader + section(4, {1, 0x70, 3, 1, 2}), kMalformed, "tables cannot be shared", kFeatures);
}

// Atomic operators work on memories that are not shared as well.
Bytes with_body(const Bytes& operators) {
  return kHeader + kNoType + kOneFunction + section(5, {1, 0, 1}) + code(operators);
}
void valid(const Bytes& operators) { expect_accepted(with_body(operators), kFeatures); }
void invalid(const Bytes& operators, std::string_view message) {
  expect_refused(with_body(operators), kInvalid, message, kFeatures);
}

const Bytes kI32 = {0x41, 0};
const Bytes kI64 = {0x42, 0};
const Bytes kDrop = {0x1A};

TEST(Atomics, TakeAndGive) {
  valid(kI32 + kI32 + Bytes{0xFE, 0x00, 2, 0} + kDrop);               // notify
  valid(kI32 + kI32 + kI64 + Bytes{0xFE, 0x01, 2, 0} + kDrop);        // wait32
  valid(kI32 + kI64 + kI64 + Bytes{0xFE, 0x02, 3, 0} + kDrop);        // wait64
  valid(kI32 + Bytes{0xFE, 0x16, 2, 0, 0x50} + kDrop);                // i64.atomic.load32_u, i64.eqz
  valid(kI32 + kI64 + Bytes{0xFE, 0x18, 3, 0});                       // i64.atomic.store
  valid(kI32 + kI32 + Bytes{0xFE, 0x1E, 2, 0, 0x45} + kDrop);         // i32.atomic.rmw.add, i32.eqz
  valid(kI32 + kI32 + kI32 + Bytes{0xFE, 0x4B, 1, 0, 0x45} + kDrop);  // i32.atomic.rmw16.cmpxchg_u
  invalid(kI32 + kI32 + Bytes{0xFE, 0x18, 3, 0}, "i64.atomic.store expects i64, found i32");
  invalid(kI32 + kI32 + Bytes{0xFE, 0x4B, 1, 0} + kDrop, "found no value");
  expect_refused(kHeader + kNoType + kOneFunction + code(kI32 + Bytes{0xFE, 0x10, 2, 0} + kDrop), kInvalid,
                 "unknown memory 0", kFeatures);
}

TEST(Atomics, AreAlignedExactly) {
  invalid(kI32 + Bytes{0xFE, 0x10, 1, 0} + kDrop, "atomic alignment must be natural");
  invalid(kI32 + Bytes{0xFE, 0x10, 3, 0} + kDrop, "alignment must not be larger than natural");
  valid(kI32 + Bytes{0xFE, 0x12, 0, 0} + kDrop);  // i32.atomic.load8_u
  invalid(kI32 + kI32 + Bytes{0xFE, 0x00, 0, 0} + kDrop, "atomic alignment must be natural");
}

TEST(Atomics, FenceAnyMemory) {
  expect_accepted(kHeader + kNoType + kOneFunction + code({0xFE, 0x03, 0}), kFeatures);
  expect_refused(with_body({0xFE, 0x03, 1}), kMalformed, "zero byte expected", kFeatures);
}

}  // namespace
}  // namespace tenon::wasm::testing
