// Linear memory (specification 4.4.7); where its bytes are is in lower_address.cpp.
#include "compiler/lower/bulk_memory.hpp"
#include "compiler/lower/function_lowering.hpp"

namespace tenon::compiler {

using artifact::Builtins;
using wasm::Operator;

void FunctionLowering::lower_memory(const Operator& op) {
  using Op = wasm::MemoryOpcode;
  auto* nothing = builder_.getVoidTy();
  switch (Op(op.opcode())) {
    case Op::memory_size: {
      auto* size = memory_size(op.index);
      if (size->isAtomic()) size->setAtomic(llvm::AtomicOrdering::SequentiallyConsistent);
      auto* pages = builder_.CreateLShr(size, i64(16));
      push(builder_.CreateTrunc(pages, memory_address_type(op.index)));
      return;
    }
    case Op::memory_grow: {
      auto* delta = pop_u64();
      auto* old =
          call_builtin(offsetof(Builtins, memory_grow), builder_.getInt64Ty(), {i32(op.index), delta});
      push(builder_.CreateTrunc(old, memory_address_type(op.index)));  // kGrowFailed becomes -1
      return;
    }
    case Op::memory_fill: {
      auto* size = pop_u64();
      auto* byte = pop();
      auto* to = pop_u64();
      if (op.index == 0) {
        call_helper(memory_fill_helper(module_), {to, byte, size});
      } else {
        call_builtin(offsetof(Builtins, memory_fill), nothing, {i32(op.index), to, byte, size});
      }
      return;
    }
    case Op::memory_copy: {
      auto* size = pop_u64();
      auto* from = pop_u64();
      auto* to = pop_u64();
      if (op.index == 0 && op.index2 == 0) {
        call_helper(memory_copy_helper(module_), {to, from, size});
      } else {
        call_builtin(offsetof(Builtins, memory_copy), nothing,
                     {i32(op.index), i32(op.index2), to, from, size});
      }
      return;
    }
    case Op::memory_init: {
      auto* size = pop_u64();
      auto* from = pop_u64();
      auto* to = pop_u64();
      call_builtin(offsetof(Builtins, memory_init), nothing, {i32(op.index2), i32(op.index), to, from, size});
      return;
    }
    case Op::data_drop: call_builtin(offsetof(Builtins, data_drop), nothing, {i32(op.index)}); return;
  }
}

// The table says it all: the signature the value, the width what it is in memory, the
// name whether its sign is extended.
void FunctionLowering::lower_load(const Operator& op) {
  const unsigned bits = op.info->width;
  llvm::Type* result = type(*wasm::value_type_of(op.info->signature.back()));
  const bool whole = bits == result->getScalarSizeInBits();
  auto* in_memory = whole ? result : builder_.getIntNTy(bits);
  auto* loaded = load(in_memory, address(op, bits / 8), Storage::memory, 1);
  // Strict: LLVM keeps a volatile access, and its trap, even when nothing uses
  // the value, and keeps all of them in order.
  loaded->setVolatile(strict());
  llvm::Value* value = loaded;
  if (!whole) {
    value = op.info->text.ends_with("_s") ? builder_.CreateSExt(value, result)
                                          : builder_.CreateZExt(value, result);
  }
  push(settle_race(op.memory, value));
}

void FunctionLowering::lower_store(const Operator& op) {
  const unsigned bits = op.info->width;
  llvm::Value* value = pop();
  if (bits != value->getType()->getScalarSizeInBits()) {
    value = builder_.CreateTrunc(value, builder_.getIntNTy(bits));
  }
  store(value, address(op, bits / 8), Storage::memory, 1)->setVolatile(strict());
}

}  // namespace tenon::compiler
