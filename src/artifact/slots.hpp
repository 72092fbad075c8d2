// How many slots of 8 bytes values take, wherever they lie in memory between host
// and guest (abi.hpp, EntryFunction): v128 takes two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <tenon/types.hpp>

namespace tenon::artifact {

[[nodiscard]] constexpr std::uint32_t slots_of(ValueType type) { return type == ValueType::v128 ? 2 : 1; }

[[nodiscard]] constexpr std::size_t slots_of(const std::vector<ValueType>& types) {
  std::size_t slots = 0;
  for (const ValueType type : types) slots += slots_of(type);
  return slots;
}

}  // namespace tenon::artifact
