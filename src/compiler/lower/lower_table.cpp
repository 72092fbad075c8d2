// Tables and references (specification 4.4.3 and 4.4.6).
#include "compiler/lower/function_lowering.hpp"
#include "compiler/lower/references.hpp"

namespace tenon::compiler {

using artifact::Builtins;
using artifact::FunctionRecord;
using artifact::FunctionTableEntry;
using artifact::TableRecord;
using wasm::Operator;

void FunctionLowering::lower_table(const Operator& op) {
  using Op = wasm::TableOpcode;
  auto* nothing = builder_.getVoidTy();
  auto address_type = [&](std::uint32_t table) { return type(module_.source.tables[table].address_type()); };
  switch (Op(op.opcode())) {
    case Op::table_get: table_get(op.index); return;
    case Op::table_set: {
      auto* reference = reference_to_bits(pop());
      auto* index = pop_u64();
      call_builtin(offsetof(Builtins, table_set), nothing, {i32(op.index), index, reference});
      return;
    }
    case Op::table_size: {
      auto* record = load_field(builder_.getPtrTy(), module_.layout.table(op.index));
      auto* size = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), record, offsetof(TableRecord, size));
      push(
          builder_.CreateTrunc(load(builder_.getInt64Ty(), size, Storage::table, 8), address_type(op.index)));
      return;
    }
    case Op::table_grow: {
      auto* delta = pop_u64();
      auto* reference = reference_to_bits(pop());
      auto* old = call_builtin(offsetof(Builtins, table_grow), builder_.getInt64Ty(),
                               {i32(op.index), delta, reference});
      push(builder_.CreateTrunc(old, address_type(op.index)));  // kGrowFailed becomes -1
      return;
    }
    case Op::table_fill: {
      auto* size = pop_u64();
      auto* reference = reference_to_bits(pop());
      auto* to = pop_u64();
      call_builtin(offsetof(Builtins, table_fill), nothing, {i32(op.index), to, reference, size});
      return;
    }
    case Op::table_copy: {
      auto* size = pop_u64();
      auto* from = pop_u64();
      auto* to = pop_u64();
      call_builtin(offsetof(Builtins, table_copy), nothing, {i32(op.index), i32(op.index2), to, from, size});
      return;
    }
    case Op::table_init: {
      auto* size = pop_u64();
      auto* from = pop_u64();
      auto* to = pop_u64();
      call_builtin(offsetof(Builtins, table_init), nothing, {i32(op.index2), i32(op.index), to, from, size});
      return;
    }
    case Op::elem_drop: call_builtin(offsetof(Builtins, element_drop), nothing, {i32(op.index)}); return;
  }
}

void FunctionLowering::lower_reference(const Operator& op) {
  using Op = wasm::ReferenceOpcode;
  switch (Op(op.opcode())) {
    case Op::ref_null: push(llvm::Constant::getNullValue(type(op.type))); return;
    case Op::ref_is_null: {
      auto* result = is_null(pop());
      push(builder_.CreateZExt(result, builder_.getInt32Ty()));
      return;
    }
    case Op::ref_func: push(function_reference(op.index)); return;
    case Op::ref_as_non_null: trap_if(is_null(stack_.back()), TrapCode::null_reference); return;
  }
}

llvm::Value* FunctionLowering::function_reference(std::uint32_t function) {
  if (module_.is_imported(function)) return field(module_.layout.imported_function(function));
  auto* record = field(module_.layout.referenced_function(module_.reference_slot(function)));
  // Until the first reference the record is empty.
  auto* code = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), record, offsetof(FunctionRecord, code));
  auto* empty = is_null(load(builder_.getPtrTy(), code, Storage::table, 8));
  in_the_unlikely_case(empty, [&] {
    auto* call = builder_.CreateCall(function_reference_helper(module_), {instance_, i32(function)});
    set_reference_call(*call);
  });
  return record;
}

// A pointer to a checked entry of a table. The index is 64 bits wide.
llvm::Value* FunctionLowering::table_entry(std::uint32_t table, llvm::Value* at, TrapCode out_of_bounds) {
  const TableType& table_type = module_.source.tables[table];
  // A table of this module that cannot grow keeps its size and its place.
  const bool fixed =
      table >= module_.source.imported_tables && table_type.limits.maximum == table_type.limits.minimum;
  auto* record = load_field(builder_.getPtrTy(), module_.layout.table(table));
  auto record_field = [&](llvm::Type* type, std::uint64_t offset) -> llvm::Value* {
    auto* pointer = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), record, offset);
    if (fixed) return load_constant(type, pointer);
    return load(type, pointer, Storage::table, 8);
  };
  // Safety: no entry beyond the table's size is ever read.
  llvm::Value* size = fixed ? i64(table_type.limits.minimum)
                            : record_field(builder_.getInt64Ty(), offsetof(TableRecord, size));
  trap_if(builder_.CreateICmpUGE(at, size), out_of_bounds);
  auto* entries = record_field(builder_.getPtrTy(), offsetof(TableRecord, entries));
  const bool functions = general_type(table_type.element) == ValueType::funcref;
  const std::uint64_t stride = functions ? sizeof(FunctionTableEntry) : sizeof(std::uint64_t);
  return builder_.CreateGEP(builder_.getInt8Ty(), entries, builder_.CreateMul(at, i64(stride)));
}

// Fills in an entry that is all zero; its type_id.
llvm::Value* FunctionLowering::fill_in_element(std::uint32_t table, llvm::Value* at) {
  auto* call = builder_.CreateCall(table_element_helper(module_), {instance_, i32(table), at});
  set_reference_call(*call);
  return call;
}

void FunctionLowering::table_get(std::uint32_t table) {
  auto* at = pop_u64();
  auto* entry = table_entry(table, at, TrapCode::out_of_bounds_table_access);
  const ValueType element = module_.source.tables[table].element;
  if (general_type(element) == ValueType::funcref) {
    entry = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), entry, offsetof(FunctionTableEntry, record));
    auto* empty = is_null(load(type(element), entry, Storage::table, 8));
    in_the_unlikely_case(empty, [&] { static_cast<void>(fill_in_element(table, at)); });
  }
  push(load(type(element), entry, Storage::table, 8));
}

llvm::Value* FunctionLowering::is_null(llvm::Value* reference) {
  return builder_.CreateICmpEQ(reference, llvm::Constant::getNullValue(reference->getType()));
}

llvm::Value* FunctionLowering::reference_to_bits(llvm::Value* value) {
  return value->getType()->isPointerTy() ? builder_.CreatePtrToInt(value, builder_.getInt64Ty()) : value;
}

}  // namespace tenon::compiler
