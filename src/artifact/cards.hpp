// Which of its own memories the code of a resettable module marks the cards of (abi.hpp):
// the compiler and the runtime go by the same rule.
#pragma once

#include <cstddef>

#include <tenon/types.hpp>

#include "artifact/abi.hpp"

namespace tenon::artifact {

// Asked for each of the module's own memories, in order.
//
// Not a shared one, which is no part of an instance's state; nor a 64-bit one, whose cards would
// have no place. An imported memory has none either: code without marks may write to it.
class MemoriesWithCards {
 public:
  [[nodiscard]] constexpr bool has_cards(const MemoryType& type) {
    if (type.is_64 || type.is_shared || left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  std::size_t left_ = kMostMemoriesWithCards;
};

}  // namespace tenon::artifact
