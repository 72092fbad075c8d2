#include "compiler/optimize/work_budget.hpp"

#include <gtest/gtest.h>

#include "compiler/machine/target.hpp"
#include "compiler/optimize/optimize.hpp"
#include "compiler/optimize/pipeline.hpp"

#include <llvm/AsmParser/Parser.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/JumpThreading.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Utils/LCSSA.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>

namespace tenon::compiler {
namespace {

class WorkBudgetTest : public testing::Test {
 protected:
  std::unique_ptr<llvm::Module> parse(const std::string& text) {
    llvm::SMDiagnostic diagnostic;
    auto module = llvm::parseAssemblyString(text, diagnostic, context_);
    EXPECT_NE(module, nullptr) << diagnostic.getMessage().str();
    return module;
  }

  void optimize_at(unsigned level, llvm::Module& module, WorkBudget& budget) {
    auto machine = make_target_machine({.optimization_level = static_cast<std::uint8_t>(level)});
    ASSERT_TRUE(machine);
    module.setTargetTriple((*machine)->getTargetTriple());
    module.setDataLayout((*machine)->createDataLayout());
    optimize(module, **machine, level, false, {}, budget);
  }

  llvm::LLVMContext context_;
};

// A function of 80 instructions, and another that calls it `calls` times.
std::string calls_of_a_small_function(int calls) {
  std::string text = "@g = global i32 0\ndefine internal void @small() {\n";
  for (int i = 0; i < 20; ++i) {
    const auto n = std::to_string(i);
    text += "%a" + n + " = load volatile i32, ptr @g\n%b" + n + " = mul i32 %a" + n + ", %a" + n + "\n%c" +
            n + " = xor i32 %b" + n + ", " + std::to_string(i * 77 + 1) + "\nstore volatile i32 %c" + n +
            ", ptr @g\n";
  }
  text += "ret void\n}\ndefine void @large() {\n";
  for (int i = 0; i < calls; ++i) text += "call void @small()\n";
  return text + "ret void\n}\n";
}

// Two bytes of WebAssembly call a function; 30,000 calls of a small one once took
// a minute, and more than a gigabyte.
TEST_F(WorkBudgetTest, BoundsWhatIsInlined) {
  for (const unsigned level : {1U, 2U, 3U}) {
    auto module = parse(calls_of_a_small_function(5000));
    auto budget = WorkBudget::of(10'000, level);
    optimize_at(level, *module, budget);
    const auto count = module->getFunction("large")->getInstructionCount();
    EXPECT_LT(count, 60'000u);
    EXPECT_GT(count, level > 1 ? 30'000u : 0u);  // as far as the budget goes
  }
}

TEST_F(WorkBudgetTest, LeavesUsualInliningAlone) {
  auto module = parse(calls_of_a_small_function(100));
  auto budget = WorkBudget::of(1000, 2);
  optimize_at(2, *module, budget);
  EXPECT_EQ(module->getFunction("small"), nullptr);
}

// Each calls the next one, and the last one the first.
std::string ring_of_functions(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "define void @f" + std::to_string(i) + "() {\ncall void @f" + std::to_string((i + 1) % count) +
            "()\nret void\n}\n";
  }
  return text;
}

// LLVM takes time and memory of all for each that comes off such a ring: 14 KB took
// 4 s and 740 MB.
TEST_F(WorkBudgetTest, OfAGreatRingOfFunctionsFewAreInlined) {
  auto module = parse(ring_of_functions(2000));
  auto budget = WorkBudget::of(14'000, 2);
  optimize_at(2, *module, budget);
  EXPECT_GT(module->size(), 1'500u);
}

// `loops` one after the other, each of which goes on where the one before it ended.
std::string loops_in_a_chain(int loops) {
  std::string text = "define i32 @f(i32 %n) {\nentry:\nbr label %l0\n";
  std::string from = "entry", value = "0";
  for (int i = 0; i < loops; ++i) {
    const auto n = std::to_string(i);
    text += "l" + n + ":\n%i" + n + " = phi i32 [ " + value + ", %" + from + " ], [ %s" + n + ", %l" + n +
            " ]\n%s" + n + " = add i32 %i" + n + ", 4\n%c" + n + " = icmp ult i32 %s" + n + ", %n\nbr i1 %c" +
            n + ", label %l" + n + ", label %l" + std::to_string(i + 1) + "\n";
    from = "l" + n;
    value = "%s" + n;
  }
  return text + "l" + std::to_string(loops) + ":\nret i32 " + value + "\n}\n";
}

TEST_F(WorkBudgetTest, AChainOfLoopsIsBroken) {
  auto module = parse(loops_in_a_chain(100));
  auto& function = *module->getFunction("f");
  EXPECT_EQ(count_loops(function).loops, 100u);
  EXPECT_EQ(count_loops(function).longest_chain, 100u);
  llvm::FunctionAnalysisManager analyses;
  BreakLoopChainsPass::run(function, analyses);
  EXPECT_EQ(count_loops(function).longest_chain, kLongestChain);
  EXPECT_FALSE(llvm::verifyFunction(function, &llvm::errs()));
}

TEST_F(WorkBudgetTest, AShortChainStays) {
  auto module = parse(loops_in_a_chain(kLongestChain));
  llvm::FunctionAnalysisManager analyses;
  EXPECT_TRUE(BreakLoopChainsPass::run(*module->getFunction("f"), analyses).areAllPreserved());
}

// What a call that may throw gives is there only behind the end of its block.
TEST_F(WorkBudgetTest, AValueThatEndsItsBlockIsNotCopiedBeforeIt) {
  std::string text = loops_in_a_chain(20);
  const std::string edge = "br i1 %c18, label %l18, label %l19\n";
  text.replace(
      text.find(edge), edge.size(),
      "br i1 %c18, label %l18, label %call\ncall:\n%r = invoke i32 @g(i32 %s18) to label %l19 unwind label "
      "%caught\ncaught:\n%p = landingpad { ptr, i32 } cleanup\nret i32 0\n");
  const std::string phi = "[ %s18, %l18 ], [ %s19";
  text.replace(text.find(phi), phi.size(), "[ %r, %call ], [ %s19");
  text.insert(text.find(" {\n"), " personality ptr @p");
  auto module = parse(text + "declare i32 @g(i32)\ndeclare i32 @p()\n");
  llvm::FunctionAnalysisManager analyses;
  BreakLoopChainsPass::run(*module->getFunction("f"), analyses);
  EXPECT_FALSE(llvm::verifyModule(*module, &llvm::errs()));
}

class MayRun : public WorkBudgetTest {
 protected:
  template <typename Pass>
  bool may_run(WorkBudget& budget, const llvm::Function& function, const Pass& pass) {
    llvm::PassInstrumentationCallbacks callbacks;
    budget.watch(callbacks);
    return llvm::PassInstrumentation(&callbacks).runBeforePass<llvm::Function>(pass, function);
  }
};

TEST_F(MayRun, AsLongAsTheBudgetLasts) {
  auto module = parse(calls_of_a_small_function(1000));
  const auto& large = *module->getFunction("large");
  WorkBudget budget(2500, 0);
  int runs = 0;
  while (may_run(budget, large, llvm::SROAPass(llvm::SROAOptions::ModifyCFG))) ++runs;
  EXPECT_EQ(runs, 2);
  EXPECT_TRUE(may_run(budget, *module->getFunction("small"), llvm::SROAPass(llvm::SROAOptions::ModifyCFG)));
}

TEST_F(MayRun, LoopsAreBroughtIntoFormInAnyCase) {
  auto module = parse(calls_of_a_small_function(1000));
  const auto& large = *module->getFunction("large");
  WorkBudget budget(2500, 0);
  EXPECT_TRUE(may_run(budget, large, llvm::LoopSimplifyPass()));
  EXPECT_TRUE(may_run(budget, large, llvm::LCSSAPass()));
  EXPECT_FALSE(may_run(budget, large, llvm::SROAPass(llvm::SROAOptions::ModifyCFG)));
}

TEST_F(MayRun, WhatAPassMultipliesIsCounted) {
  auto module = parse(loops_in_a_chain(10'000));
  const auto& function = *module->getFunction("f");
  WorkBudget budget(1'000'000, 0);
  EXPECT_FALSE(may_run(budget, function, llvm::JumpThreadingPass()));
  EXPECT_TRUE(may_run(budget, function, llvm::SROAPass(llvm::SROAOptions::ModifyCFG)));
}

// One value, with as many conditions on it as uses.
TEST_F(MayRun, ConditionsOnAValueAreCountedForEachOfItsUses) {
  std::string text = "define i32 @f(i32 %n) {\n";
  for (int i = 0; i < 3000; ++i) {
    const auto n = std::to_string(i);
    text += "%c" + n + " = icmp eq i32 %n, " + n + "\nbr i1 %c" + n + ", label %l" + n + ", label %l" + n +
            "\nl" + n + ":\n";
  }
  auto module = parse(text + "ret i32 0\n}\n");
  const auto& function = *module->getFunction("f");
  WorkBudget budget(200'000, 0);
  EXPECT_FALSE(may_run(budget, function, llvm::InstCombinePass()));
  EXPECT_FALSE(may_run(budget, function, llvm::GVNPass()));
  EXPECT_TRUE(may_run(budget, function, llvm::SROAPass(llvm::SROAOptions::ModifyCFG)));
}

}  // namespace
}  // namespace tenon::compiler
