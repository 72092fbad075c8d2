// Which bytes a mark stands for.
#include "runtime/memory/card_table.hpp"

#include <sys/mman.h>

#include <vector>

#include <gtest/gtest.h>

namespace tenon::runtime {
namespace {

constexpr std::uint64_t kSize = 2 * 65536;

class Cards : public testing::TestWithParam<unsigned> {
 protected:
  Cards() : room_(artifact::kPageBeforeCards + artifact::kCardsBefore + kSize) {
    start_ = static_cast<std::uint8_t*>(
        mmap(nullptr, room_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    memory_ = start_ + artifact::kPageBeforeCards + artifact::kCardsBefore;
    table_ = CardTable(memory_, GetParam());
  }
  ~Cards() override { munmap(start_, room_); }

  // As guest code marks and writes.
  void write(std::uint64_t marked, std::uint64_t at) {
    start_[artifact::kPageBeforeCards + (marked >> GetParam())] = 1;
    memory_[at] = 7;
  }
  void undo() { table_.undo(memory_, saved_.data(), kSize); }
  [[nodiscard]] std::uint64_t changed() const {
    std::uint64_t count = 0;
    for (std::uint64_t i = 0; i < kSize; ++i) count += memory_[i] != 0 ? 1 : 0;
    return count;
  }

  std::size_t room_;
  std::uint8_t* start_;
  std::uint8_t* memory_;
  CardTable table_;
  std::vector<std::uint8_t> saved_ = std::vector<std::uint8_t>(kSize);
};

TEST_P(Cards, UndoesWhatIsMarkedAndNothingElse) {
  write(0, 0);
  write(5000, 5000);
  write(kSize - 1, kSize - 1);
  memory_[30000] = 7;
  undo();
  EXPECT_EQ(changed(), 1u);
  EXPECT_EQ(memory_[30000], 7);
}

TEST_P(Cards, AMarkReachesIntoTheNextCard) {
  const std::uint64_t edge = std::uint64_t{3} << GetParam();
  write(edge - 1, edge - 1 + artifact::kCardReach - 1);
  undo();
  EXPECT_EQ(changed(), 0u);
}

TEST_P(Cards, AMarkJustBelowTheMemoryReachesIntoIt) {
  start_[artifact::kPageBeforeCards - 1] = 1;
  memory_[artifact::kCardReach - 2] = 7;
  undo();
  EXPECT_EQ(changed(), 0u);
  EXPECT_EQ(start_[artifact::kPageBeforeCards - 1], 0);
}

TEST_P(Cards, MarksAreGoneAfterwards) {
  write(100, 100);
  undo();
  memory_[100] = 7;
  undo();
  EXPECT_EQ(changed(), 1u);
}

TEST_P(Cards, HostWritesMarkEveryCardThatTheyTouch) {
  const std::uint64_t card = std::uint64_t{1} << GetParam();
  table_.mark(card - 1, card + 2);
  for (std::uint64_t i = card - 1; i < 2 * card + 1; ++i) memory_[i] = 7;
  undo();
  EXPECT_EQ(changed(), 0u);
}

TEST_P(Cards, RunsOverManyCardsAreUndone) {
  table_.mark(0, kSize);
  for (std::uint64_t i = 0; i < kSize; ++i) memory_[i] = 7;
  undo();
  EXPECT_EQ(changed(), 0u);
}

TEST_P(Cards, ClearForgetsMarksOfAddressesBehindTheMemory) {
  const std::uint64_t beyond = std::uint64_t{1} << 32;
  start_[artifact::kPageBeforeCards + (beyond >> GetParam())] = 1;
  table_.clear(kSize, true);
  EXPECT_EQ(start_[artifact::kPageBeforeCards + (beyond >> GetParam())], 0);
}

INSTANTIATE_TEST_SUITE_P(BothSizes, Cards,
                         testing::Values(artifact::kSmallCardShift, artifact::kLargeCardShift));

}  // namespace
}  // namespace tenon::runtime
