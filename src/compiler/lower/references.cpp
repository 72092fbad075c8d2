#include "compiler/lower/references.hpp"

#include "compiler/lower/helper_function.hpp"

namespace tenon::compiler {

using artifact::Builtins;

namespace {

llvm::Function* create(ModuleLowering& module, llvm::StringRef name, std::uint64_t builtin,
                       llvm::Type* result, llvm::ArrayRef<llvm::Type*> parameters) {
  auto* function = create_helper(module, name, result, parameters);
  function->setCallingConv(llvm::CallingConv::PreserveMost);
  function->addFnAttr(llvm::Attribute::NoInline);
  function->setDoesNotThrow();
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.context, "entry", function));
  llvm::SmallVector<llvm::Value*> arguments;
  for (auto& argument : llvm::drop_begin(function->args())) arguments.push_back(&argument);
  auto* value = call_builtin(builder, function->getArg(0), builtin, result, arguments);
  result->isVoidTy() ? builder.CreateRetVoid() : builder.CreateRet(value);
  return function;
}

}  // namespace

llvm::Function* table_element_helper(ModuleLowering& module) {
  auto* i32 = llvm::Type::getInt32Ty(module.context);
  auto* i64 = llvm::Type::getInt64Ty(module.context);
  auto*& helper = module.helper(Helper::table_element);
  if (helper == nullptr)
    helper = create(module, "table_element", offsetof(Builtins, table_element), i32, {i32, i64});
  return helper;
}

llvm::Function* function_reference_helper(ModuleLowering& module) {
  auto* i32 = llvm::Type::getInt32Ty(module.context);
  auto* nothing = llvm::Type::getVoidTy(module.context);
  auto*& helper = module.helper(Helper::function_reference);
  if (helper == nullptr)
    helper = create(module, "function_reference", offsetof(Builtins, function_reference), nothing, {i32});
  return helper;
}

void set_reference_call(llvm::CallInst& call) {
  call.setCallingConv(llvm::CallingConv::PreserveMost);
  call.addParamAttr(0, llvm::Attribute::SwiftSelf);
  call.setDoesNotThrow();
  call.setTailCallKind(llvm::CallInst::TCK_NoTail);
}

}  // namespace tenon::compiler
