// Small memories side by side: what one wrote, the next must not see.
#include "runtime/memory/slot_arena.hpp"

#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace tenon::runtime {
namespace {

constexpr std::uint64_t kPage = 65536;
constexpr std::uint64_t kPerChunk = SlotArena::kLargest / kPage;

TEST(SlotArena, PlacesAreApartAndZero) {
  const auto arena = std::make_shared<SlotArena>();
  std::vector<Slot> slots;
  std::set<std::uint8_t*> bases;
  for (std::uint64_t i = 0; i < 3 * kPerChunk; ++i) {
    slots.push_back(arena->take(kPage).value());
    bases.insert(slots.back().base());
    ASSERT_EQ(slots.back().base()[0] + slots.back().base()[kPage - 1], 0);
    slots.back().base()[0] = slots.back().base()[kPage - 1] = 1;
  }
  const std::uint8_t* before = nullptr;
  for (const std::uint8_t* base : bases) {
    if (before != nullptr) {
      ASSERT_GE(static_cast<std::uint64_t>(base - before), kPage);
    }
    before = base;
  }
  EXPECT_EQ(bases.size(), slots.size());
}

// Safety: else a guest would read what another left.
TEST(SlotArena, APlaceThatIsGivenAgainIsZero) {
  const auto arena = std::make_shared<SlotArena>();
  std::uint8_t* used = nullptr;
  {
    auto slot = arena->take(4 * kPage).value();
    used = slot.base();
    ASSERT_TRUE(slot.extend(0, kPage));
    ASSERT_TRUE(slot.extend(kPage, 3 * kPage));
    for (std::uint64_t i = 0; i < 4 * kPage; i += 100) used[i] = 1;
  }
  const auto slot = arena->take(4 * kPage).value();
  ASSERT_EQ(slot.base(), used);  // else this tests nothing
  for (std::uint64_t i = 0; i < 4 * kPage; i += 100) ASSERT_EQ(used[i], 0) << i;
}

TEST(SlotArena, APlaceGrowsToItsSizeAndNoFurther) {
  const auto arena = std::make_shared<SlotArena>();
  auto slot = arena->take(2 * kPage).value();
  EXPECT_TRUE(slot.extend(0, 2 * kPage));
  EXPECT_FALSE(slot.extend(2 * kPage, kPage));
  EXPECT_FALSE(slot.extend(kPage, 2 * kPage));
  EXPECT_FALSE(slot.extend(kPage, UINT64_MAX));
}

TEST(SlotArena, PlacesOfSeveralSizesDoNotMix) {
  const auto arena = std::make_shared<SlotArena>();
  auto* const small = arena->take(kPage).value().base();
  auto large = arena->take(SlotArena::kLargest).value();
  EXPECT_TRUE(large.extend(0, SlotArena::kLargest));
  large.base()[SlotArena::kLargest - 1] = 1;
  EXPECT_EQ(arena->take(kPage).value().base(), small);
}

TEST(SlotArena, LivesAsLongAsItsPlaces) {
  auto arena = std::make_shared<SlotArena>();
  const std::weak_ptr<SlotArena> watch = arena;
  {
    Slot slot = arena->take(kPage).value();
    arena = nullptr;
    Slot moved = std::move(slot);
    slot = Slot();
    moved.base()[5] = 1;
    EXPECT_FALSE(watch.expired());
  }
  EXPECT_TRUE(watch.expired());
}

// The system keeps page tables of every page once touched.
TEST(SlotArenaDeathTest, ChunksThatNobodyUsesGoBackToTheSystem) {
  const auto arena = std::make_shared<SlotArena>();
  std::vector<Slot> slots;
  for (std::uint64_t i = 0; i < 3 * kPerChunk; ++i) slots.push_back(arena->take(kPage).value());
  auto* const first = slots.front().base();
  auto* const last = slots.back().base();
  slots.clear();
  EXPECT_DEATH(*last = 1, "");
  *first = 1;  // of the one that is kept
}

}  // namespace
}  // namespace tenon::runtime
