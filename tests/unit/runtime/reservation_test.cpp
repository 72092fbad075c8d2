// Memories whose address range another instance had before.
#include "runtime/memory/reservation.hpp"

#include <cstring>

#include <gtest/gtest.h>

#include <tenon/store.hpp>

#include "artifact/abi.hpp"
#include "support/wat.hpp"

namespace tenon::runtime {
namespace {

constexpr std::uint64_t kPage = 65536;

Reservation reserve() { return Reservation::make(artifact::kMemoryReservation).value(); }

TEST(ReservationDeathTest, ResettingForgetsWhatWasWrittenAndGrown) {
  auto reservation = reserve();
  ASSERT_TRUE(reservation.extend(0, kPage));
  reservation.base()[5] = 1;
  ASSERT_TRUE(reservation.extend(kPage, kPage));
  reservation.base()[kPage + 5] = 1;
  ASSERT_TRUE(reservation.reset(2 * kPage, kPage));
  EXPECT_EQ(reservation.base()[5], 0);
  EXPECT_DEATH(reservation.base()[kPage + 5] = 1, "");
  ASSERT_TRUE(reservation.extend(kPage, kPage));
  EXPECT_EQ(reservation.base()[kPage + 5], 0);
}

TEST(ReservationCache, GivesBackWhatItGotAndKeepsNoMoreThanItsMost) {
  ReservationCache cache(0);
  EXPECT_FALSE(cache.take(artifact::kMemoryReservation));
  auto reservation = reserve();
  auto* const base = reservation.base();
  cache.give_back(std::move(reservation), 0);
  EXPECT_EQ(cache.take(artifact::kMemoryReservation)->base(), base);
  for (std::size_t i = 0; i <= ReservationCache::kMost; ++i) cache.give_back(reserve(), 0);
  std::vector<Reservation> taken;
  while (auto next = cache.take(artifact::kMemoryReservation)) taken.push_back(std::move(*next));
  EXPECT_EQ(taken.size(), ReservationCache::kMost);
}

// 32 memories of 4 GiB would leave 256 MiB of page tables with each module.
TEST(ReservationCache, KeepsNoneThatIsLargeFromTheBeginning) {
  ReservationCache cache(ReservationCache::kLargest + kPage);
  auto reservation = reserve();
  ASSERT_TRUE(reservation.extend(0, ReservationCache::kLargest + kPage));
  cache.give_back(std::move(reservation), ReservationCache::kLargest + kPage);
  EXPECT_FALSE(cache.take(artifact::kMemoryReservation));
}

constexpr std::string_view kGuest = R"((module
  (memory (export "memory") 2)
  (data (i32.const 4096) "the module's own")
  (func (export "grow") (result i32) (memory.grow (i32.const 3)))
  (func (export "size") (result i32) (memory.size))
  (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "fill") (param i32 i32) (memory.fill (local.get 0) (i32.const 0xEE) (local.get 1)))))";

class UsedMemory : public testing::Test {
 protected:
  static constexpr std::uint32_t kInitial = 2 * kPage;

  Instance instantiate(Store& store) { return store.instantiate(guest_.module()).value(); }

  // Writes everywhere, grown pages included, and goes.
  const std::uint8_t* use_up() {
    Store store;
    const auto instance = instantiate(store);
    EXPECT_EQ(instance.function<std::int32_t()>("grow").value()(), 2);
    EXPECT_TRUE((instance.function<void(std::uint32_t, std::uint32_t)>("fill").value()(0, 5 * kPage)));
    return instance.memory()->data().data();
  }

  const tests::Guest guest_{kGuest};
};

TEST_F(UsedMemory, IsLikeNewToTheNextInstance) {
  const auto* const before = use_up();
  Store store;
  const auto instance = instantiate(store);
  const auto memory = instance.memory()->data();
  ASSERT_EQ(memory.data(), before);  // else this tests nothing
  ASSERT_EQ(memory.size(), kInitial);
  EXPECT_EQ(instance.function<std::int32_t()>("size").value()(), 2);
  const std::string_view own = "the module's own";
  EXPECT_EQ(std::memcmp(memory.data() + 4096, own.data(), own.size()), 0);
  std::uint64_t others = 0;
  for (std::size_t i = 0; i < memory.size(); ++i) {
    if (i < 4096 || i >= 4096 + own.size()) others += memory[i];
  }
  EXPECT_EQ(others, 0u);
}

TEST_F(UsedMemory, IsGuardedAgainBehindItsFirstSize) {
  use_up();
  Store store;
  const auto instance = instantiate(store);
  const auto load = instance.function<std::int32_t(std::uint32_t)>("load").value();
  EXPECT_EQ(load(kInitial - 1), 0);
  EXPECT_EQ(load(kInitial).error().trap, TrapCode::out_of_bounds_memory_access);
}

TEST_F(UsedMemory, GrowsAsZeros) {
  use_up();
  Store store;
  const auto instance = instantiate(store);
  ASSERT_EQ(instance.function<std::int32_t()>("grow").value()(), 2);
  const auto memory = instance.memory()->data();
  ASSERT_EQ(memory.size(), 5 * kPage);
  for (std::size_t i = kInitial; i < memory.size(); ++i) ASSERT_EQ(memory[i], 0) << i;
}

TEST_F(UsedMemory, OfAnInstanceThatIsStillThereIsNotTaken) {
  Store first, second;
  const auto one = instantiate(first), other = instantiate(second);
  EXPECT_NE(one.memory()->data().data(), other.memory()->data().data());
}

}  // namespace
}  // namespace tenon::runtime
