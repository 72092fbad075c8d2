#include "compiler/optimize/loop_chains.hpp"

#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/Analysis/CFG.h>

#include <functional>

#include "compiler/optimize/unseen_copy.hpp"

namespace tenon::compiler {

namespace {

using Edge = std::pair<const llvm::BasicBlock*, const llvm::BasicBlock*>;

// What scalar evolution knows.
bool evolves(const llvm::Value& value) {
  return value.getType()->isIntegerTy() || value.getType()->isPointerTy();
}

class Chains {
 public:
  explicit Chains(const llvm::Function& function) {
    llvm::SmallVector<Edge> edges;
    llvm::FindFunctionBackedges(function, edges);
    back_edges_.insert(edges.begin(), edges.end());
    for (const auto& [from, header] : edges) headers_.insert(header);
  }

  [[nodiscard]] std::uint64_t loops() const { return headers_.size(); }
  [[nodiscard]] bool is_back_edge(const Edge& edge) const { return back_edges_.contains(edge); }

  // `visit` gets each phi of a header with the number of loops that its value has
  // come through, and returns that number, or another one to go on with.
  void walk(const llvm::Function& function,
            const std::function<unsigned(const llvm::PHINode&, unsigned)>& visit) const {
    // Of what is not there yet a value came along a back edge, and the header counts.
    llvm::DenseMap<const llvm::Value*, unsigned> lengths;
    const llvm::ReversePostOrderTraversal<const llvm::Function*> blocks(&function);
    for (const auto* block : blocks) {
      const bool is_header = headers_.contains(block);
      for (const auto& instruction : *block) {
        if (!evolves(instruction) || is_unseen_copy(instruction)) continue;
        unsigned length = 0;
        for (const auto& operand : instruction.operands()) length = std::max(length, lengths.lookup(operand));
        const auto* phi = is_header ? llvm::dyn_cast<llvm::PHINode>(&instruction) : nullptr;
        if (phi != nullptr) length = visit(*phi, length + 1);
        if (length > 0) lengths[&instruction] = length;
      }
    }
  }

 private:
  llvm::DenseSet<Edge> back_edges_;
  llvm::DenseSet<const llvm::BasicBlock*> headers_;
};

void begin_anew(llvm::PHINode& phi, const Chains& chains) {
  const auto* header = phi.getParent();
  // A block may have several edges here, each of which must bring the same.
  llvm::SmallDenseMap<llvm::BasicBlock*, llvm::Value*, 4> values;
  for (unsigned i = 0; i < phi.getNumIncomingValues(); ++i) {
    auto* from = phi.getIncomingBlock(i);
    if (chains.is_back_edge({from, header})) continue;
    auto& value = values[from];
    if (value == nullptr) {
      value = phi.getIncomingValue(i);
      // What a call gives that ends the block there is no place to copy.
      if (value != from->getTerminator()) value = unseen_copy(*value, *from->getTerminator());
    }
    phi.setIncomingValue(i, value);
  }
}

}  // namespace

LoopCounts count_loops(const llvm::Function& function) {
  const Chains chains(function);
  LoopCounts counts{.loops = chains.loops()};
  chains.walk(function, [&](const llvm::PHINode&, unsigned length) {
    counts.longest_chain = std::max<std::uint64_t>(counts.longest_chain, length);
    return length;
  });
  return counts;
}

llvm::PreservedAnalyses BreakLoopChainsPass::run(llvm::Function& function, llvm::FunctionAnalysisManager&) {
  const Chains chains(function);
  llvm::SmallVector<llvm::PHINode*> too_long;
  chains.walk(function, [&](const llvm::PHINode& phi, unsigned length) {
    if (length <= kLongestChain || !fits_a_register(*phi.getType())) return length;
    too_long.push_back(const_cast<llvm::PHINode*>(&phi));  // of `function`, which is not const
    return 1U;
  });
  if (too_long.empty()) return llvm::PreservedAnalyses::all();
  for (auto* phi : too_long) begin_anew(*phi, chains);
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

}  // namespace tenon::compiler
