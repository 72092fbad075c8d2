// Linear memory (specification 4.4.7); where its bytes are is in lower_address.cpp.
#include "compiler/lower/bulk_memory.hpp"
#include "compiler/lower/function_lowering.hpp"

namespace tenon::compiler {

using artifact::Builtins;
using wasm::Opcode;
using wasm::Operator;

namespace {

// How a load or store moves bits: `bytes` in memory, a value of type `value`.
struct Access {
  ValueType value;
  unsigned bytes;
  bool sign_extends = false;
};

std::optional<Access> load_access(Opcode opcode) {
  switch (opcode) {
    case Opcode::i32_load: return Access{ValueType::i32, 4};
    case Opcode::i64_load: return Access{ValueType::i64, 8};
    case Opcode::f32_load: return Access{ValueType::f32, 4};
    case Opcode::f64_load: return Access{ValueType::f64, 8};
    case Opcode::i32_load8_s: return Access{ValueType::i32, 1, true};
    case Opcode::i32_load8_u: return Access{ValueType::i32, 1};
    case Opcode::i32_load16_s: return Access{ValueType::i32, 2, true};
    case Opcode::i32_load16_u: return Access{ValueType::i32, 2};
    case Opcode::i64_load8_s: return Access{ValueType::i64, 1, true};
    case Opcode::i64_load8_u: return Access{ValueType::i64, 1};
    case Opcode::i64_load16_s: return Access{ValueType::i64, 2, true};
    case Opcode::i64_load16_u: return Access{ValueType::i64, 2};
    case Opcode::i64_load32_s: return Access{ValueType::i64, 4, true};
    case Opcode::i64_load32_u: return Access{ValueType::i64, 4};
    default: return std::nullopt;
  }
}

std::optional<Access> store_access(Opcode opcode) {
  switch (opcode) {
    case Opcode::i32_store: return Access{ValueType::i32, 4};
    case Opcode::i64_store: return Access{ValueType::i64, 8};
    case Opcode::f32_store: return Access{ValueType::f32, 4};
    case Opcode::f64_store: return Access{ValueType::f64, 8};
    case Opcode::i32_store8: return Access{ValueType::i32, 1};
    case Opcode::i32_store16: return Access{ValueType::i32, 2};
    case Opcode::i64_store8: return Access{ValueType::i64, 1};
    case Opcode::i64_store16: return Access{ValueType::i64, 2};
    case Opcode::i64_store32: return Access{ValueType::i64, 4};
    default: return std::nullopt;
  }
}

}  // namespace

bool FunctionLowering::lower_memory(const Operator& op) {
  auto* nothing = builder_.getVoidTy();
  if (load_access(op.opcode())) {
    lower_load(op);
    return true;
  }
  if (store_access(op.opcode())) {
    lower_store(op);
    return true;
  }
  switch (op.opcode()) {
    case Opcode::memory_size: {
      auto* size = memory_size(op.index);
      if (size->isAtomic()) size->setAtomic(llvm::AtomicOrdering::SequentiallyConsistent);
      auto* pages = builder_.CreateLShr(size, i64(16));
      push(builder_.CreateTrunc(pages, memory_address_type(op.index)));
      return true;
    }
    case Opcode::memory_grow: {
      auto* delta = pop_u64();
      auto* old =
          call_builtin(offsetof(Builtins, memory_grow), builder_.getInt64Ty(), {i32(op.index), delta});
      push(builder_.CreateTrunc(old, memory_address_type(op.index)));  // kGrowFailed becomes -1
      return true;
    }
    case Opcode::memory_fill: {
      auto* size = pop_u64();
      auto* byte = pop();
      auto* to = pop_u64();
      if (op.index == 0) {
        call_helper(memory_fill_helper(module_), {to, byte, size});
      } else {
        call_builtin(offsetof(Builtins, memory_fill), nothing, {i32(op.index), to, byte, size});
      }
      return true;
    }
    case Opcode::memory_copy: {
      auto* size = pop_u64();
      auto* from = pop_u64();
      auto* to = pop_u64();
      if (op.index == 0 && op.index2 == 0) {
        call_helper(memory_copy_helper(module_), {to, from, size});
      } else {
        call_builtin(offsetof(Builtins, memory_copy), nothing,
                     {i32(op.index), i32(op.index2), to, from, size});
      }
      return true;
    }
    case Opcode::memory_init: {
      auto* size = pop_u64();
      auto* from = pop_u64();
      auto* to = pop_u64();
      call_builtin(offsetof(Builtins, memory_init), nothing, {i32(op.index2), i32(op.index), to, from, size});
      return true;
    }
    case Opcode::data_drop:
      call_builtin(offsetof(Builtins, data_drop), nothing, {i32(op.index)});
      return true;
    default: return false;
  }
}

void FunctionLowering::lower_load(const Operator& op) {
  const Access access = *load_access(op.opcode());
  llvm::Type* result = type(access.value);
  const bool whole = access.bytes * 8 == result->getScalarSizeInBits();
  auto* in_memory = whole ? result : builder_.getIntNTy(access.bytes * 8);
  auto* loaded = load(in_memory, address(op, access.bytes), Storage::memory, 1);
  // Strict: LLVM keeps a volatile access, and its trap, even when nothing uses
  // the value, and keeps all of them in order.
  loaded->setVolatile(strict());
  llvm::Value* value = loaded;
  if (!whole) {
    value = access.sign_extends ? builder_.CreateSExt(value, result) : builder_.CreateZExt(value, result);
  }
  push(settle_race(op.memory, value));
}

void FunctionLowering::lower_store(const Operator& op) {
  const Access access = *store_access(op.opcode());
  llvm::Value* value = pop();
  if (access.bytes * 8 != value->getType()->getScalarSizeInBits()) {
    value = builder_.CreateTrunc(value, builder_.getIntNTy(access.bytes * 8));
  }
  store(value, address(op, access.bytes), Storage::memory, 1)->setVolatile(strict());
}

}  // namespace tenon::compiler
