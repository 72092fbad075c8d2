#include "runtime/memory/linear_memory.hpp"

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tenon::runtime {
namespace {

constexpr std::uint64_t kNoLimit = std::uint64_t{4} << 30;

std::shared_ptr<Budget> budget(std::uint64_t bytes) { return std::make_shared<Budget>(bytes, "limit"); }

std::shared_ptr<MemoryImpl> make(std::uint64_t minimum, std::optional<std::uint64_t> maximum = {},
                                 std::uint64_t limit = kNoLimit) {
  auto memory = MemoryImpl::create(nullptr, {{minimum, maximum}}, budget(limit));
  return memory ? std::move(*memory) : nullptr;
}

TEST(LinearMemory, GrowsInPlaceAndZeroed) {
  auto memory = make(1);
  auto* const base = memory->record.base;
  base[kPageSize - 1] = 7;
  EXPECT_EQ(memory->grow(3), 1u);
  EXPECT_EQ(memory->record.base, base);
  EXPECT_EQ(memory->record.size, 4 * kPageSize);
  EXPECT_EQ(base[kPageSize - 1], 7);
  EXPECT_EQ(base[4 * kPageSize - 1], 0);
  EXPECT_EQ(memory->grow(0), 4u);
}

TEST(LinearMemory, HonoursEveryLimit) {
  auto declared = make(1, 2);
  EXPECT_EQ(declared->grow(2), std::nullopt);
  EXPECT_EQ(declared->grow(1), 1u);
  EXPECT_EQ(declared->grow(1), std::nullopt);
  auto limited = make(1, {}, 3 * kPageSize + 5);
  EXPECT_EQ(limited->grow(3), std::nullopt);
  EXPECT_EQ(limited->grow(2), 1u);
  auto full = make(0);
  EXPECT_EQ(full->grow(65537), std::nullopt);
  EXPECT_EQ(full->grow(UINT64_MAX), std::nullopt);
  EXPECT_EQ(full->grow(UINT64_MAX / kPageSize + 1), std::nullopt);
  EXPECT_EQ(full->grow(65536), 0u);
  EXPECT_EQ(full->record.size, kNoLimit);
}

TEST(LinearMemory, AnInitialSizeBeyondALimitIsAnError) {
  for (auto [minimum, limit] :
       {std::pair{std::uint64_t{4}, 3 * kPageSize}, {std::uint64_t{65537}, UINT64_MAX}}) {
    const auto memory = MemoryImpl::create(nullptr, {{minimum, {}}}, budget(limit));
    ASSERT_FALSE(memory);
    EXPECT_EQ(memory.error().code, ErrorCode::out_of_resources);
  }
}

// All that a 64-bit memory may grow to is reserved, so that must have an end.
TEST(LinearMemory, OneOf64BitsGrowsBeyondFourGibibytesInPlace) {
  const MemoryType type{.limits = {1, {}}, .is_64 = true};
  const auto unlimited = MemoryImpl::create(nullptr, type, budget(UINT64_MAX));
  ASSERT_TRUE(unlimited) << to_string(unlimited.error());
  EXPECT_EQ((*unlimited)->grow(std::uint64_t{1} << 47), std::nullopt);
  EXPECT_EQ((*unlimited)->grow(UINT64_MAX), std::nullopt);
  auto* const base = (*unlimited)->record.base;
  EXPECT_EQ((*unlimited)->grow(65536), 1u);
  EXPECT_EQ((*unlimited)->record.base, base);
  EXPECT_EQ(base[kNoLimit], 0);
  const MemoryType huge{.limits = {std::uint64_t{1} << 48, {}}, .is_64 = true};
  const auto refused = MemoryImpl::create(nullptr, huge, budget(UINT64_MAX));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::out_of_resources);
}

TEST(LinearMemory, ASharedOneGrowsOnceForEachWhoGrewIt) {
  constexpr std::uint64_t kMost = 40000;
  const auto made = MemoryImpl::create(nullptr, {.limits = {0, kMost}, .is_shared = true}, budget(kNoLimit));
  ASSERT_TRUE(made);
  std::atomic<std::uint64_t> grown = 0;
  std::barrier start(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      while ((*made)->grow(1)) ++grown;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(grown, kMost);
  EXPECT_EQ((*made)->pages(), kMost);
}

TEST(LinearMemory, ContainsNeverOverflows) {
  auto memory = make(1);
  EXPECT_TRUE(memory->contains(0, kPageSize));
  EXPECT_TRUE(memory->contains(kPageSize, 0));
  EXPECT_FALSE(memory->contains(kPageSize + 1, 0));
  EXPECT_FALSE(memory->contains(1, kPageSize));
  EXPECT_FALSE(memory->contains(1, UINT64_MAX));
  EXPECT_FALSE(memory->contains(UINT64_MAX, 1));
}

// All that guest code can reach without a check must be reserved and closed.
TEST(LinearMemoryDeathTest, TheReservationIsClosed) {
  auto memory = make(1);
  constexpr std::uint64_t kFarthest = 2 * (std::uint64_t{UINT32_MAX}) + 16;
  EXPECT_TRUE(
      memory->reservation().contains(reinterpret_cast<std::uintptr_t>(memory->record.base) + kFarthest));
  for (std::int64_t at : {std::int64_t{-1}, std::int64_t{kPageSize}, static_cast<std::int64_t>(kFarthest)}) {
    EXPECT_DEATH((void)*static_cast<volatile std::uint8_t*>(memory->record.base + at), "") << at;
  }
}

// Guest code may add kMemory64Guard to an address inside without a check.
TEST(LinearMemoryDeathTest, TheGuardBehindOneOf64BitsIsClosed) {
  const auto memory = MemoryImpl::create(nullptr, {.limits = {1, 1}, .is_64 = true}, budget(kNoLimit));
  ASSERT_TRUE(memory);
  auto* const last = (*memory)->record.base + kPageSize - 1;
  EXPECT_EQ(*last, 0);
  for (std::uint64_t at : {std::uint64_t{1}, artifact::kMemory64Guard}) {
    EXPECT_TRUE((*memory)->reservation().contains(reinterpret_cast<std::uintptr_t>(last) + at));
    EXPECT_DEATH((void)*static_cast<volatile std::uint8_t*>(last + at), "") << at;
  }
}

}  // namespace
}  // namespace tenon::runtime
