#include "compiler/optimize/pointer_sum.hpp"

#include <llvm/ADT/APInt.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Operator.h>

namespace tenon::compiler {
namespace {

// Adds the constants of `index` to `offset`; what is left.
llvm::Value* without_constant(llvm::Value* index, std::uint64_t& offset) {
  constexpr unsigned kMostSteps = 4;
  for (unsigned i = 0; i < kMostSteps; ++i) {
    auto* add = llvm::dyn_cast<llvm::BinaryOperator>(index);
    if (add == nullptr || add->getOpcode() != llvm::Instruction::Add) break;
    auto* constant = llvm::dyn_cast<llvm::ConstantInt>(add->getOperand(1));
    if (constant == nullptr) break;
    offset += constant->getZExtValue();
    index = add->getOperand(0);
  }
  return index;
}

}  // namespace

PointerSum sum_of(llvm::Value* pointer, const llvm::DataLayout& layout) {
  PointerSum sum{.origin = {.root = pointer}};
  auto& [origin, offset] = sum;
  const auto strip_constants = [&] {
    llvm::APInt constants(64, 0);
    origin.root = origin.root->stripAndAccumulateConstantOffsets(layout, constants, true);
    offset += constants.getZExtValue();
  };
  strip_constants();
  for (llvm::Value*& index : origin.indices) {
    auto* access = llvm::dyn_cast<llvm::GEPOperator>(origin.root);
    if (access == nullptr || access->getNumIndices() != 1 ||
        !access->getSourceElementType()->isIntegerTy(8) || !access->getOperand(1)->getType()->isIntegerTy(64))
      break;
    index = without_constant(access->getOperand(1), offset);
    origin.root = access->getPointerOperand();
    strip_constants();
  }
  return sum;
}

}  // namespace tenon::compiler
