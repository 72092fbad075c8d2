// Tables and references (specification 4.4.3 and 4.4.6).
#include "compiler/function_lowering.hpp"

namespace tenon::compiler {

using artifact::Builtins;
using artifact::FunctionTableEntry;
using artifact::TableRecord;
using wasm::Opcode;
using wasm::Operator;

bool FunctionLowering::lower_table(const Operator& op) {
  auto* nothing = builder_.getVoidTy();
  auto address_type = [&](std::uint32_t table) { return type(module_.source.tables[table].address_type()); };
  switch (op.opcode()) {
    case Opcode::ref_null: push(llvm::Constant::getNullValue(type(op.type))); return true;
    case Opcode::ref_is_null: {
      auto* value = pop();
      auto* is_null = builder_.CreateICmpEQ(value, llvm::Constant::getNullValue(value->getType()));
      push(builder_.CreateZExt(is_null, builder_.getInt32Ty()));
      return true;
    }
    case Opcode::ref_func:
      push(field(module_.is_imported(op.index)
                     ? module_.layout.imported_function(op.index)
                     : module_.layout.referenced_function(module_.reference_slot(op.index))));
      return true;
    case Opcode::table_get: table_get(op.index); return true;
    case Opcode::table_set: {
      auto* reference = reference_to_bits(pop());
      auto* index = pop_u64();
      call_builtin(offsetof(Builtins, table_set), nothing, {i32(op.index), index, reference});
      return true;
    }
    case Opcode::table_size: {
      auto* record = load_field(builder_.getPtrTy(), module_.layout.table(op.index));
      auto* size = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), record, offsetof(TableRecord, size));
      push(
          builder_.CreateTrunc(load(builder_.getInt64Ty(), size, Storage::table, 8), address_type(op.index)));
      return true;
    }
    case Opcode::table_grow: {
      auto* delta = pop_u64();
      auto* reference = reference_to_bits(pop());
      auto* old = call_builtin(offsetof(Builtins, table_grow), builder_.getInt64Ty(),
                               {i32(op.index), delta, reference});
      push(builder_.CreateTrunc(old, address_type(op.index)));  // kGrowFailed becomes -1
      return true;
    }
    case Opcode::table_fill: {
      auto* size = pop_u64();
      auto* reference = reference_to_bits(pop());
      auto* to = pop_u64();
      call_builtin(offsetof(Builtins, table_fill), nothing, {i32(op.index), to, reference, size});
      return true;
    }
    case Opcode::table_copy: {
      auto* size = pop_u64();
      auto* from = pop_u64();
      auto* to = pop_u64();
      call_builtin(offsetof(Builtins, table_copy), nothing, {i32(op.index), i32(op.index2), to, from, size});
      return true;
    }
    case Opcode::table_init: {
      auto* size = pop_u64();
      auto* from = pop_u64();
      auto* to = pop_u64();
      call_builtin(offsetof(Builtins, table_init), nothing, {i32(op.index2), i32(op.index), to, from, size});
      return true;
    }
    case Opcode::elem_drop:
      call_builtin(offsetof(Builtins, element_drop), nothing, {i32(op.index)});
      return true;
    default: return false;
  }
}

// A pointer to a checked entry of a table.
llvm::Value* FunctionLowering::table_entry(std::uint32_t table, llvm::Value* index, TrapCode out_of_bounds) {
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
  auto* at = builder_.CreateZExt(index, builder_.getInt64Ty());
  // Safety: no entry beyond the table's size is ever read.
  llvm::Value* size = fixed ? i64(table_type.limits.minimum)
                            : record_field(builder_.getInt64Ty(), offsetof(TableRecord, size));
  trap_if(builder_.CreateICmpUGE(at, size), out_of_bounds);
  auto* entries = record_field(builder_.getPtrTy(), offsetof(TableRecord, entries));
  const bool functions = table_type.element == ValueType::funcref;
  const std::uint64_t stride = functions ? sizeof(FunctionTableEntry) : sizeof(std::uint64_t);
  return builder_.CreateGEP(builder_.getInt8Ty(), entries, builder_.CreateMul(at, i64(stride)));
}

void FunctionLowering::table_get(std::uint32_t table) {
  auto* entry = table_entry(table, pop(), TrapCode::out_of_bounds_table_access);
  const ValueType element = module_.source.tables[table].element;
  if (element == ValueType::funcref) {
    entry = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), entry, offsetof(FunctionTableEntry, record));
  }
  push(load(type(element), entry, Storage::table, 8));
}

llvm::Value* FunctionLowering::reference_to_bits(llvm::Value* value) {
  return value->getType()->isPointerTy() ? builder_.CreatePtrToInt(value, builder_.getInt64Ty()) : value;
}

}  // namespace tenon::compiler
