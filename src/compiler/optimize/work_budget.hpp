// How much work LLVM's passes may make of a module. A body's cost is known before
// it is lowered (body_cost.hpp), but not what becomes of it: two bytes that call a
// small function are a hundred instructions once it is inlined, and a loop of ten
// bytes as many once it is unrolled. So what passes look at is counted while they
// run. A pass that does not fit any more is left out, and what there is by then becomes
// code as it is: correct, and slower. Counts depend on nothing but the module, so the artifact
// does, too.
#pragma once

#include <algorithm>
#include <cstdint>

#include "compiler/llvm.hpp"
#include "compiler/optimize/loop_chains.hpp"

namespace tenon::compiler {

class WorkBudget {
 public:
  WorkBudget(std::uint64_t visits, std::uint64_t copies) : visits_(visits), copies_(copies) {}
  // Of code that so many bytes of WebAssembly became, at an optimisation level.
  [[nodiscard]] static WorkBudget of(std::uint64_t bytes, unsigned level) {
    const Limit& visits = kVisits[std::min(level, 3U)];
    return {visits.per_byte * bytes + visits.allowance, kCopies.per_byte * bytes + kCopies.allowance};
  }
  WorkBudget(const WorkBudget&) = delete;
  WorkBudget& operator=(const WorkBudget&) = delete;

  // Must come before the analyses are registered. The budget must outlive the passes.
  void watch(llvm::PassInstrumentationCallbacks& callbacks);
  // Whether so many instructions may be copied by inlining; if so, takes them.
  [[nodiscard]] bool take_copies(std::uint64_t instructions);

 private:
  struct Limit {
    std::uint64_t per_byte;
    std::uint64_t allowance;
  };
  // By level: LLVM's own lists have many more passes than that of -O2, and most find
  // little. A shard of real code took up to 72, 36 and 109 visits for each byte at
  // -O1 to -O3, and copied up to 0.95 instructions.
  static constexpr Limit kVisits[] = {{200, 8'000'000}, {200, 8'000'000}, {80, 3'000'000}, {300, 12'000'000}};
  static constexpr Limit kCopies{2, 20'000};

  bool may_run(llvm::StringRef pass, const llvm::Any& code);

  std::uint64_t visits_;  // of instructions by passes, that are left
  std::uint64_t copies_;
  std::uint64_t component_ = 1;               // how many functions that call each other are inlined into now
  const llvm::Function* loops_in_ = nullptr;  // the function that loop passes go over now,
  LoopCounts loops_;                          // and its loops
};

// Gives the inliner LLVM's own advice, as long as the budget lasts.
void register_inline_advisor(llvm::ModuleAnalysisManager& modules, llvm::FunctionAnalysisManager& functions,
                             WorkBudget& budget);

}  // namespace tenon::compiler
