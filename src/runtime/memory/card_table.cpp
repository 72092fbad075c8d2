#include "runtime/memory/card_table.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <bit>

#include "machine_bytes.hpp"

namespace tenon::runtime {
namespace {

constexpr unsigned kAtOnce = 64;
// Behind the cards of a memory there are always that many more.
static_assert(artifact::kCardBytes >= (artifact::kMemoryReservation >> artifact::kSmallCardShift) + kAtOnce);

}  // namespace

void CardTable::undo(std::uint8_t* memory, const std::uint8_t* saved, std::uint64_t size) {
  undo_below(memory, saved, size);
  const std::uint64_t count = size >> shift_;
  for (std::uint64_t at = 0; at < count; at += kAtOnce) {
    std::uint64_t marked = machine::lowest_bits(cards_ + at);
    if (marked == 0) continue;
    if (count - at < kAtOnce) marked &= (std::uint64_t{1} << (count - at)) - 1;
    std::memset(cards_ + at, 0, kAtOnce);
    while (marked != 0) {
      // One run of marked cards after the other.
      const auto first = static_cast<unsigned>(std::countr_zero(marked));
      const auto length = static_cast<unsigned>(std::countr_one(marked >> first));
      const std::uint64_t from = (at + first) << shift_;
      // Safety: a mark stands for that many bytes, also of the next card's.
      const std::uint64_t to = std::min(size, ((at + first + length) << shift_) + artifact::kCardReach);
      std::memcpy(memory + from, saved + from, to - from);
      // What is below the run is zero already.
      marked &= first + length < kAtOnce ? ~std::uint64_t{0} << (first + length) : 0;
    }
  }
}

void CardTable::undo_below(std::uint8_t* memory, const std::uint8_t* saved, std::uint64_t size) {
  if (cards_[-1] == 0) return;
  cards_[-1] = 0;
  std::memcpy(memory, saved, std::min(size, artifact::kCardReach));
}

void CardTable::clear(std::uint64_t size, bool touched_beyond) {
  cards_[-1] = 0;
  const std::uint64_t count = size >> shift_;
  std::memset(cards_, 0, count);
  if (!touched_beyond) return;
  constexpr std::uint64_t kPage = 4096;
  const std::uint64_t from = (count + kPage - 1) / kPage * kPage;
  // Where the system does not want to, they stay, and mean nothing.
  if (from < artifact::kCardBytes)
    static_cast<void>(madvise(cards_ + from, artifact::kCardBytes - from, MADV_DONTNEED));
}

}  // namespace tenon::runtime
