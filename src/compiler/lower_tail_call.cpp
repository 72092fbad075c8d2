// Tail calls (specification 4.4.8.12 and 4.4.8.13): the callee's frame takes
// the place of this function's, whose body therefore is code for tail calls
// (artifact/abi.hpp).
#include "compiler/function_lowering.hpp"

namespace tenon::compiler {

using wasm::Opcode;
using wasm::Operator;

namespace {

// Whether tailcc passes all arguments of code for tail calls in registers.
bool fits_in_registers(const llvm::FunctionType& type) {
  constexpr unsigned kIntegerRegisters = 6, kVectorRegisters = 8;
  unsigned integers = 0, vectors = 0;
  for (auto* parameter : type.params()) {
    const bool is_integer = parameter->isIntegerTy() || parameter->isPointerTy();
    ++(is_integer ? integers : vectors);
  }
  return integers <= kIntegerRegisters && vectors <= kVectorRegisters;
}

}  // namespace

bool FunctionLowering::lower_tail_call(const Operator& op) {
  switch (op.opcode()) {
    case Opcode::return_call: {
      const auto& type = module_.source.function_type(op.index);
      if (module_.is_imported(op.index)) {
        tail_call(imported_function(op.index, true), type);
      } else if (auto* tail_code = module_.tail_code(op.index)) {
        jump(tail_code, instance_, type);
      } else {
        // It makes no tail calls itself: the chain ends with it.
        call(module_.function(op.index), instance_, type);
        return_values();
      }
      break;
    }
    case Opcode::return_call_indirect:
      tail_call(indirect_function(op, true), module_.source.types[op.index]);
      break;
    case Opcode::return_call_ref: tail_call(referenced_function(true), module_.source.types[op.index]); break;
    default: return false;
  }
  make_unreachable();
  return true;
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
  call(callee.code, callee.context, type);
  return_values();
}

void FunctionLowering::jump(llvm::Value* tail_code, llvm::Value* context, const FunctionType& type) {
  llvm::SmallVector<llvm::Value*> arguments{context};
  if (result_slots_ != nullptr) arguments.push_back(result_slots_);
  arguments.append(stack_.end() - static_cast<std::ptrdiff_t>(type.parameters.size()), stack_.end());
  auto* code_type = module_.tail_type(type);
  auto* call = builder_.CreateCall(code_type, tail_code, arguments);
  call->setCallingConv(llvm::CallingConv::Tail);
  // On x86-64 LLVM 22.1.8 neither passes stack arguments of `musttail` nor pops
  // the caller's own. It gets both right for `tail`, which under tailcc is a
  // jump too when a return follows.
  const bool in_registers = fits_in_registers(*code_type) && fits_in_registers(*function_->getFunctionType());
  call->setTailCallKind(in_registers ? llvm::CallInst::TCK_MustTail : llvm::CallInst::TCK_Tail);
  code_type->getReturnType()->isVoidTy() ? builder_.CreateRetVoid() : builder_.CreateRet(call);
}

}  // namespace tenon::compiler
