#include "compiler/references.hpp"

#include "compiler/helper_function.hpp"

namespace tenon::compiler {

using artifact::Builtins;

llvm::Function* References::create(llvm::StringRef name, std::uint64_t builtin, llvm::Type* result,
                                   llvm::ArrayRef<llvm::Type*> parameters) {
  auto* function = create_helper(module_, name, result, parameters);
  function->setCallingConv(llvm::CallingConv::PreserveMost);
  function->addFnAttr(llvm::Attribute::NoInline);
  function->setDoesNotThrow();
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module_.context, "entry", function));
  llvm::SmallVector<llvm::Value*> arguments;
  for (auto& argument : llvm::drop_begin(function->args())) arguments.push_back(&argument);
  auto* value = call_builtin(builder, function->getArg(0), builtin, result, arguments);
  result->isVoidTy() ? builder.CreateRetVoid() : builder.CreateRet(value);
  return function;
}

llvm::Function* References::table_element() {
  auto* i32 = llvm::Type::getInt32Ty(module_.context);
  auto* i64 = llvm::Type::getInt64Ty(module_.context);
  if (table_element_ == nullptr)
    table_element_ = create("table_element", offsetof(Builtins, table_element), i32, {i32, i64});
  return table_element_;
}

llvm::Function* References::function_reference() {
  auto* i32 = llvm::Type::getInt32Ty(module_.context);
  auto* nothing = llvm::Type::getVoidTy(module_.context);
  if (function_reference_ == nullptr) {
    function_reference_ =
        create("function_reference", offsetof(Builtins, function_reference), nothing, {i32});
  }
  return function_reference_;
}

void References::set_call(llvm::CallInst& call) {
  call.setCallingConv(llvm::CallingConv::PreserveMost);
  call.addParamAttr(0, llvm::Attribute::SwiftSelf);
  call.setDoesNotThrow();
  call.setTailCallKind(llvm::CallInst::TCK_NoTail);
}

}  // namespace tenon::compiler
