#include <gtest/gtest.h>

#include "compiler/optimize/pipeline.hpp"

namespace tenon::compiler {
namespace {

class SplitBlocks : public testing::Test {
 protected:
  SplitBlocks() : module_("test", context_), builder_(context_) {
    auto* i32 = builder_.getInt32Ty();
    function_ = llvm::Function::Create(llvm::FunctionType::get(i32, {i32}, false),
                                       llvm::GlobalValue::ExternalLinkage, "f", module_);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(context_, "entry", function_));
  }
  llvm::Value* sum(unsigned count) {
    llvm::Value* value = function_->getArg(0);
    for (unsigned i = 0; i < count; ++i) value = builder_.CreateAdd(value, function_->getArg(0));
    return value;
  }
  std::size_t largest() const {
    std::size_t most = 0;
    for (const auto& block : *function_) most = std::max(most, block.size());
    return most;
  }

  llvm::LLVMContext context_;
  llvm::Module module_;
  llvm::IRBuilder<> builder_;
  llvm::Function* function_;
};

TEST_F(SplitBlocks, StraightLineCodeDoesNotComeToTheSelectorInOneBlock) {
  builder_.CreateRet(sum(10'000));
  split_blocks(*function_);
  EXPECT_LE(largest(), 502u);
  EXPECT_EQ(function_->size(), 20u);
  EXPECT_FALSE(llvm::verifyFunction(*function_, &llvm::errs()));
}

TEST_F(SplitBlocks, SlotsStayInTheFirstBlock) {
  auto* value = sum(800);
  for (unsigned i = 0; i < 800; ++i)
    builder_.CreateStore(value, builder_.CreateAlloca(builder_.getInt32Ty()));
  builder_.CreateRet(sum(2000));
  split_blocks(*function_);
  for (const auto& instruction : llvm::instructions(*function_)) {
    const auto* slot = llvm::dyn_cast<llvm::AllocaInst>(&instruction);
    EXPECT_TRUE(slot == nullptr || slot->isStaticAlloca());
  }
  EXPECT_GE(function_->size(), 4u);
  EXPECT_FALSE(llvm::verifyFunction(*function_, &llvm::errs()));
}

// 498 sums and the call: the cut would fall between the call and what returns it.
TEST_F(SplitBlocks, ATailCallStaysWithItsReturn) {
  for (unsigned sums = 490; sums < 505; ++sums) {
    auto* type = function_->getFunctionType();
    auto* other = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "g", module_);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(context_, "entry", other));
    llvm::Value* value = other->getArg(0);
    for (unsigned i = 0; i < sums; ++i) value = builder_.CreateAdd(value, other->getArg(0));
    auto* call = builder_.CreateCall(function_, {value});
    call->setTailCallKind(llvm::CallInst::TCK_MustTail);
    builder_.CreateRet(call);
    split_blocks(*other);
    EXPECT_FALSE(llvm::verifyFunction(*other, &llvm::errs())) << sums;
    other->eraseFromParent();
  }
}

}  // namespace
}  // namespace tenon::compiler
