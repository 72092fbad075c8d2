#include "compiler/lower/helper_function.hpp"

namespace tenon::compiler {

using artifact::Builtins;
using artifact::InstanceRecord;
using artifact::StoreRecord;

llvm::Function* create_helper(ModuleLowering& module, llvm::StringRef name, llvm::Type* result,
                              llvm::ArrayRef<llvm::Type*> parameters) {
  llvm::SmallVector<llvm::Type*> all{llvm::PointerType::get(module.context, 0)};
  all.append(parameters.begin(), parameters.end());
  auto* function = module.create_guest_function(llvm::FunctionType::get(result, all, false), name);
  // In front of every function of the plugin: a backtrace takes an address for
  // the last function of the module that starts before it, and this is none.
  function->removeFromParent();
  module.out.getFunctionList().push_front(function);
  if (!module.part.is_whole()) {
    // The same in every shard: the linker keeps that of the first object, which
    // holds no function of the plugin.
    function->setLinkage(llvm::GlobalValue::LinkOnceODRLinkage);
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    function->setComdat(module.out.getOrInsertComdat(name));
  }
  return function;
}

llvm::CallInst* call_builtin(llvm::IRBuilder<>& builder, llvm::Value* instance, std::uint64_t offset,
                             llvm::Type* result, llvm::ArrayRef<llvm::Value*> arguments, LoadPointer load) {
  auto* store = load(instance, offsetof(InstanceRecord, store));
  auto* code = load(load(store, offsetof(StoreRecord, builtins)), offset);
  llvm::SmallVector<llvm::Value*> all{instance};
  all.append(arguments.begin(), arguments.end());
  llvm::SmallVector<llvm::Type*> types;
  for (auto* argument : all) types.push_back(argument->getType());
  auto* call = builder.CreateCall(llvm::FunctionType::get(result, types, false), code, all);
  if (offset != offsetof(Builtins, throw_exception)) call->setDoesNotThrow();
  // A trap raised in there is to find its caller on the stack.
  call->setTailCallKind(llvm::CallInst::TCK_NoTail);
  return call;
}

llvm::CallInst* call_builtin(llvm::IRBuilder<>& builder, llvm::Value* instance, std::uint64_t offset,
                             llvm::Type* result, llvm::ArrayRef<llvm::Value*> arguments) {
  return call_builtin(builder, instance, offset, result, arguments, [&](llvm::Value* base, std::uint64_t at) {
    return builder.CreateLoad(builder.getPtrTy(), builder.CreateConstGEP1_64(builder.getInt8Ty(), base, at));
  });
}

}  // namespace tenon::compiler
