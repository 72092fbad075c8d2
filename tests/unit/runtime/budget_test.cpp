#include "runtime/memory/budget.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tenon::runtime {
namespace {

TEST(Budget, GivesWhatIsLeftAndNoMore) {
  Budget budget(100, "limit");
  EXPECT_TRUE(budget.reserve(0));
  EXPECT_TRUE(budget.reserve(60));
  EXPECT_FALSE(budget.reserve(41));
  EXPECT_FALSE(budget.reserve(UINT64_MAX));
  EXPECT_FALSE(budget.reserve(UINT64_MAX - 59));  // with the 60 it would be 0
  EXPECT_EQ(budget.remaining(), 40u);
  EXPECT_TRUE(budget.reserve(40));
  EXPECT_FALSE(budget.reserve(1));
  budget.release(60);
  EXPECT_TRUE(budget.reserve(60));
  EXPECT_EQ(budget.total(), 100u);
}

TEST(Budget, MayBeAllThatANumberHolds) {
  Budget budget(UINT64_MAX, "limit");
  EXPECT_TRUE(budget.reserve(UINT64_MAX));
  EXPECT_FALSE(budget.reserve(1));
}

TEST(Budget, ARefusalNamesTheOption) {
  Budget budget(100, "StoreOptions::memory_limit");
  ASSERT_TRUE(budget.reserve(30));
  EXPECT_EQ(budget.refusal("a table", 80),
            "a table takes 80 bytes, more than the 70 that are left of 100 (StoreOptions::memory_limit)");
}

TEST(Budget, KnowsTheLastRefusedGrowthUntilItIsForgotten) {
  Budget budget(100, "OPTION");
  EXPECT_FALSE(budget.refused_growth());
  EXPECT_FALSE(budget.reserve(101));  // a guest's log, say, which is no growth
  EXPECT_FALSE(budget.refused_growth());
  budget.note_refused({RefusedGrowth::Limit::budget});
  budget.note_refused({RefusedGrowth::Limit::table_maximum, 7});
  EXPECT_EQ(budget.describe(*budget.refused_growth()),
            "the table's own maximum of 7 elements, which no option raises");
  EXPECT_EQ(budget.describe({RefusedGrowth::Limit::budget}), "the limit of 100 bytes (OPTION)");
  budget.forget_refused();
  EXPECT_FALSE(budget.refused_growth());
}

TEST(Budget, ThreadsTogetherGetNoMore) {
  Budget budget(100'000, "limit");
  std::atomic<std::uint64_t> got = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 20'000; ++j) {
          if (budget.reserve(3)) got += 3;
        }
      });
    }
  }
  EXPECT_EQ(got, 99'999u);
  EXPECT_EQ(budget.remaining(), 1u);
}

}  // namespace
}  // namespace tenon::runtime
