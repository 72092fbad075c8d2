#include <gtest/gtest.h>

#include "compiler/optimize/pipeline.hpp"

namespace tenon::compiler {
namespace {

class HideExtensions : public testing::Test {
 protected:
  // A function that loads from so many places beside one widened number, and that number.
  llvm::Instruction* function_with(unsigned uses) {
    llvm::IRBuilder<> builder(context_);
    auto* i32 = builder.getInt32Ty();
    function_ = llvm::Function::Create(llvm::FunctionType::get(i32, {builder.getPtrTy(), i32}, false),
                                       llvm::GlobalValue::ExternalLinkage, "f", module_);
    builder.SetInsertPoint(llvm::BasicBlock::Create(context_, "entry", function_));
    auto* number = builder.CreateAnd(function_->getArg(1), builder.getInt32(~7U));
    auto* wide = llvm::cast<llvm::Instruction>(builder.CreateZExt(number, builder.getInt64Ty()));
    llvm::Value* sum = builder.getInt32(0);
    for (unsigned i = 0; i < uses; ++i) {
      auto* at = builder.CreateGEP(builder.getInt8Ty(), function_->getArg(0), wide);
      sum = builder.CreateAdd(
          sum, builder.CreateLoad(i32, builder.CreateConstGEP1_64(builder.getInt8Ty(), at, 4 * i)));
    }
    builder.CreateRet(sum);
    return wide;
  }

  llvm::LLVMContext context_;
  llvm::Module module_{"test", context_};
  llvm::Function* function_ = nullptr;
  llvm::FunctionAnalysisManager analyses_;
};

TEST_F(HideExtensions, ANumberInVeryManyAddressesHasOneUse) {
  auto* wide = function_with(1000);
  HideExtensionsPass::run(*function_, analyses_);
  EXPECT_TRUE(wide->hasOneUse());
  EXPECT_FALSE(llvm::verifyFunction(*function_, &llvm::errs()));
}

TEST_F(HideExtensions, OthersStay) {
  auto* wide = function_with(50);
  EXPECT_TRUE(HideExtensionsPass::run(*function_, analyses_).areAllPreserved());
  EXPECT_EQ(wide->getNumUses(), 50u);
}

}  // namespace
}  // namespace tenon::compiler
