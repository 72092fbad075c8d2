// 64-bit addresses: address + offset + width may wrap around 2^64, and a check
// that adds before it compares lets the guest read the host.
#include "artifact/abi.hpp"
#include "binary_guest.hpp"

namespace tenon::regress {
namespace {

constexpr auto i32 = ValueType::i32;
constexpr auto i64 = ValueType::i64;
constexpr auto kOutOfBounds = TrapCode::out_of_bounds_memory_access;
__extension__ typedef unsigned __int128 Wide;

// Memory types: the limits' flags say whether there is a maximum (1) and
// whether addresses are i64 (4).
const Bytes kMemory64 = {5, 1, 1};

Value address(std::uint64_t value) { return Value::from_i64(static_cast<std::int64_t>(value)); }
Value number(std::uint64_t value) { return Value::from_i32(static_cast<std::int32_t>(value)); }

struct Access {
  Bytes opcode;
  unsigned bytes;
  Bytes operand;  // of a store, or of a lane operator
  bool has_lane = false;
  bool is_store = false;
};

std::vector<Access> accesses() {
  std::vector<Access> all;
  const unsigned loads[] = {4, 8, 4, 8, 1, 1, 2, 2, 1, 1, 2, 2, 4, 4};
  for (std::uint8_t i = 0; i < 14; ++i) all.push_back({{static_cast<std::uint8_t>(0x28 + i)}, loads[i], {}});
  const Bytes kI32 = {0x41, 0}, kI64 = {0x42, 0}, kF32 = {0x43, 0, 0, 0, 0},
              kF64 = {0x44, 0, 0, 0, 0, 0, 0, 0, 0};
  const std::pair<unsigned, Bytes> stores[] = {{4, kI32}, {8, kI64}, {4, kF32}, {8, kF64}, {1, kI32},
                                               {2, kI32}, {1, kI64}, {2, kI64}, {4, kI64}};
  for (std::uint8_t i = 0; i < 9; ++i) {
    all.push_back({{static_cast<std::uint8_t>(0x36 + i)}, stores[i].first, stores[i].second, false, true});
  }
  const Bytes kVector = Bytes{0xFD, 12} + Bytes(16, 0);
  const unsigned vectors[] = {16, 8, 8, 8, 8, 8, 8, 1, 2, 4, 8};
  for (std::uint8_t i = 0; i < 11; ++i) all.push_back({{0xFD, i}, vectors[i], {}});
  all.push_back({{0xFD, 11}, 16, kVector, false, true});
  for (std::uint8_t i = 0; i < 8; ++i) {
    all.push_back({{0xFD, static_cast<std::uint8_t>(0x54 + i)}, 1u << (i % 4), kVector, true, i >= 4});
  }
  all.push_back({{0xFD, 0x5C}, 4, {}});
  all.push_back({{0xFD, 0x5D}, 8, {}});
  return all;
}

constexpr std::uint64_t kSize = kPageSize;
constexpr std::uint64_t kGuard = artifact::kMemory64Guard;
constexpr std::uint64_t kOffsets[] = {0,
                                      1,
                                      kSize - 16,
                                      kSize - 1,
                                      kSize,
                                      kGuard - 16,
                                      kGuard - 1,
                                      kGuard,
                                      UINT32_MAX,
                                      std::uint64_t{1} << 32,
                                      std::uint64_t{1} << 47,
                                      std::uint64_t{1} << 63,
                                      UINT64_MAX - kSize,
                                      UINT64_MAX - 15,
                                      UINT64_MAX - 7,
                                      UINT64_MAX};

std::vector<std::uint64_t> addresses(std::uint64_t offset, unsigned bytes, std::uint64_t size) {
  const std::uint64_t last = size - bytes;
  return {0,
          1,
          last,
          last + 1,
          size - 1,
          size,
          size + 1,
          last - offset,
          last - offset + 1,
          0 - offset,
          1 - offset,
          0 - offset - bytes,
          UINT32_MAX,
          std::uint64_t{1} << 32,
          std::uint64_t{1} << 63,
          UINT64_MAX - 15,
          UINT64_MAX};
}

class Memory64 : public testing::TestWithParam<Setting> {};

std::string access_name(const Access& access, std::uint64_t offset) {
  std::string name;
  for (auto byte : access.opcode) name += std::to_string(byte) + " ";
  return name + "offset " + std::to_string(offset);
}

BinaryModule access_module(const Bytes& memory) {
  BinaryModule module;
  module.memories = {memory};
  for (const Access& access : accesses()) {
    for (const std::uint64_t offset : kOffsets) {
      Bytes body = local(0) + access.operand + access.opcode + Bytes{0} + leb(offset);
      if (access.has_lane) body.push_back(0);
      if (!access.is_store) body.push_back(0x1A);
      module.function(access_name(access, offset), {i64}, {}, body);
    }
  }
  return module;
}

void expect_exact_bounds(BinaryGuest& guest, std::uint64_t size) {
  for (const Access& access : accesses()) {
    for (const std::uint64_t offset : kOffsets) {
      const auto function =
          guest.instance().function<void(std::int64_t)>(access_name(access, offset)).value();
      for (const std::uint64_t at : addresses(offset, access.bytes, size)) {
        const bool outside = Wide{at} + offset + access.bytes > size;
        const auto result = function(static_cast<std::int64_t>(at));
        ASSERT_EQ(!result, outside) << access_name(access, offset) << " at " << at;
        if (outside) {
          ASSERT_EQ(result.error().trap, kOutOfBounds);
        }
      }
    }
  }
}

// One page and no room to grow: the guard follows at once.
TEST_P(Memory64, EveryAccessTrapsExactlyOutsideTheMemory) {
  BinaryGuest guest(access_module(kMemory64), GetParam().options());
  expect_exact_bounds(guest, kSize);
}

// Nothing is known of an empty memory's size when it is compiled.
TEST_P(Memory64, AccessesOfAMemoryThatWasEmpty) {
  auto module = access_module({4, 0});
  module.function("grow", {i64}, {i64}, local(0) + Bytes{0x40, 0});
  BinaryGuest guest(module, GetParam().options());
  expect_exact_bounds(guest, 0);
  EXPECT_EQ(guest.bits("grow", {address(1)}), 0u);
  expect_exact_bounds(guest, kSize);
}

TEST_P(Memory64, GrowingByHugeNumbersFails) {
  BinaryModule module;
  module.memories = {{4, 1}};
  module.function("grow", {i64}, {i64}, local(0) + Bytes{0x40, 0});
  module.function("size", {}, {i64}, {0x3F, 0});
  BinaryGuest guest(module, GetParam().options(), {.memory_limit = 5 * kPageSize});
  for (const std::uint64_t delta : {std::uint64_t{5}, std::uint64_t{1} << 32, (std::uint64_t{1} << 48) - 1,
                                    std::uint64_t{1} << 48, std::uint64_t{1} << 63, UINT64_MAX}) {
    EXPECT_EQ(guest.bits("grow", {address(delta)}), UINT64_MAX) << delta;
  }
  EXPECT_EQ(guest.bits("grow", {address(4)}), 1u);
  EXPECT_EQ(guest.bits("grow", {address(1)}), UINT64_MAX);
  EXPECT_EQ(guest.bits("size", {}), 5u);
}

TEST_P(Memory64, BeyondFourGibibytes) {
  constexpr std::uint64_t kFour = std::uint64_t{4} << 30;
  BinaryModule module;
  module.memories = {{4, 1}};
  module.function("grow", {i64}, {i64}, local(0) + Bytes{0x40, 0});
  module.function("store", {i64, i64}, {}, local(0) + local(1) + Bytes{0x37, 0} + leb(kFour));
  module.function("load", {i64}, {i64}, local(0) + Bytes{0x29, 0, 0});
  module.function("copy", {i64, i64, i64}, {}, local(0) + local(1) + local(2) + Bytes{0xFC, 10, 0, 0});
  BinaryGuest guest(module, GetParam().options(), {.memory_limit = 2 * kFour});
  EXPECT_EQ(guest.bits("grow", {address(kFour / kPageSize)}), 1u);
  ASSERT_TRUE(guest.call("store", {address(kPageSize - 8), address(77)}));
  EXPECT_EQ(guest.trap("store", {address(kPageSize - 7), address(1)}), kOutOfBounds);
  EXPECT_EQ(guest.bits("load", {address(kFour + kPageSize - 8)}), 77u);
  EXPECT_EQ(guest.bits("load", {address(kPageSize - 8)}), 0u);  // no bit of the address was lost
  ASSERT_TRUE(guest.call("copy", {address(16), address(kFour + kPageSize - 8), address(8)}));
  EXPECT_EQ(guest.bits("load", {address(16)}), 77u);
}

BinaryModule bulk_module(const Bytes& memory) {
  BinaryModule module;
  module.memories = {memory};
  module.data = {Bytes{1} + wasm::testing::name("abcdefgh")};
  module.function("fill", {i64, i32, i64}, {}, local(0) + local(1) + local(2) + Bytes{0xFC, 11, 0});
  module.function("copy", {i64, i64, i64}, {}, local(0) + local(1) + local(2) + Bytes{0xFC, 10, 0, 0});
  module.function("init", {i64, i32, i32}, {}, local(0) + local(1) + local(2) + Bytes{0xFC, 8, 0, 0});
  module.function("load8", {i64}, {i32}, local(0) + Bytes{0x2D, 0, 0});
  return module;
}

// Sizes on both sides of what is done in guest code.
constexpr std::uint64_t kLengths[] = {0, 1, 8, 63, 64, 65, 4096, kSize, std::uint64_t{1} << 32, UINT64_MAX};

void expect_exact_bulk_bounds(BinaryGuest& guest, std::uint64_t size) {
  for (const std::uint64_t length : kLengths) {
    for (const std::uint64_t at :
         {std::uint64_t{0}, size - 1, size, size + 1, size - length, size - length + 1, 0 - length,
          1 - length, std::uint64_t{1} << 32, UINT64_MAX - 63, UINT64_MAX}) {
      const auto expected = Wide{at} + length > size ? std::optional(kOutOfBounds) : std::nullopt;
      const auto text = std::to_string(length) + " bytes at " + std::to_string(at);
      EXPECT_EQ(guest.trap("fill", {address(at), number(7), address(length)}), expected) << text;
      const auto short_enough = length <= size ? expected : kOutOfBounds;
      EXPECT_EQ(guest.trap("copy", {address(at), address(0), address(length)}), short_enough) << text;
      EXPECT_EQ(guest.trap("copy", {address(0), address(at), address(length)}), short_enough) << text;
      if (length > 8) continue;
      EXPECT_EQ(guest.trap("init", {address(at), number(0), number(length)}), expected) << text;
    }
  }
}

TEST_P(Memory64, BulkOperationsTrapExactlyOutsideTheMemory) {
  BinaryGuest guest(bulk_module(kMemory64), GetParam().options());
  expect_exact_bulk_bounds(guest, kSize);
}

TEST_P(Memory64, BulkOperationsOfAnEmptyMemory) {
  BinaryGuest guest(bulk_module({4, 0}), GetParam().options());
  expect_exact_bulk_bounds(guest, 0);
}

// Memory 0 has 64 bits and memory 1 has 32: the length is an i32, an address what its memory says.
TEST_P(Memory64, CopiesBetweenMemoriesOfBothKinds) {
  BinaryModule module;
  module.memories = {{4, 1}, {0, 2}};
  module.function("to 64", {i64, i32, i32}, {}, local(0) + local(1) + local(2) + Bytes{0xFC, 10, 0, 1});
  module.function("to 32", {i32, i64, i32}, {}, local(0) + local(1) + local(2) + Bytes{0xFC, 10, 1, 0});
  module.function("load 64", {i64}, {i64}, local(0) + Bytes{0x29, 0, 0});
  module.function("load 32", {i32}, {i64}, local(0) + Bytes{0x29, 0x40, 1, 0});
  module.function("store 32", {i32, i64}, {}, local(0) + local(1) + Bytes{0x37, 0x40, 1, 0});
  BinaryGuest guest(module, GetParam().options());
  ASSERT_TRUE(guest.call("store 32", {number(kSize + 8), address(99)}));
  ASSERT_TRUE(guest.call("to 64", {address(kSize - 8), number(kSize + 8), number(8)}));
  EXPECT_EQ(guest.bits("load 64", {address(kSize - 8)}), 99u);
  ASSERT_TRUE(guest.call("to 32", {number(2 * kSize - 8), address(kSize - 8), number(8)}));
  EXPECT_EQ(guest.bits("load 32", {number(2 * kSize - 8)}), 99u);
  const auto far = std::uint64_t{1} << 32;
  EXPECT_EQ(guest.trap("to 64", {address(far), number(0), number(8)}), kOutOfBounds);
  EXPECT_EQ(guest.trap("to 64", {address(UINT64_MAX - 7), number(0), number(8)}), kOutOfBounds);
  EXPECT_EQ(guest.trap("to 64", {address(UINT64_MAX), number(0), number(1)}), kOutOfBounds);
  EXPECT_EQ(guest.trap("to 64", {address(0), number(UINT32_MAX), number(8)}), kOutOfBounds);
  EXPECT_EQ(guest.trap("to 64", {address(0), number(0), number(UINT32_MAX)}), kOutOfBounds);
  EXPECT_EQ(guest.trap("to 32", {number(0), address(UINT64_MAX - 7), number(8)}), kOutOfBounds);
  EXPECT_EQ(guest.trap("to 32", {number(0), address(far), number(1)}), kOutOfBounds);
}

// As active segments are placed when the instance is made.
TEST_P(Memory64, SegmentsMayNotWrapAround) {
  struct Case {
    std::uint64_t offset;
    bool fits;
  };
  for (const Case& c : {Case{kSize - 8, true},
                        {kSize - 7, false},
                        {std::uint64_t{1} << 32, false},
                        {UINT64_MAX - 7, false},
                        {UINT64_MAX, false}}) {
    BinaryModule module;
    module.memories = {{4, 1}};
    module.data = {Bytes{0} + i64_const(c.offset) + Bytes{0x0B} + wasm::testing::name("abcdefgh")};
    module.function("load8", {i64}, {i32}, local(0) + Bytes{0x2D, 0, 0});
    const tests::Guest guest(module.bytes(), GetParam().options());
    Store store;
    const auto instance = store.instantiate(guest.module());
    ASSERT_EQ(instance.has_value(), c.fits) << c.offset;
    if (!c.fits) {
      EXPECT_EQ(instance.error().trap, kOutOfBounds);
      continue;
    }
    const auto load = instance->function<std::int32_t(std::int64_t)>("load8").value();
    EXPECT_EQ(load(static_cast<std::int64_t>(c.offset + 7)).value(), 'h');
  }
}

// 2^48 pages are 2^64 bytes, which 64 bits do not hold.
TEST_P(Memory64, TheLargestDeclaredMemoryIsRefusedWhenItIsMade) {
  BinaryModule module;
  module.memories = {Bytes{5} + leb(std::uint64_t{1} << 48) + leb(std::uint64_t{1} << 48)};
  module.data = {Bytes{0} + i64_const(UINT64_MAX - 7) + Bytes{0x0B} + wasm::testing::name("abcdefgh"),
                 Bytes{0} + i64_const(0) + Bytes{0x0B} + wasm::testing::name("abcdefgh")};
  module.function("load", {i64}, {i64}, local(0) + Bytes{0x29, 0} + leb(UINT64_MAX));
  const tests::Guest guest(module.bytes(), GetParam().options());
  Store store({.memory_limit = UINT64_MAX});
  const auto instance = store.instantiate(guest.module());
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().code, ErrorCode::out_of_resources) << to_string(instance.error());
}

TEST_P(Memory64, HostsSeeNoWrappingEither) {
  BinaryModule module;
  module.imports = {wasm::testing::name("host") + wasm::testing::name("memory") + Bytes{2, 4, 1}};
  module.function("size", {}, {i64}, {0x3F, 0});
  const tests::Guest guest(module.bytes(), GetParam().options());
  Store store;
  const auto narrow = store.create_memory({.limits = {1, {}}}).value();
  const auto wide = store.create_memory({.limits = {1, {}}, .is_64 = true}).value();
  EXPECT_EQ(to_string(ExternType(wide.type())), "memory i64 1..");
  Imports imports;
  imports.define("host", "memory", narrow);
  const auto refused = store.instantiate(guest.module(), imports);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::incompatible_import);
  imports.define("host", "memory", wide);
  ASSERT_TRUE(store.instantiate(guest.module(), imports));
  EXPECT_TRUE(wide.view(kSize - 8, 8));
  EXPECT_FALSE(wide.view(UINT64_MAX - 7, 8));
  EXPECT_FALSE(wide.view(8, UINT64_MAX - 7));
  EXPECT_FALSE(wide.view(UINT64_MAX, UINT64_MAX));
  EXPECT_EQ(wide.grow(UINT64_MAX), std::nullopt);
  EXPECT_EQ(wide.grow(std::uint64_t{1} << 48), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Settings, Memory64, testing::ValuesIn(kSettings), setting_name);

}  // namespace
}  // namespace tenon::regress
