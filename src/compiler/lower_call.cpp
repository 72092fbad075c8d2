// Calls (specification 4.4.8.10 and 4.4.8.11, and call_ref).
#include "compiler/function_lowering.hpp"

namespace tenon::compiler {

using artifact::FunctionRecord;
using artifact::FunctionTableEntry;
using wasm::Opcode;
using wasm::Operator;

bool FunctionLowering::lower_call(const Operator& op) {
  switch (op.opcode()) {
    case Opcode::call: {
      const auto& callee = module_.source.function_type(op.index);
      if (!module_.is_imported(op.index)) {
        call(module_.function(op.index), instance_, callee);
        return true;
      }
      const auto record = module_.layout.imported_function(op.index);
      auto* pointer = builder_.getPtrTy();
      auto* code = load_field(pointer, record + offsetof(FunctionRecord, code));
      auto* context = load_field(pointer, record + offsetof(FunctionRecord, context));
      call(code, context, callee);
      return true;
    }
    case Opcode::call_indirect: call_indirect(op); return true;
    case Opcode::call_ref: call_ref(op); return true;
    default: return false;
  }
}

void FunctionLowering::call(llvm::Value* code, llvm::Value* context, const FunctionType& callee) {
  const std::size_t count = callee.parameters.size();
  llvm::SmallVector<llvm::Value*> arguments{context};
  arguments.append(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
  stack_.resize(stack_.size() - count);
  auto* result = builder_.CreateCall(module_.guest_type(callee), code, arguments);
  ModuleLowering::set_guest_call(*result);
  if (callee.results.size() == 1) {
    push(result);
  } else {
    for (unsigned i = 0; i < callee.results.size(); ++i) {
      push(module_.extract_result(builder_, result, callee.results[i], i));
    }
  }
}

void FunctionLowering::call_indirect(const Operator& op) {
  auto* entry = table_entry(op.index2, pop(), TrapCode::undefined_element);
  auto entry_field = [&](llvm::Type* type, std::uint64_t offset) {
    return load(type, builder_.CreateConstGEP1_64(builder_.getInt8Ty(), entry, offset), Storage::table, 4);
  };
  // Safety: the signature of the callee is known only by this check. One
  // compare covers null and mismatch; which of the two it was is asked only
  // when it failed.
  auto* actual = entry_field(builder_.getInt32Ty(), offsetof(FunctionTableEntry, type_id));
  auto* expected = load_field(builder_.getInt32Ty(), module_.layout.type_id(op.index));
  auto* matches = new_block("");
  auto* fails = new_block("mismatch");
  builder_.CreateCondBr(builder_.CreateICmpEQ(actual, expected), matches, fails,
                        llvm::MDBuilder(module_.context).createLikelyBranchWeights());
  builder_.SetInsertPoint(fails);
  builder_.CreateCondBr(builder_.CreateICmpEQ(actual, i32(artifact::kNullTypeId)),
                        trap_block(TrapCode::uninitialized_element),
                        trap_block(TrapCode::indirect_call_type_mismatch));
  start(matches);
  auto* pointer = builder_.getPtrTy();
  auto* code = entry_field(pointer, offsetof(FunctionTableEntry, code));
  auto* context = entry_field(pointer, offsetof(FunctionTableEntry, context));
  call(code, context, module_.source.types[op.index]);
}

// Safety: only null is checked. That the function has this type, validation has
// shown of all that guests do, and the runtime checks whatever the host puts
// where a guest takes it from (runtime/host_value.hpp, runtime/imports.cpp).
void FunctionLowering::call_ref(const Operator& op) {
  auto* record = pop();
  trap_if(is_null(record), TrapCode::null_function_reference);
  auto record_field = [&](std::uint64_t offset) {
    return load_constant(builder_.getPtrTy(),
                         builder_.CreateConstGEP1_64(builder_.getInt8Ty(), record, offset));
  };
  auto* code = record_field(offsetof(FunctionRecord, code));
  auto* context = record_field(offsetof(FunctionRecord, context));
  call(code, context, module_.source.types[op.index]);
}

}  // namespace tenon::compiler
