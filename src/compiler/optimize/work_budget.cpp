#include "compiler/optimize/work_budget.hpp"

#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/BlockFrequencyInfo.h>
#include <llvm/Analysis/EphemeralValuesCache.h>
#include <llvm/Analysis/InlineAdvisor.h>
#include <llvm/Analysis/InlineCost.h>
#include <llvm/Analysis/LazyCallGraph.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/OptimizationRemarkEmitter.h>
#include <llvm/Analysis/TargetTransformInfo.h>

#include "compiler/optimize/conditions.hpp"

namespace tenon::compiler {

namespace {

std::uint64_t instructions_of(const llvm::Any& code) {
  std::uint64_t count = 0;
  if (const auto* function = llvm::any_cast<const llvm::Function*>(&code)) {
    count = (*function)->getInstructionCount();
  } else if (const auto* loop = llvm::any_cast<const llvm::Loop*>(&code)) {
    for (const auto* block : (*loop)->blocks()) count += block->size();
  } else if (const auto* component = llvm::any_cast<const llvm::LazyCallGraph::SCC*>(&code)) {
    for (const auto& node : **component) count += node.getFunction().getInstructionCount();
  } else if (const auto* module = llvm::any_cast<const llvm::Module*>(&code)) {
    count = (*module)->getInstructionCount();
  }
  return count;
}

std::uint64_t square(std::uint64_t number) { return number * number; }

// What scalar evolution does for a loop: it looks at all conditions on the way there,
// and puts together what came through other loops (loop_chains.hpp).
std::uint64_t evolution(const LoopCounts& counts) {
  const std::uint64_t excess =
      counts.longest_chain > kLongestChain ? counts.longest_chain - kLongestChain : 0;
  return 10 * (counts.loops + square(excess));
}

// Loop passes rely on what these do, so where a small loop may still be looked at,
// these must have looked at all of the function.
bool brings_into_form(llvm::StringRef pass) { return pass == "LoopSimplifyPass" || pass == "LCSSAPass"; }

bool asks_evolution(llvm::StringRef loop_pass) {
  return loop_pass == "IndVarSimplifyPass" || loop_pass == "LoopFullUnrollPass" ||
         loop_pass == "LoopIdiomRecognizePass" || loop_pass == "LoopDeletionPass";
}

// For each use of a value, all conditions on it (hide_conditions.cpp). What cannot be
// hidden there, and the copies themselves.
std::uint64_t conditions_by_uses(const llvm::Function& function) {
  std::uint64_t products = 0;
  for (const auto& [value, uses] :
       conditions_of(const_cast<llvm::Function&>(function)))  // it changes nothing
    if (uses.size() > 1) products += 2 * uses.size() * value->getNumUses();
  return products;
}

// What a pass does beyond looking at each instruction: steps in proportion to a
// product, as measured, in visits of an instruction (about 0.7 us).
std::uint64_t products(llvm::StringRef pass, const llvm::Function& function) {
  // Folds each block that it empties into one with ever more predecessors.
  if (pass == "JumpThreadingPass") return square(function.size()) / 20;
  if (pass == "InstCombinePass" || pass == "GVNPass") return conditions_by_uses(function);
  if (pass != "LoopVectorizePass" && pass != "LoopUnrollPass") return 0;
  const auto counts = count_loops(function);
  return counts.loops * evolution(counts);
}

}  // namespace

void WorkBudget::watch(llvm::PassInstrumentationCallbacks& callbacks) {
  callbacks.registerShouldRunOptionalPassCallback(
      [this](llvm::StringRef pass, llvm::Any code) { return may_run(pass, code); });
}

bool WorkBudget::may_run(llvm::StringRef pass, const llvm::Any& code) {
  std::uint64_t visits = instructions_of(code);
  if (const auto* component = llvm::any_cast<const llvm::LazyCallGraph::SCC*>(&code))
    component_ = static_cast<std::uint64_t>((*component)->size());
  if (const auto* function = llvm::any_cast<const llvm::Function*>(&code)) {
    visits += products(pass, **function);
    loops_in_ = nullptr;
  } else if (const auto* loop = llvm::any_cast<const llvm::Loop*>(&code)) {
    const auto* function = (*loop)->getHeader()->getParent();
    if (std::exchange(loops_in_, function) != function) loops_ = count_loops(*function);
    if (asks_evolution(pass)) visits += evolution(loops_);
  }
  if (brings_into_form(pass)) visits = std::min(visits, visits_);
  if (visits > visits_) return false;
  visits_ -= visits;
  return true;
}

bool WorkBudget::take_copies(std::uint64_t instructions) {
  // For each, LLVM brings its graph of calls up to date, where functions that call each
  // other may come apart: time and memory of all of them, for each that comes off.
  const std::uint64_t visits = component_ * component_ / 100;
  if (instructions > copies_ || visits > visits_) return false;
  copies_ -= instructions;
  visits_ -= visits;
  return true;
}

namespace {

// How the advisor, which LLVM makes, comes to its budget.
class BudgetAnalysis : public llvm::AnalysisInfoMixin<BudgetAnalysis> {
 public:
  struct Result {
    WorkBudget* budget;
    bool invalidate(llvm::Function&, const llvm::PreservedAnalyses&,
                    llvm::FunctionAnalysisManager::Invalidator&) {
      return false;
    }
  };
  static llvm::AnalysisKey Key;

  explicit BudgetAnalysis(WorkBudget& budget) : budget_(&budget) {}
  Result run(llvm::Function&, llvm::FunctionAnalysisManager&) const { return {budget_}; }

 private:
  WorkBudget* budget_;
};
llvm::AnalysisKey BudgetAnalysis::Key;

class BoundedAdvisor : public llvm::InlineAdvisor {
 public:
  BoundedAdvisor(llvm::Module& module, llvm::FunctionAnalysisManager& functions,
                 llvm::InlineParams parameters, llvm::InlineContext context)
      : llvm::InlineAdvisor(module, functions, context), parameters_(std::move(parameters)) {}

 private:
  std::unique_ptr<llvm::InlineAdvice> getAdviceImpl(llvm::CallBase& call) override {
    auto& remarks = getCallerORE(call);
    auto& callee = *call.getCalledFunction();
    auto& target = FAM.getResult<llvm::TargetIRAnalysis>(callee);
    auto assumptions = [&](llvm::Function& function) -> llvm::AssumptionCache& {
      return FAM.getResult<llvm::AssumptionAnalysis>(function);
    };
    auto library = [&](llvm::Function& function) -> const llvm::TargetLibraryInfo& {
      return FAM.getResult<llvm::TargetLibraryAnalysis>(function);
    };
    auto frequencies = [&](llvm::Function& function) -> llvm::BlockFrequencyInfo& {
      return FAM.getResult<llvm::BlockFrequencyAnalysis>(function);
    };
    auto ephemerals = [&](llvm::Function& function) -> llvm::EphemeralValuesCache& {
      return FAM.getResult<llvm::EphemeralValuesAnalysis>(function);
    };
    auto cost_of = [&](llvm::CallBase& other) {
      return llvm::getInlineCost(other, parameters_, target, assumptions, library, frequencies,
                                 /*PSI=*/nullptr, /*ORE=*/nullptr, ephemerals);
    };
    auto cost = llvm::shouldInline(call, target, cost_of, remarks, /*EnableDeferral=*/false);
    auto& budget = *FAM.getResult<BudgetAnalysis>(*call.getCaller()).budget;
    if (cost && !budget.take_copies(callee.getInstructionCount())) cost.reset();
    return std::make_unique<llvm::DefaultInlineAdvice>(this, call, cost, remarks);
  }

  llvm::InlineParams parameters_;
};

}  // namespace

void register_inline_advisor(llvm::ModuleAnalysisManager& modules, llvm::FunctionAnalysisManager& functions,
                             WorkBudget& budget) {
  functions.registerPass([&] { return BudgetAnalysis(budget); });
  modules.registerPass([] {
    return llvm::PluginInlineAdvisorAnalysis([](llvm::Module& module, llvm::FunctionAnalysisManager& analyses,
                                                llvm::InlineParams parameters,
                                                llvm::InlineContext context) -> llvm::InlineAdvisor* {
      return new BoundedAdvisor(module, analyses, std::move(parameters), context);
    });
  });
}

}  // namespace tenon::compiler
