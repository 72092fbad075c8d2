// The cards of a memory (artifact/abi.hpp): which pieces of it were written since they were
// last looked at.
#pragma once

#include <cstdint>
#include <cstring>

#include "artifact/abi.hpp"

namespace tenon::runtime {

class CardTable {
 public:
  CardTable() = default;  // none: nothing is known of writes
  CardTable(std::uint8_t* memory_base, unsigned shift)
      : cards_(memory_base - artifact::kCardsBefore), shift_(shift) {}

  [[nodiscard]] bool exists() const { return cards_ != nullptr; }
  // For what the host and the runtime write. Precondition: the bytes are inside the memory.
  void mark(std::uint64_t address, std::uint64_t bytes) {
    if (!exists() || bytes == 0) return;
    const std::uint64_t first = address >> shift_, last = (address + bytes - 1) >> shift_;
    if (first == last) [[likely]] {
      cards_[first] = 1;
    } else {
      std::memset(cards_ + first, 1, last - first + 1);
    }
  }
  // Copies what is marked from `saved` to `memory`, `size` bytes each, and takes the marks away.
  void undo(std::uint8_t* memory, const std::uint8_t* saved, std::uint64_t size);
  // Takes them away. Where `touched_beyond`, a guest may have marked cards of addresses behind
  // the memory, where it then trapped: their pages go back to the system.
  void clear(std::uint64_t size, bool touched_beyond);

 private:
  // What marks of the card before the first stand for (kPageBeforeCards).
  void undo_below(std::uint8_t* memory, const std::uint8_t* saved, std::uint64_t size);

  std::uint8_t* cards_ = nullptr;  // that of address 0
  unsigned shift_ = 0;
};

}  // namespace tenon::runtime
