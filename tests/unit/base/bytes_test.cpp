#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace tenon::base {
namespace {

using Fault = ByteReader::Fault;

// What one read of a number gives: the value, or the fault.
template <auto kRead>
void expect_value(const Bytes& bytes, auto value) {
  ByteReader reader(bytes);
  const auto read = (reader.*kRead)();
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, value);
  EXPECT_TRUE(reader.at_end());
}

template <auto kRead>
void expect_fault(const Bytes& bytes, Fault fault) {
  ByteReader reader(bytes);
  EXPECT_FALSE((reader.*kRead)().has_value());
  EXPECT_EQ(reader.fault(), fault);
  EXPECT_EQ(reader.position(), 0u) << "a failed read must not move";
}

constexpr auto kU32 = &ByteReader::leb_u32;
constexpr auto kU64 = &ByteReader::leb_u64;
constexpr auto kS32 = &ByteReader::leb_s32;
constexpr auto kS33 = &ByteReader::leb_s33;
constexpr auto kS64 = &ByteReader::leb_s64;

TEST(Leb, ReadsUnsigned) {
  expect_value<kU32>({0x00}, 0u);
  expect_value<kU32>({0x7F}, 127u);
  expect_value<kU32>({0x80, 0x01}, 128u);
  expect_value<kU32>({0xE5, 0x8E, 0x26}, 624485u);
  expect_value<kU32>({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, std::numeric_limits<std::uint32_t>::max());
  expect_value<kU32>({0x80, 0x80, 0x80, 0x80, 0x00}, 0u);
  expect_value<kU64>({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01},
                     std::numeric_limits<std::uint64_t>::max());
}

TEST(Leb, ReadsSigned) {
  expect_value<kS32>({0x7F}, -1);
  expect_value<kS32>({0x40}, -64);
  expect_value<kS32>({0x3F}, 63);
  expect_value<kS32>({0xC0, 0xBB, 0x78}, -123456);
  expect_value<kS32>({0x80, 0x80, 0x80, 0x80, 0x78}, std::numeric_limits<std::int32_t>::min());
  expect_value<kS32>({0xFF, 0xFF, 0xFF, 0xFF, 0x07}, std::numeric_limits<std::int32_t>::max());
  expect_value<kS32>({0xFF, 0xFF, 0xFF, 0xFF, 0x7F}, -1);
  expect_value<kS33>({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, std::int64_t{0xFFFFFFFF});
  expect_value<kS33>({0x80, 0x80, 0x80, 0x80, 0x70}, -(std::int64_t{1} << 32));
  expect_value<kS64>({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F},
                     std::numeric_limits<std::int64_t>::min());
}

TEST(Leb, RefusesUnusedBitsThatAreNotAnExtension) {
  expect_fault<kU32>({0xFF, 0xFF, 0xFF, 0xFF, 0x1F}, Fault::leb_too_large);
  expect_fault<kU64>({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02}, Fault::leb_too_large);
  expect_fault<kS32>({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, Fault::leb_too_large);
  expect_fault<kS32>({0x80, 0x80, 0x80, 0x80, 0x70}, Fault::leb_too_large);
  expect_fault<kS33>({0xFF, 0xFF, 0xFF, 0xFF, 0x1F}, Fault::leb_too_large);
  expect_fault<kS64>({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7E}, Fault::leb_too_large);
}

TEST(Leb, RefusesTooManyBytesAndTooFew) {
  expect_fault<kU32>({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, Fault::leb_too_long);
  expect_fault<kS64>({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F}, Fault::leb_too_long);
  expect_fault<kU32>({}, Fault::end);
  expect_fault<kU32>({0x80}, Fault::end);
  expect_fault<kU32>({0x80, 0x80, 0x80, 0x80}, Fault::end);
}

TEST(Leb, WritesWhatItReads) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128},
                                    std::uint64_t{1} << 35, std::numeric_limits<std::uint64_t>::max()}) {
    ByteWriter writer;
    writer.leb(value);
    expect_value<kU64>(writer.bytes(), value);
  }
}

TEST(ByteReader, TakesNoMoreThanThereIs) {
  const Bytes bytes = {1, 2, 3, 4, 5};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.fixed<std::uint32_t>(), 0x04030201u);
  EXPECT_FALSE(reader.fixed<std::uint16_t>());
  EXPECT_FALSE(reader.take(2));
  EXPECT_FALSE(reader.take(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_EQ(reader.position(), 4u);
  EXPECT_EQ(reader.take(1)->front(), 5);
  EXPECT_EQ(reader.take(0)->size(), 0u);
  EXPECT_FALSE(reader.u8());
  EXPECT_FALSE(reader.peek());
}

}  // namespace
}  // namespace tenon::base
