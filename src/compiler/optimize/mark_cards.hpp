// Marks before stores, for memories with cards (artifact/abi.hpp).
//
// The pass comes behind all that optimises, so that marks keep no store from being moved,
// merged or vectorised, and sees the stores that are really left.
//
// Safety: an unmarked store would survive when an instance is reset, and reach the next call.
// So the pass does not ask which stores lowering made. It goes through everything that
// writes; where it cannot tell what a pointer points into, the code compares it with each
// memory; and what it does not know ends the compilation.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/llvm.hpp"

namespace tenon::compiler {

struct MarkedMemories {
  std::vector<std::uint64_t> bases;    // where in the instance the base of each is
  std::vector<std::uint64_t> records;  // and its MemoryRecord
  unsigned shift = 0;                  // a card for 2^shift bytes
};

// Attributes of the functions that may write to a memory, and of their parameter that is the
// instance. By its place alone nobody may know it: passes over whole modules drop parameters
// and put others in their place.
inline constexpr char kTouchesMemory[] = "tenon-touches-memory";
inline constexpr char kInstance[] = "tenon-instance";

// Passes that would take the instance from functions that mark cards.
[[nodiscard]] inline bool changes_parameters(llvm::StringRef pass) {
  return pass == "ArgumentPromotionPass" || pass == "DeadArgumentEliminationPass";
}

class MarkCardsPass : public llvm::PassInfoMixin<MarkCardsPass> {
 public:
  explicit MarkCardsPass(MarkedMemories memories) : memories_(std::move(memories)) {}
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
  static bool isRequired() { return true; }

 private:
  MarkedMemories memories_;
};

}  // namespace tenon::compiler
