// Bulk operations with operands that a hostile guest would choose: each must
// trap, or do exactly what fits.
#include <algorithm>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon {
namespace {

using tests::Guest;
using I = std::int32_t;

constexpr std::string_view kBulk = R"((module
  (memory (export "memory") 1 4)
  (table $t (export "t") 8 10 funcref)
  (table $x 4 externref)
  (data $d "abcdef")
  (func $f)
  (elem $e funcref (ref.func $f) (ref.null func) (ref.func $f))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (i32.const 7) (local.get 2)))
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
  (func (export "drop") (param i32 i32 i32) (data.drop $d) (elem.drop $e))
  (func (export "tfill") (param i32 i32 i32) (table.fill $t (local.get 0) (ref.func $f) (local.get 2)))
  (func (export "tcopy") (param i32 i32 i32) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "tinit") (param i32 i32 i32) (table.init $t $e (local.get 0) (local.get 1) (local.get 2)))
  (func (export "tset") (param i32 i32 i32) (table.set $t (local.get 0) (ref.func $f)))
  (func (export "xset") (param i32 i32 i32) (table.set $x (local.get 0) (ref.null extern)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "tgrow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))))";

class Builtins : public testing::Test {
 protected:
  std::optional<TrapCode> trap(const char* name, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    auto f = instance_.function<void(std::uint32_t, std::uint32_t, std::uint32_t)>(name).value();
    const auto result = f(a, b, c);
    return result ? std::nullopt : result.error().trap;
  }
  void expect_edges(const char* name, std::uint32_t to_size, std::uint32_t from_size, TrapCode code) {
    constexpr std::uint32_t kMost = UINT32_MAX;
    EXPECT_EQ(trap(name, to_size, from_size, 0), std::nullopt) << name;
    EXPECT_EQ(trap(name, to_size - 1, from_size - 1, 1), std::nullopt) << name;
    EXPECT_EQ(trap(name, to_size + 1, 0, 0), code) << name;
    EXPECT_EQ(trap(name, to_size, 0, 1), code) << name;
    EXPECT_EQ(trap(name, 1, 0, kMost), code) << name;
    EXPECT_EQ(trap(name, kMost, 0, 1), code) << name;
    EXPECT_EQ(trap(name, kMost, kMost, kMost), code) << name;
    if (from_size == kMost) return;
    EXPECT_EQ(trap(name, 0, from_size + 1, 0), code) << name;
    EXPECT_EQ(trap(name, 0, 1, from_size), code) << name;
    EXPECT_EQ(trap(name, 0, kMost, 2), code) << name;
  }

  Guest guest_{kBulk};
  Store store_{{.poison_after_trap = false}};
  Instance instance_ = store_.instantiate(guest_.module()).value();
};

TEST_F(Builtins, MemoryOperationsStayInside) {
  const auto code = TrapCode::out_of_bounds_memory_access;
  expect_edges("fill", kPageSize, UINT32_MAX, code);
  expect_edges("copy", kPageSize, kPageSize, code);
  expect_edges("init", kPageSize, 6, code);
}

TEST_F(Builtins, TableOperationsStayInside) {
  const auto code = TrapCode::out_of_bounds_table_access;
  expect_edges("tfill", 8, UINT32_MAX, code);
  expect_edges("tcopy", 8, 8, code);
  expect_edges("tinit", 8, 3, code);
  EXPECT_EQ(trap("tset", 7, 0, 0), std::nullopt);
  EXPECT_EQ(trap("tset", 8, 0, 0), code);
  EXPECT_EQ(trap("tset", UINT32_MAX, 0, 0), code);
  EXPECT_EQ(trap("xset", 4, 0, 0), code);
}

TEST_F(Builtins, NothingIsWrittenByAnOperationThatTraps) {
  EXPECT_EQ(trap("fill", 65530, 0, 7), TrapCode::out_of_bounds_memory_access);
  EXPECT_EQ(instance_.memory().value().data()[65535], 0);
}

TEST_F(Builtins, DroppedSegmentsAreEmpty) {
  EXPECT_EQ(trap("init", 0, 0, 6), std::nullopt);
  EXPECT_EQ(trap("drop", 0, 0, 0), std::nullopt);
  EXPECT_EQ(trap("init", 0, 0, 1), TrapCode::out_of_bounds_memory_access);
  EXPECT_EQ(trap("init", 0, 0, 0), std::nullopt);
  EXPECT_EQ(trap("tinit", 0, 0, 1), TrapCode::out_of_bounds_table_access);
}

TEST_F(Builtins, OverlappingCopiesAreRight) {
  auto data = instance_.memory().value().data();
  ASSERT_EQ(trap("init", 0, 0, 6), std::nullopt);
  ASSERT_EQ(trap("copy", 2, 0, 4), std::nullopt);
  EXPECT_EQ(std::string(data.begin(), data.begin() + 6), "ababcd");
  ASSERT_EQ(trap("copy", 0, 2, 4), std::nullopt);
  EXPECT_EQ(std::string(data.begin(), data.begin() + 6), "abcdcd");
}

// Small ones have code of their own for each range of sizes.
TEST_F(Builtins, EverySmallSizeMovesThatMuch) {
  constexpr std::uint32_t kAt = 400;
  auto data = instance_.memory().value().data();
  const auto reset = [&] {
    for (std::uint32_t i = 0; i < 1024; ++i) data[i] = static_cast<std::uint8_t>(i * 37 + i / 256);
    return std::vector<std::uint8_t>(data.begin(), data.begin() + 1024);
  };
  for (std::uint32_t size = 0; size <= 200; ++size) {
    auto expected = reset();
    std::fill_n(expected.begin() + kAt, size, std::uint8_t{7});
    ASSERT_EQ(trap("fill", kAt, 0, size), std::nullopt);
    ASSERT_TRUE(std::ranges::equal(expected, data.first(1024))) << "fill " << size;
    for (const int distance : {-300, -17, -16, -8, -1, 0, 1, 3, 16, 33, 64, 127, 300}) {
      expected = reset();
      const auto from = static_cast<std::uint32_t>(static_cast<int>(kAt) + distance);
      std::memmove(expected.data() + kAt, expected.data() + from, size);
      ASSERT_EQ(trap("copy", kAt, from, size), std::nullopt);
      ASSERT_TRUE(std::ranges::equal(expected, data.first(1024))) << "copy " << size << " from " << distance;
    }
  }
}

TEST_F(Builtins, GrowingStopsAtTheMaximum) {
  auto grow = instance_.function<I(I)>("grow").value();
  EXPECT_EQ(grow(4).value(), -1);
  EXPECT_EQ(grow(-1).value(), -1);
  EXPECT_EQ(grow(3).value(), 1);
  EXPECT_EQ(grow(1).value(), -1);
  auto table_grow = instance_.function<I(I)>("tgrow").value();
  EXPECT_EQ(table_grow(3).value(), -1);
  EXPECT_EQ(table_grow(-1).value(), -1);
  EXPECT_EQ(table_grow(2).value(), 8);
  EXPECT_EQ(trap("tset", 9, 0, 0), std::nullopt);
}

}  // namespace
}  // namespace tenon
