#include "compiler/analyze/cards.hpp"

#include <algorithm>

#include "artifact/cards.hpp"

namespace tenon::compiler {

Cards cards_of(const wasm::Module& source, const CompileOptions& options) {
  Cards cards;
  if (!options.resettable) return cards;
  artifact::MemoriesWithCards rule;
  std::uint64_t largest = 0;
  for (std::uint32_t i = source.imported_memories; i < source.memories.size(); ++i) {
    const MemoryType& type = source.memories[i];
    if (!rule.has_cards(type)) continue;
    cards.memories.push_back(i);
    largest = std::max(largest, type.limits.minimum);
  }
  if (!cards.memories.empty())
    cards.shift = largest < artifact::kManyPages ? artifact::kSmallCardShift : artifact::kLargeCardShift;
  return cards;
}

}  // namespace tenon::compiler
