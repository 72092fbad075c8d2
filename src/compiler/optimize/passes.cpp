// The passes of -O2. LLVM's own list is made for what comes out of a front end,
// over which most of its passes go several times. WebAssembly has been through an
// optimising compiler already: what is left for this one is to inline (compilers
// to WebAssembly do so sparingly), to clean up after itself, and to find what only
// shows with pointers, vectors and the target at hand. So each pass runs once or
// twice, and those that find nothing any more not at all.
#include <llvm/Analysis/InlineCost.h>
#include <llvm/Transforms/IPO/DeadArgumentElimination.h>
#include <llvm/Transforms/IPO/ElimAvailExtern.h>
#include <llvm/Transforms/IPO/FunctionAttrs.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/GlobalOpt.h>
#include <llvm/Transforms/IPO/Inliner.h>
#include <llvm/Transforms/IPO/SCCP.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/BDCE.h>
#include <llvm/Transforms/Scalar/CorrelatedValuePropagation.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/DivRemPairs.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/IndVarSimplify.h>
#include <llvm/Transforms/Scalar/InstSimplifyPass.h>
#include <llvm/Transforms/Scalar/JumpThreading.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopDeletion.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimpleLoopUnswitch.h>
#include <llvm/Transforms/Utils/RelLookupTableConverter.h>
#include <llvm/Transforms/Vectorize/LoopVectorize.h>
#include <llvm/Transforms/Vectorize/VectorCombine.h>

#include "compiler/optimize/loop_chains.hpp"
#include "compiler/optimize/pipeline.hpp"

namespace tenon::compiler {

namespace {

llvm::SimplifyCFGPass simplify_control_flow() {
  return llvm::SimplifyCFGPass(llvm::SimplifyCFGOptions().convertSwitchRangeToICmp(true));
}

// Where nothing looks at the order of instructions from before any more.
llvm::SimplifyCFGOptions merging() {
  return llvm::SimplifyCFGOptions()
      .convertSwitchRangeToICmp(true)
      .convertSwitchToArithmetic(true)
      .hoistCommonInsts(true)
      .sinkCommonInsts(true);
}

llvm::LICMPass hoist_out_of_loops(bool speculate) {
  const llvm::PipelineTuningOptions tuning;
  return {tuning.LicmMssaOptCap, tuning.LicmMssaNoAccForPromotionCap, speculate};
}

llvm::FunctionPassManager first_cleanup() {
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::EarlyCSEPass());
  passes.addPass(simplify_control_flow());
  passes.addPass(HideConditionsPass());
  passes.addPass(llvm::InstCombinePass());
  return passes;
}

llvm::FunctionPassManager simplify_function() {
  llvm::FunctionPassManager passes;
  passes.addPass(HideFrozenPass());  // these four for what inlining brought
  passes.addPass(HideConditionsPass());
  passes.addPass(HideChainsPass());
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass(true));
  passes.addPass(llvm::JumpThreadingPass());
  passes.addPass(llvm::CorrelatedValuePropagationPass());
  passes.addPass(simplify_control_flow());
  passes.addPass(llvm::InstCombinePass());

  llvm::LoopPassManager rotated;
  rotated.addPass(hoist_out_of_loops(false));
  rotated.addPass(llvm::LoopRotatePass(true, false));
  rotated.addPass(hoist_out_of_loops(true));
  rotated.addPass(llvm::SimpleLoopUnswitchPass());
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(rotated), true));
  passes.addPass(simplify_control_flow());

  passes.addPass(BreakLoopChainsPass());
  llvm::LoopPassManager counted;
  // Counters stay as wide as they are. Compilers to WebAssembly let them run from -n
  // to zero: widened to 64 bits, such a counter and a constant are no address any
  // more, and each address is computed and masked on its own. As i32, the back end
  // sees that the sum cannot wrap and takes it for the counter.
  counted.addPass(llvm::IndVarSimplifyPass(/*WidenIndVars=*/false));
  counted.addPass(llvm::LoopDeletionPass());
  counted.addPass(llvm::LoopFullUnrollPass());
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(counted)));

  passes.addPass(llvm::GVNPass());
  passes.addPass(llvm::JumpThreadingPass());
  passes.addPass(llvm::CorrelatedValuePropagationPass());
  passes.addPass(llvm::BDCEPass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::DSEPass());
  passes.addPass(llvm::SimplifyCFGPass(merging()));
  return passes;
}

// Callees before callers: what is inlined has been simplified.
llvm::ModuleInlinerWrapperPass inline_and_simplify(int inline_threshold) {
  llvm::ModuleInlinerWrapperPass inliner(llvm::getInlineParams(inline_threshold));
  auto& passes = inliner.getPM();
  passes.addPass(llvm::PostOrderFunctionAttrsPass(true));
  passes.addPass(llvm::createCGSCCToFunctionPassAdaptor(simplify_function(), true, true));
  passes.addPass(llvm::PostOrderFunctionAttrsPass());
  return inliner;
}

llvm::FunctionPassManager vectorize_and_finish() {
  llvm::FunctionPassManager passes;
  passes.addPass(BreakLoopChainsPass());
  passes.addPass(llvm::LoopVectorizePass());
  passes.addPass(llvm::SimplifyCFGPass(
      merging().forwardSwitchCondToPhi(true).convertSwitchToLookupTable(true).needCanonicalLoops(false)));
  passes.addPass(llvm::VectorCombinePass());
  passes.addPass(llvm::LoopUnrollPass());
  passes.addPass(llvm::InstCombinePass());
  llvm::LoopPassManager last;
  last.addPass(hoist_out_of_loops(true));
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(last), true));
  // Loop passes leave a copy of each value that goes out of a loop.
  passes.addPass(llvm::InstSimplifyPass());
  passes.addPass(llvm::DivRemPairsPass());
  passes.addPass(llvm::SimplifyCFGPass(llvm::SimplifyCFGOptions()
                                           .convertSwitchRangeToICmp(true)
                                           .convertSwitchToArithmetic(true)
                                           .hoistLoadsStoresWithCondFaulting(true)
                                           .speculateUnpredictables(true)));
  return passes;
}

}  // namespace

llvm::ModulePassManager optimizing_passes(int inline_threshold) {
  llvm::ModulePassManager passes;
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(first_cleanup(), true));
  passes.addPass(llvm::IPSCCPPass());
  passes.addPass(llvm::GlobalOptPass());
  passes.addPass(inline_and_simplify(inline_threshold));
  passes.addPass(llvm::DeadArgumentEliminationPass());
  passes.addPass(llvm::GlobalDCEPass());
  passes.addPass(llvm::EliminateAvailableExternallyPass());
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(vectorize_and_finish(), true));
  passes.addPass(llvm::GlobalDCEPass());
  // No table of addresses: those would have to be written when the artifact is loaded.
  passes.addPass(llvm::RelLookupTableConverterPass());
  return passes;
}

}  // namespace tenon::compiler
