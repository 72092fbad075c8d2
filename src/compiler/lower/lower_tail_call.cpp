// Tail calls (specification 4.4.8.12 and 4.4.8.13): the callee's frame takes
// the place of this function's, whose body therefore is code for tail calls
// (artifact/abi.hpp). When the callee runs, this function and its handlers are
// gone: what it throws goes to the caller.
#include "compiler/lower/function_lowering.hpp"
#include "compiler/lower/tail_arguments.hpp"

namespace tenon::compiler {

using wasm::Operator;

void FunctionLowering::lower_tail_call(const Operator& op) {
  using Op = wasm::TailCallOpcode;
  switch (Op(op.opcode())) {
    case Op::return_call: {
      const auto& type = module_.source.function_type(op.index);
      if (module_.is_imported(op.index)) {
        tail_call(imported_function(op.index, true), type);
      } else if (auto* tail_code = module_.tail_code(op.index)) {
        jump(tail_code, instance_, type);
      } else {
        // It makes no tail calls itself: the chain ends with it.
        call_last(module_.function(op.index), instance_, type);
      }
      break;
    }
    case Op::return_call_indirect:
      tail_call(indirect_function(op, true), module_.source.types[op.index]);
      break;
    case Op::return_call_ref: tail_call(referenced_function(true), module_.source.types[op.index]); break;
  }
  make_unreachable();
}

void FunctionLowering::tail_call(const Callee& callee, const FunctionType& type) {
  auto* chain_ends = new_block("chain_ends");
  auto* chain_goes_on = new_block("chain_goes_on");
  builder_.CreateCondBr(builder_.CreateIsNull(callee.tail_code), chain_ends, chain_goes_on);
  const auto operands = stack_;
  start(chain_goes_on);
  jump(callee.tail_code, callee.context, type);
  stack_ = operands;
  start(chain_ends);
  call_last(callee.code, callee.context, type);
}

// An ordinary call at the end of a chain.
void FunctionLowering::call_last(llvm::Value* code, llvm::Value* context, const FunctionType& type) {
  call(code, context, type, nullptr);
  return_values();
}

void FunctionLowering::jump(llvm::Value* tail_code, llvm::Value* context, const FunctionType& type) {
  llvm::SmallVector<llvm::Value*> arguments{context};
  if (result_slots_ != nullptr) arguments.push_back(result_slots_);
  const llvm::ArrayRef<llvm::Value*> operands(stack_);
  arguments.append(
      TailArguments(module_, builder_, type).pass(instance_, operands.take_back(type.parameters.size())));
  auto* code_type = module_.tail_type(type);
  auto* call = builder_.CreateCall(code_type, tail_code, arguments);
  call->setCallingConv(llvm::CallingConv::Tail);
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  code_type->getReturnType()->isVoidTy() ? builder_.CreateRetVoid() : builder_.CreateRet(call);
}

}  // namespace tenon::compiler
