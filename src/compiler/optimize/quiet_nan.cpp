// Keeps the quieting of signalling NaNs, which the specification requires of
// every arithmetic operator (section 4.3.3, "NaN propagation") and which LLVM's
// simplifications give up: x * 1, x / 1, x + -0, x - 0 and the like, and a
// demotion of a promotion all become x. There, and only there, the operand goes
// through llvm.canonicalize. (fmin and fmax: see float_minimum.cpp.) Runs once,
// after mem2reg (so that constants in locals are seen), before anything simplifies.
//
// Such a constant may meet its operator only later: inlining, forwarding of stores and
// what a branch tells bring them together. Where one sets out on such a way it is
// hidden from LLVM, as a load from a variable that others might have set. What LLVM
// would find to be constant is folded here first. (docs/llvm.md names what is left.)
#include "compiler/optimize/quiet_nan.hpp"

#include <llvm/Analysis/InstructionSimplify.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/Support/KnownBits.h>

namespace tenon::compiler {

namespace {

// What is under casts of bits, which stand between any two vector operators.
llvm::Value* under_casts(llvm::Value* value) {
  while (auto* cast = llvm::dyn_cast<llvm::BitCastOperator>(value)) value = cast->getOperand(0);
  return value;
}

// The builder leaves expressions of constants as they are where it would have to
// know the order of bytes: lanes of other widths, and what is taken from those.
llvm::Constant* folded(llvm::Constant* constant, llvm::Type* type, const llvm::DataLayout& layout) {
  constant = llvm::ConstantFoldConstant(constant, layout);
  if (constant->getType() == type) return constant;
  return llvm::ConstantFoldCastOperand(llvm::Instruction::BitCast, constant, type, layout);
}

// The constant that a value is, if it is one: ConstantFP, or lanes of them.
llvm::Constant* as_constant(llvm::Value* value, const llvm::DataLayout& layout) {
  auto* constant = llvm::dyn_cast<llvm::Constant>(under_casts(value));
  return constant == nullptr ? nullptr : folded(constant, value->getType(), layout);
}

// Of a number, its one lane.
template <typename Visit>
void for_each_lane(const llvm::Constant& constant, Visit visit) {
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(constant.getType());
  for (unsigned i = 0; i < (vector == nullptr ? 1 : vector->getNumElements()); ++i) {
    visit(vector == nullptr ? &constant : constant.getAggregateElement(i));
  }
}

// One lane is enough: LLVM takes vectors apart.
bool is_identity_like(llvm::Value* value, const llvm::DataLayout& layout) {
  const auto* constant = as_constant(value, layout);
  if (constant == nullptr) return false;
  bool found = false;
  for_each_lane(*constant, [&](const llvm::Constant* lane) {
    const auto* number = llvm::dyn_cast_or_null<llvm::ConstantFP>(lane);
    found = found || (number != nullptr &&
                      (number->isZero() || number->isExactlyValue(1.0) || number->isExactlyValue(-1.0)));
  });
  return found;
}

bool is_promotion(llvm::Value* value) { return llvm::isa<llvm::FPExtInst>(under_casts(value)); }

// 1, -1 and -0; of +0, which only x - 0 makes an identity, a use that tells
// little is passed over, since hiding it would cost more than it is worth.
bool travels(const llvm::Constant& constant, bool with_zero) {
  bool found = false;
  for_each_lane(constant, [&](const llvm::Constant* lane) {
    const auto* number = llvm::dyn_cast_or_null<llvm::ConstantFP>(lane);
    if (number == nullptr) return;
    found = found || number->isExactlyValue(1.0) || number->isExactlyValue(-1.0) ||
            (number->isZero() && (with_zero || number->isNegative()));
  });
  return found;
}

// The bits of 1 or -1, which are hardly ever an integer.
bool is_one_in_bits(const llvm::Constant& constant) {
  const auto* bits = llvm::dyn_cast<llvm::ConstantInt>(&constant);
  if (bits == nullptr) return false;
  const std::uint64_t one = bits->getBitWidth() == 32 ? 0x3F80'0000 : 0x3FF0'0000'0000'0000;
  return (bits->getBitWidth() == 32 || bits->getBitWidth() == 64) &&
         (bits->getZExtValue() & ~(std::uint64_t{1} << (bits->getBitWidth() - 1))) == one;
}

// A v128 may be lanes of either kind. All zeros are as a rule integers.
bool travels_as_lanes(llvm::Constant& constant, bool with_zero, const llvm::DataLayout& layout) {
  auto* type = constant.getType();
  if (type->isFPOrFPVectorTy()) return travels(*folded(&constant, type, layout), with_zero);
  if (!type->isVectorTy()) return is_one_in_bits(constant);
  auto as_lanes = [&](llvm::Type* lane, unsigned count) {
    return travels(*folded(&constant, llvm::FixedVectorType::get(lane, count), layout), false);
  };
  return as_lanes(llvm::Type::getFloatTy(type->getContext()), 4) ||
         as_lanes(llvm::Type::getDoubleTy(type->getContext()), 2);
}

// Whether an operand of the instruction may turn up as that of another, in a
// form that this pass does not see; `with_zero` says whether +0 is hidden, too.
bool is_way(const llvm::Instruction& instruction, bool& with_zero) {
  with_zero = llvm::isa<llvm::ReturnInst, llvm::InsertValueInst>(instruction);
  if (const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction)) {
    with_zero = true;
    return !llvm::isa<llvm::IntrinsicInst>(call);
  }
  // Where a number is equal to a constant, LLVM takes the one for the other.
  const auto* compare = llvm::dyn_cast<llvm::CmpInst>(&instruction);
  return with_zero || (compare != nullptr && compare->isEquality()) ||
         llvm::isa<llvm::PHINode, llvm::SelectInst, llvm::StoreInst, llvm::InsertElementInst,
                   llvm::ShuffleVectorInst>(instruction);
}

class Hiding {
 public:
  explicit Hiding(llvm::Module& module) : module_(module) {}

  bool run(llvm::Instruction& instruction) {
    bool with_zero = false, changed = false;
    if (!is_way(instruction, with_zero)) return false;
    for (llvm::Use& use : instruction.operands()) {
      auto* constant = as_constant(use.get(), module_.getDataLayout());
      if (constant == nullptr || !travels_as_lanes(*constant, with_zero, module_.getDataLayout())) continue;
      auto* phi = llvm::dyn_cast<llvm::PHINode>(&instruction);
      use.set(hidden(*constant, phi == nullptr ? &instruction : phi->getIncomingBlock(use)->getTerminator()));
      changed = true;
    }
    return changed;
  }

 private:
  // The same load for every use at a place: edges from one block to another
  // carry the same value.
  llvm::Value* hidden(llvm::Constant& constant, llvm::Instruction* before) {
    auto*& load = loads_[{&constant, before}];
    if (load != nullptr) return load;
    auto*& variable = variables_[&constant];
    if (variable == nullptr) {
      variable = new llvm::GlobalVariable(module_, constant.getType(), true,
                                          llvm::GlobalValue::InternalLinkage, &constant, "hidden");
      variable->setExternallyInitialized(true);  // for all that LLVM knows
    }
    load = llvm::IRBuilder<>(before).CreateLoad(constant.getType(), variable);
    load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(module_.getContext(), {}));
    return load;
  }

  llvm::Module& module_;
  llvm::DenseMap<llvm::Constant*, llvm::GlobalVariable*> variables_;
  llvm::DenseMap<std::pair<llvm::Constant*, llvm::Instruction*>, llvm::LoadInst*> loads_;
};

// Operators that change a sign, or bits, and that LLVM moves a demotion across.
bool moves_demotions(const llvm::Instruction& instruction) {
  if (const auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction)) {
    return call->getIntrinsicID() == llvm::Intrinsic::fabs ||
           call->getIntrinsicID() == llvm::Intrinsic::copysign;
  }
  return instruction.getOpcode() == llvm::Instruction::FNeg || instruction.isBitwiseLogicOp();
}

// A promoted value on such a way may meet its demotion.
bool is_promotion_under_way(const llvm::Value& promoted) {
  return llvm::any_of(promoted.users(), [](const llvm::User* user) {
    const auto& instruction = *llvm::cast<llvm::Instruction>(user);
    bool ignored = false;
    return is_way(instruction, ignored) || moves_demotions(instruction) ||
           (llvm::isa<llvm::BitCastInst>(instruction) && is_promotion_under_way(instruction));
  });
}

bool may_be_folded_to_operand(llvm::Instruction& instruction) {
  const auto& layout = instruction.getDataLayout();
  switch (instruction.getOpcode()) {
    case llvm::Instruction::FAdd:
    case llvm::Instruction::FSub:
    case llvm::Instruction::FMul:
    case llvm::Instruction::FDiv:
      return is_identity_like(instruction.getOperand(0), layout) ||
             is_identity_like(instruction.getOperand(1), layout);
    case llvm::Instruction::FPTrunc: return is_promotion(instruction.getOperand(0));
    case llvm::Instruction::FPExt: return is_promotion_under_way(instruction);
    default: return false;
  }
}

void canonicalize_operands(llvm::Instruction& instruction) {
  llvm::IRBuilder<> builder(&instruction);
  const unsigned count = llvm::isa<llvm::CastInst>(instruction) ? 1 : 2;
  for (unsigned i = 0; i < count; ++i) {
    auto* operand = instruction.getOperand(i);
    if (auto* constant = as_constant(operand, instruction.getDataLayout())) {
      instruction.setOperand(i, quiet_constant(constant, instruction.getDataLayout()));
      continue;
    }
    instruction.setOperand(i, builder.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, operand));
  }
}

// Which NaN an operator on constants gives is for the processor to say.
bool may_be_nan(const llvm::Constant& constant) {
  if (!constant.getType()->isFPOrFPVectorTy()) return false;
  bool found = false;
  for_each_lane(constant, [&](const llvm::Constant* lane) {
    const auto* number = llvm::dyn_cast_or_null<llvm::ConstantFP>(lane);
    found = found || number == nullptr || number->isNaN();
  });
  return found;
}

// What becomes a float, and LLVM would see to be a constant, becomes that. Looks at no
// more than `steps` operators before it.
bool simplify_before(llvm::Use& use, unsigned& steps) {
  auto* instruction = llvm::dyn_cast<llvm::Instruction>(use.get());
  if (instruction == nullptr || steps == 0 || llvm::isa<llvm::PHINode>(instruction)) return false;
  --steps;
  if (!instruction->getType()->isIntOrIntVectorTy()) return false;
  bool changed = false;
  for (llvm::Use& operand : instruction->operands()) changed |= simplify_before(operand, steps);
  const auto& layout = instruction->getDataLayout();
  auto* constant = llvm::dyn_cast_or_null<llvm::Constant>(llvm::simplifyInstruction(instruction, layout));
  if (constant == nullptr && instruction->getType()->isIntegerTy()) {
    const llvm::KnownBits known = llvm::computeKnownBits(instruction, layout);
    if (known.isConstant()) constant = llvm::ConstantInt::get(instruction->getType(), known.getConstant());
  }
  if (constant == nullptr) return changed;
  use.set(constant);
  return true;
}

bool becomes_float(const llvm::Instruction& instruction) {
  return llvm::isa<llvm::CastInst>(instruction) && instruction.getType()->isFPOrFPVectorTy() &&
         instruction.getOperand(0)->getType()->isIntOrIntVectorTy();
}

// Constants that are put together only here, after mem2reg.
bool fold_constants(llvm::Function& function) {
  constexpr unsigned kSteps = 16;
  bool changed = false;
  for (auto& instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
    const bool is_plain = llvm::isa<llvm::CastInst, llvm::BinaryOperator, llvm::UnaryOperator, llvm::CmpInst,
                                    llvm::SelectInst, llvm::InsertElementInst, llvm::ExtractElementInst,
                                    llvm::ShuffleVectorInst, llvm::IntrinsicInst>(instruction);
    if (!is_plain) continue;
    unsigned steps = kSteps;
    if (becomes_float(instruction)) changed |= simplify_before(instruction.getOperandUse(0), steps);
    if (!llvm::all_of(instruction.operands(), llvm::IsaPred<llvm::Constant>)) continue;
    auto* constant = llvm::ConstantFoldInstruction(&instruction, function.getDataLayout());
    if (constant == nullptr || may_be_nan(*constant)) continue;
    instruction.replaceAllUsesWith(constant);
    instruction.eraseFromParent();
    changed = true;
  }
  return changed;
}

llvm::Constant* quiet_lane(llvm::Constant* lane) {
  auto* number = llvm::dyn_cast<llvm::ConstantFP>(lane);
  if (number == nullptr || !number->getValueAPF().isSignaling()) return lane;
  return llvm::ConstantFP::get(number->getType(), number->getValueAPF().makeQuiet());
}

}  // namespace

llvm::Value* quiet_constant(llvm::Value* value, const llvm::DataLayout& layout) {
  auto* constant = as_constant(value, layout);
  if (constant == nullptr) return value;
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(constant->getType());
  if (vector == nullptr) return quiet_lane(constant);
  llvm::SmallVector<llvm::Constant*, 4> lanes;
  for (unsigned i = 0; i < vector->getNumElements(); ++i) {
    lanes.push_back(quiet_lane(constant->getAggregateElement(i)));
  }
  return llvm::ConstantVector::get(lanes);
}

llvm::PreservedAnalyses QuietNanPass::run(llvm::Function& function, llvm::FunctionAnalysisManager&) {
  bool changed = fold_constants(function);
  llvm::SmallVector<llvm::Instruction*> found;
  for (auto& instruction : llvm::instructions(function)) {
    if (may_be_folded_to_operand(instruction)) found.push_back(&instruction);
  }
  for (auto* instruction : found) canonicalize_operands(*instruction);
  Hiding hiding(*function.getParent());
  changed |= !found.empty();
  for (auto& instruction : llvm::instructions(function)) changed |= hiding.run(instruction);
  return !changed ? llvm::PreservedAnalyses::all() : llvm::PreservedAnalyses::none();
}

}  // namespace tenon::compiler
