// Atomic operators (proposal threads, section "Atomic Memory Instructions").
// All of them are sequentially consistent. They may touch memories that are not
// shared, too; only waiting there is a trap.
#include "compiler/lower/function_lowering.hpp"
#include "wasm/memory_access.hpp"

namespace tenon::compiler {

using artifact::Builtins;
using wasm::Opcode;
using wasm::Operator;

namespace {

constexpr auto kOrdering = llvm::AtomicOrdering::SequentiallyConsistent;

enum class AtomicKind { load, store, modify, compare_exchange };
struct AtomicAccess {
  AtomicKind kind;
  unsigned bits;  // in memory
  llvm::AtomicRMWInst::BinOp operation = llvm::AtomicRMWInst::BAD_BINOP;
};

llvm::AtomicRMWInst::BinOp modification(std::string_view name) {
  if (name == "add") return llvm::AtomicRMWInst::Add;
  if (name == "sub") return llvm::AtomicRMWInst::Sub;
  if (name == "and") return llvm::AtomicRMWInst::And;
  if (name == "or") return llvm::AtomicRMWInst::Or;
  if (name == "xor") return llvm::AtomicRMWInst::Xor;
  return llvm::AtomicRMWInst::Xchg;
}

// By the systematic names: "i32.atomic.load8_u", "i64.atomic.rmw32.add_u".
AtomicAccess atomic_access(std::string_view text) {
  const unsigned bits = wasm::access_bits(text);
  const std::string_view verb = text.substr(std::string_view("i32.atomic.").size());
  if (verb.starts_with("load")) return {AtomicKind::load, bits};
  if (verb.starts_with("store")) return {AtomicKind::store, bits};
  std::string_view operation = verb.substr(verb.find('.') + 1);
  operation = operation.substr(0, operation.find('_'));
  if (operation == "cmpxchg") return {AtomicKind::compare_exchange, bits};
  return {AtomicKind::modify, bits, modification(operation)};
}

}  // namespace

bool FunctionLowering::lower_atomic(const Operator& op) {
  if (static_cast<std::uint32_t>(op.opcode()) >> 16 != 0xFE) return false;
  switch (op.opcode()) {
    case Opcode::atomic_fence: builder_.CreateFence(kOrdering); return true;
    case Opcode::memory_atomic_wait32: lower_wait(op, offsetof(Builtins, memory_atomic_wait32)); return true;
    case Opcode::memory_atomic_wait64: lower_wait(op, offsetof(Builtins, memory_atomic_wait64)); return true;
    case Opcode::memory_atomic_notify: lower_notify(op); return true;
    default: lower_atomic_access(op); return true;
  }
}

void FunctionLowering::lower_atomic_access(const Operator& op) {
  const AtomicAccess access = atomic_access(op.info->text);
  const unsigned bytes = access.bits / 8;
  const llvm::Align align(bytes);
  auto* in_memory = builder_.getIntNTy(access.bits);
  auto* result = op.info->text.starts_with("i64") ? builder_.getInt64Ty() : builder_.getInt32Ty();
  // Operands are wrapped to the width in memory, results zero-extended.
  auto pop_narrow = [&] { return builder_.CreateTrunc(pop(), in_memory); };
  auto push_wide = [&](llvm::Value* value) { push(builder_.CreateZExt(value, result)); };
  switch (access.kind) {
    case AtomicKind::load: {
      auto* value = load(in_memory, atomic_address(op, bytes), Storage::memory, bytes);
      value->setAtomic(kOrdering);
      value->setVolatile(strict());
      push_wide(value);
      return;
    }
    case AtomicKind::store: {
      auto* value = pop_narrow();
      auto* stored = store(value, atomic_address(op, bytes), Storage::memory, bytes);
      stored->setAtomic(kOrdering);
      stored->setVolatile(strict());
      return;
    }
    case AtomicKind::modify: {
      auto* operand = pop_narrow();
      auto* old =
          builder_.CreateAtomicRMW(access.operation, atomic_address(op, bytes), operand, align, kOrdering);
      old->setVolatile(strict());
      push_wide(old);
      return;
    }
    case AtomicKind::compare_exchange: {
      auto* replacement = pop_narrow();
      auto* expected = pop_narrow();
      auto* pair = builder_.CreateAtomicCmpXchg(atomic_address(op, bytes), expected, replacement, align,
                                                kOrdering, kOrdering);
      pair->setVolatile(strict());
      push_wide(builder_.CreateExtractValue(pair, 0));
      return;
    }
  }
}

// Unaligned comes before out of bounds. A sum that wraps around 2^64 has the same
// low bits as one that does not.
// Safety: LLVM may assume of an atomic access that it is aligned.
llvm::Value* FunctionLowering::atomic_address(const Operator& op, std::uint64_t bytes) {
  if (bytes > 1) {
    auto* address = builder_.CreateZExt(stack_.back(), builder_.getInt64Ty());
    auto* low_bits = builder_.CreateAnd(builder_.CreateAdd(address, i64(op.memory_offset)), i64(bytes - 1));
    trap_if(builder_.CreateICmpNE(low_bits, i64(0)), TrapCode::unaligned_atomic);
  }
  return address(op, bytes);
}

void FunctionLowering::lower_wait(const Operator& op, std::uint64_t builtin) {
  auto* timeout = pop();
  auto* expected = pop();
  auto* address = pop_u64();
  push(call_builtin(builtin, builder_.getInt32Ty(),
                    {i32(op.memory), address, i64(op.memory_offset), expected, timeout}));
}

void FunctionLowering::lower_notify(const Operator& op) {
  auto* count = pop();
  auto* address = pop_u64();
  push(call_builtin(offsetof(Builtins, memory_atomic_notify), builder_.getInt32Ty(),
                    {i32(op.memory), address, i64(op.memory_offset), count}));
}

}  // namespace tenon::compiler
