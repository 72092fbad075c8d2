// Calls (specification 4.4.8.10 and 4.4.8.11, and call_ref).
#include "compiler/lower/function_lowering.hpp"
#include "compiler/lower/slots.hpp"

namespace tenon::compiler {

using artifact::FunctionRecord;
using artifact::FunctionTableEntry;
using wasm::Operator;

void FunctionLowering::lower_call(const Operator& op) {
  using Op = wasm::CallOpcode;
  switch (Op(op.opcode())) {
    case Op::call: {
      const auto& type = module_.source.function_type(op.index);
      if (!module_.is_imported(op.index)) {
        call(module_.function(op.index), instance_, type);
        return;
      }
      const Callee callee = imported_function(op.index, false);
      call(callee.code, callee.context, type);
      return;
    }
    case Op::call_indirect: {
      const Callee callee = indirect_function(op, false);
      call(callee.code, callee.context, module_.source.types[op.index]);
      return;
    }
    case Op::call_ref: {
      const Callee callee = referenced_function(false);
      call(callee.code, callee.context, module_.source.types[op.index]);
      return;
    }
  }
}

FunctionLowering::Callee FunctionLowering::imported_function(std::uint32_t function, bool tail) {
  const auto record = module_.layout.imported_function(function);
  auto record_field = [&](std::uint64_t offset) { return load_field(builder_.getPtrTy(), record + offset); };
  return {.code = record_field(offsetof(FunctionRecord, code)),
          .context = record_field(offsetof(FunctionRecord, context)),
          .tail_code = tail ? record_field(offsetof(FunctionRecord, tail_code)) : nullptr};
}

void FunctionLowering::call(llvm::Value* code, llvm::Value* context, const FunctionType& type) {
  call(code, context, type, landing_pad());
}

void FunctionLowering::call(llvm::Value* code, llvm::Value* context, const FunctionType& type,
                            llvm::BasicBlock* pad) {
  const std::size_t count = type.parameters.size();
  const bool in_memory = ModuleLowering::returns_in_memory(type);
  llvm::SmallVector<llvm::Value*> arguments{context};
  if (in_memory) arguments.push_back(slots_for_results(type));
  arguments.append(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
  stack_.resize(stack_.size() - count);
  llvm::CallBase* result = nullptr;
  if (pad != nullptr) {
    auto* go_on = new_block("");
    result = builder_.CreateInvoke(module_.guest_type(type), code, go_on, pad, arguments);
    start(go_on);
  } else {
    result = builder_.CreateCall(module_.guest_type(type), code, arguments);
  }
  module_.set_guest_call(*result);
  if (in_memory) {
    Slots slots(module_, builder_, call_slots_);
    // Volatile, so that they come one after the other: to LLVM's scheduler any two
    // of many loads without an order are a pair to look at.
    for (ValueType of : type.results) {
      auto* result = slots.load_next(of);
      result->setVolatile(true);
      push(result);
    }
  } else if (type.results.size() == 1) {
    push(result);
  } else {
    for (unsigned i = 0; i < type.results.size(); ++i) {
      push(module_.extract_result(builder_, result, type.results[i], i));
    }
  }
}

// The same for all calls of the function: what one returns is read at once.
llvm::Value* FunctionLowering::slots_for_results(const FunctionType& type) {
  const std::uint64_t count = Slots::count(type.results);
  if (call_slots_ == nullptr) {
    llvm::IRBuilder<> at_entry(entry_->getTerminator());
    call_slots_ = at_entry.CreateAlloca(builder_.getInt64Ty(), at_entry.getInt64(count));
    call_slots_->setAlignment(llvm::Align(16));
  } else if (llvm::cast<llvm::ConstantInt>(call_slots_->getArraySize())->getZExtValue() < count) {
    call_slots_->setOperand(0, i64(count));
  }
  return call_slots_;
}

FunctionLowering::Callee FunctionLowering::indirect_function(const Operator& op, bool tail) {
  const auto code_array = module_.code_arrays.find(op.index2, op.index);
  if (code_array && !tail) return constant_element(*code_array);
  auto* index = pop_u64();
  auto* entry = table_entry(op.index2, index, TrapCode::undefined_element);
  auto entry_field = [&](llvm::Type* type, std::uint64_t offset) {
    return load(type, builder_.CreateConstGEP1_64(builder_.getInt8Ty(), entry, offset), Storage::table, 4);
  };
  // Safety: the signature of the callee is known only by this check. One
  // compare covers mismatch, null, and what the table has not filled in yet;
  // which of them it was is asked only when it failed.
  auto* actual = entry_field(builder_.getInt32Ty(), offsetof(FunctionTableEntry, type_id));
  auto* expected = load_field(builder_.getInt32Ty(), module_.layout.type_id(op.index));
  auto* null = i32(artifact::kNullTypeId);
  auto* matches = new_block("");
  auto* fails = new_block("mismatch");
  auto* empty = new_block("empty");
  builder_.CreateCondBr(builder_.CreateICmpEQ(actual, expected), matches, fails,
                        llvm::MDBuilder(module_.context).createLikelyBranchWeights());
  builder_.SetInsertPoint(fails);
  auto* mismatch = trap_block(TrapCode::indirect_call_type_mismatch);
  builder_.CreateCondBr(builder_.CreateICmpEQ(actual, null), empty, mismatch);
  builder_.SetInsertPoint(empty);
  auto* filled_in = fill_in_element(op.index2, index);
  auto* differs = new_block("");
  builder_.CreateCondBr(builder_.CreateICmpEQ(filled_in, expected), matches, differs);
  builder_.SetInsertPoint(differs);
  builder_.CreateCondBr(builder_.CreateICmpEQ(filled_in, null), trap_block(TrapCode::uninitialized_element),
                        mismatch);
  start(matches);
  auto* pointer = builder_.getPtrTy();
  Callee callee{.code = entry_field(pointer, offsetof(FunctionTableEntry, code)),
                .context = entry_field(pointer, offsetof(FunctionTableEntry, context))};
  if (tail) {
    auto* record = entry_field(pointer, offsetof(FunctionTableEntry, record));
    callee.tail_code = load_record_field(record, offsetof(FunctionRecord, tail_code));
  }
  return callee;
}

// The element of an array of code (constant_tables.hpp): all of it is this
// instance's, has this type, or traps by itself.
FunctionLowering::Callee FunctionLowering::constant_element(std::uint32_t code_array) {
  auto* array = module_.code_array(code_array);
  auto* at = pop_u64();
  // Safety: what lies behind the array is no code. This is the one check of the call.
  trap_if(builder_.CreateICmpUGE(at, i64(array->getValueType()->getArrayNumElements())),
          TrapCode::undefined_element);
  auto* code = builder_.CreateIntrinsic(llvm::Intrinsic::load_relative, {builder_.getInt64Ty()},
                                        {array, builder_.CreateMul(at, i64(CodeArrays::kElementBytes))});
  return {.code = code, .context = instance_};
}

// Safety: only null is checked. That the function has this type, validation has
// shown of all that guests do, and the runtime checks whatever the host puts
// where a guest takes it from (runtime/instance/host_value.hpp, runtime/instance/imports.cpp).
FunctionLowering::Callee FunctionLowering::referenced_function(bool tail) {
  auto* record = pop();
  trap_if(is_null(record), TrapCode::null_function_reference);
  return {.code = load_record_field(record, offsetof(FunctionRecord, code)),
          .context = load_record_field(record, offsetof(FunctionRecord, context)),
          .tail_code = tail ? load_record_field(record, offsetof(FunctionRecord, tail_code)) : nullptr};
}

// Safety: not for good, since the record may have been empty before: ref.func has
// looked at it, and to LLVM a load that never changes may stand in for that look,
// or be done before it.
llvm::Value* FunctionLowering::load_record_field(llvm::Value* record, std::uint64_t offset) {
  return load(builder_.getPtrTy(), builder_.CreateConstGEP1_64(builder_.getInt8Ty(), record, offset),
              Storage::table, 8);
}

}  // namespace tenon::compiler
