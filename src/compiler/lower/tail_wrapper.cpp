#include "compiler/lower/tail_wrapper.hpp"

#include "compiler/lower/slots.hpp"
#include "compiler/lower/tail_arguments.hpp"
#include "compiler/lower/tail_registers.hpp"

namespace tenon::compiler {

void make_tail_wrapper(ModuleLowering& module, std::uint32_t index) {
  const FunctionType& type = module.source.function_type(index);
  auto* wrapper = module.function(index);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.context, "entry", wrapper));
  const bool in_memory = ModuleLowering::returns_in_memory(type);
  llvm::SmallVector<llvm::Value*> arguments{wrapper->getArg(0)}, parameters;
  for (auto& argument : llvm::drop_begin(wrapper->args(), in_memory ? 2 : 1)) parameters.push_back(&argument);
  llvm::Value* slots = nullptr;
  if (in_memory) {
    arguments.push_back(wrapper->getArg(1));
  } else if (returns_through_slots(type)) {
    slots = builder.CreateAlloca(llvm::ArrayType::get(builder.getInt64Ty(), Slots::count(type.results)));
    arguments.push_back(slots);
  }
  arguments.append(TailArguments(module, builder, type).pass(wrapper->getArg(0), parameters));
  auto* call = builder.CreateCall(module.tail_code(index), arguments);
  call->setCallingConv(llvm::CallingConv::Tail);
  call->setTailCallKind(llvm::CallInst::TCK_NoTail);
  if (slots != nullptr) {
    builder.CreateRet(Slots(module, builder, slots).load_results(type));
  } else {
    type.results.empty() || in_memory ? builder.CreateRetVoid() : builder.CreateRet(call);
  }
}

}  // namespace tenon::compiler
