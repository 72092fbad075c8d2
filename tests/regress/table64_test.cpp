// Tables with i64 indices: nothing above the low 32 bits may be lost on the way.
#include "binary_guest.hpp"

namespace tenon::regress {
namespace {

constexpr auto i32 = ValueType::i32;
constexpr auto i64 = ValueType::i64;
constexpr auto kOutOfBounds = TrapCode::out_of_bounds_table_access;

Value wide(std::uint64_t value) { return Value::from_i64(static_cast<std::int64_t>(value)); }
Value narrow(std::uint64_t value) { return Value::from_i32(static_cast<std::int32_t>(value)); }

class Table64 : public testing::TestWithParam<Setting> {};

// Table 0 is wide and has functions 0 and 1 at 1 and 2, table 1 is narrow.
BinaryModule table_module(const Bytes& limits) {
  BinaryModule module;
  module.tables = {Bytes{0x70} + limits, {0x70, 0, 4}};
  module.elements = {Bytes{0} + i64_const(1) + Bytes{0x0B, 2, 0, 1}, {1, 0, 2, 0, 1}};
  module.function("ten", {}, {i32}, i32_const(10));
  module.function("eleven", {}, {i32}, i32_const(11));
  module.function("call", {i64}, {i32}, local(0) + Bytes{0x11, 0, 0});
  module.function("is null", {i64}, {i32}, local(0) + Bytes{0x25, 0, 0xD1});
  module.function("set null", {i64}, {}, local(0) + Bytes{0xD0, 0x70, 0x26, 0});
  module.function("size", {}, {i64}, {0xFC, 16, 0});
  module.function("grow", {i64}, {i64}, Bytes{0xD2, 0} + local(0) + Bytes{0xFC, 15, 0});
  module.function("fill", {i64, i64}, {}, local(0) + Bytes{0xD2, 1} + local(1) + Bytes{0xFC, 17, 0});
  module.function("copy", {i64, i64, i64}, {}, local(0) + local(1) + local(2) + Bytes{0xFC, 14, 0, 0});
  module.function("to narrow", {i32, i64, i32}, {}, local(0) + local(1) + local(2) + Bytes{0xFC, 14, 1, 0});
  module.function("to wide", {i64, i32, i32}, {}, local(0) + local(1) + local(2) + Bytes{0xFC, 14, 0, 1});
  module.function("init", {i64, i32, i32}, {}, local(0) + local(1) + local(2) + Bytes{0xFC, 12, 1, 0});
  module.function("call narrow", {i32}, {i32}, local(0) + Bytes{0x11, 0, 1});
  return module;
}

constexpr std::uint64_t kFar[] = {4,
                                  5,
                                  std::uint64_t{1} << 32,
                                  (std::uint64_t{1} << 32) + 1,
                                  std::uint64_t{1} << 59,
                                  (std::uint64_t{1} << 59) + 1,
                                  std::uint64_t{1} << 63,
                                  UINT64_MAX};

void expect_checked(BinaryGuest& guest) {
  EXPECT_EQ(guest.bits("call", {wide(1)}), 10u);
  EXPECT_EQ(guest.bits("call", {wide(2)}), 11u);
  EXPECT_EQ(guest.trap("call", {wide(0)}), TrapCode::uninitialized_element);
  EXPECT_EQ(guest.bits("size", {}), 4u);
  for (const std::uint64_t at : kFar) {
    EXPECT_EQ(guest.trap("call", {wide(at)}), TrapCode::undefined_element) << at;
    EXPECT_EQ(guest.trap("is null", {wide(at)}), kOutOfBounds) << at;
    EXPECT_EQ(guest.trap("set null", {wide(at)}), kOutOfBounds) << at;
    EXPECT_EQ(guest.trap("fill", {wide(at), wide(1)}), kOutOfBounds) << at;
    EXPECT_EQ(guest.trap("fill", {wide(1), wide(at)}), kOutOfBounds) << at;
    EXPECT_EQ(guest.trap("fill", {wide(at), wide(0 - at)}), kOutOfBounds) << at;
    EXPECT_EQ(guest.trap("copy", {wide(at), wide(0), wide(1)}), kOutOfBounds) << at;
    EXPECT_EQ(guest.trap("copy", {wide(0), wide(at), wide(1)}), kOutOfBounds) << at;
    EXPECT_EQ(guest.trap("copy", {wide(1), wide(0), wide(at)}), kOutOfBounds) << at;
    EXPECT_EQ(guest.trap("to narrow", {narrow(0), wide(at), narrow(1)}), kOutOfBounds) << at;
    EXPECT_EQ(guest.trap("to wide", {wide(at), narrow(0), narrow(1)}), kOutOfBounds) << at;
    EXPECT_EQ(guest.trap("init", {wide(at), narrow(0), narrow(1)}), kOutOfBounds) << at;
  }
  ASSERT_TRUE(guest.call("to narrow", {narrow(2), wide(1), narrow(2)}));
  EXPECT_EQ(guest.bits("call narrow", {narrow(3)}), 11u);
  ASSERT_TRUE(guest.call("to wide", {wide(3), narrow(2), narrow(1)}));
  EXPECT_EQ(guest.bits("call", {wide(3)}), 10u);
  ASSERT_TRUE(guest.call("init", {wide(0), narrow(1), narrow(1)}));
  EXPECT_EQ(guest.bits("call", {wide(0)}), 11u);
  ASSERT_TRUE(guest.call("fill", {wide(2), wide(2)}));
  EXPECT_EQ(guest.bits("call", {wide(3)}), 11u);
  ASSERT_TRUE(guest.call("set null", {wide(3)}));
  EXPECT_EQ(guest.bits("is null", {wide(3)}), 1u);
}

TEST_P(Table64, IndicesAreComparedInFull) {
  BinaryGuest guest(table_module({4, 4}), GetParam().options());
  expect_checked(guest);
}

TEST_P(Table64, OfAFixedSize) {
  BinaryGuest guest(table_module({5, 4, 4}), GetParam().options());
  expect_checked(guest);
}

// Without operators that write to it calls go by an array of 4 bytes for each element.
TEST_P(Table64, ThatNeverChanges) {
  BinaryModule module;
  module.tables = {{0x70, 4, 4}};
  module.elements = {Bytes{0} + i64_const(1) + Bytes{0x0B, 2, 0, 1}};
  module.function("ten", {}, {i32}, i32_const(10));
  module.function("eleven", {}, {i32}, i32_const(11));
  module.function("call", {i64}, {i32}, local(0) + Bytes{0x11, 0, 0});
  BinaryGuest guest(module, GetParam().options());
  EXPECT_EQ(guest.bits("call", {wide(2)}), 11u);
  EXPECT_EQ(guest.trap("call", {wide(3)}), TrapCode::uninitialized_element);
  EXPECT_EQ(guest.trap("call", {wide((std::uint64_t{1} << 62) + 1)}), TrapCode::undefined_element);
  for (const std::uint64_t at : kFar) {
    EXPECT_EQ(guest.trap("call", {wide(at)}), TrapCode::undefined_element) << at;
  }
}

TEST_P(Table64, GrowsAndDoesNotOverflow) {
  BinaryGuest guest(table_module(Bytes{5, 4} + leb(UINT64_MAX)), GetParam().options(), {.table_limit = 10});
  for (const std::uint64_t delta :
       {std::uint64_t{7}, std::uint64_t{1} << 32, std::uint64_t{1} << 59, UINT64_MAX - 3, UINT64_MAX}) {
    EXPECT_EQ(guest.bits("grow", {wide(delta)}), UINT64_MAX) << delta;
  }
  EXPECT_EQ(guest.bits("grow", {wide(6)}), 4u);
  EXPECT_EQ(guest.bits("size", {}), 10u);
  EXPECT_EQ(guest.bits("call", {wide(9)}), 10u);
}

// 2^59 elements of 32 bytes are 2^64 bytes, and so none at all.
TEST(Table64Sizes, InBytesDoNotOverflow) {
  Store store({.table_limit = UINT64_MAX});
  const Value null = Value::zero(ValueType::funcref);
  const auto table = store.create_table({.limits = {4, {}}, .is_64 = true}, null).value();
  EXPECT_EQ(table.grow(std::uint64_t{1} << 59, null), std::nullopt);
  EXPECT_EQ(table.grow(UINT64_MAX - 3, null), std::nullopt);
  EXPECT_EQ(table.size(), 4u);
}

TEST(Table64Sizes, TheLargestAreRefused) {
  Store store({.table_limit = UINT64_MAX});
  for (const std::uint64_t size : {std::uint64_t{1} << 32, std::uint64_t{1} << 59, UINT64_MAX}) {
    const auto table =
        store.create_table({.limits = {size, {}}, .is_64 = true}, Value::zero(ValueType::funcref));
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, ErrorCode::out_of_resources) << to_string(table.error());
  }
}

TEST_P(Table64, ImportsMatchTheirIndexType) {
  BinaryModule module;
  module.imports = {wasm::testing::name("host") + wasm::testing::name("table") + Bytes{1, 0x70, 4, 1}};
  module.function("size", {}, {i64}, {0xFC, 16, 0});
  const tests::Guest guest(module.bytes(), GetParam().options());
  Store store;
  const Value null = Value::zero(ValueType::funcref);
  const auto narrow_table = store.create_table({.limits = {1, {}}}, null).value();
  const auto wide_table = store.create_table({.limits = {1, {}}, .is_64 = true}, null).value();
  EXPECT_EQ(to_string(ExternType(wide_table.type())), "table i64 funcref 1..");
  Imports imports;
  imports.define("host", "table", narrow_table);
  const auto refused = store.instantiate(guest.module(), imports);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::incompatible_import);
  imports.define("host", "table", wide_table);
  EXPECT_TRUE(store.instantiate(guest.module(), imports));
  EXPECT_FALSE(wide_table.get(UINT64_MAX));
  EXPECT_EQ(wide_table.grow(UINT64_MAX, null), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Settings, Table64, testing::ValuesIn(kSettings), setting_name);

}  // namespace
}  // namespace tenon::regress
