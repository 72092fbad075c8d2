// Atomic operators (proposal threads, section "Atomic Memory Instructions").
// All of them are sequentially consistent. They may touch memories that are not
// shared, too; only waiting there is a trap.
#include <utility>

#include "compiler/lower/function_lowering.hpp"
#include "wasm/opcode_table.hpp"

namespace tenon::compiler {

using artifact::Builtins;
using wasm::Operator;

namespace {

constexpr auto kOrdering = llvm::AtomicOrdering::SequentiallyConsistent;

enum class AtomicKind { load, store, modify, compare_exchange, wait, notify, fence };
struct AtomicOperation {
  AtomicKind kind;
  llvm::AtomicRMWInst::BinOp modification = llvm::AtomicRMWInst::BAD_BINOP;
};

constexpr std::pair<std::string_view, AtomicOperation> kOperations[] = {
    {"load", {AtomicKind::load}},
    {"store", {AtomicKind::store}},
    {"add", {AtomicKind::modify, llvm::AtomicRMWInst::Add}},
    {"sub", {AtomicKind::modify, llvm::AtomicRMWInst::Sub}},
    {"and", {AtomicKind::modify, llvm::AtomicRMWInst::And}},
    {"or", {AtomicKind::modify, llvm::AtomicRMWInst::Or}},
    {"xor", {AtomicKind::modify, llvm::AtomicRMWInst::Xor}},
    {"xchg", {AtomicKind::modify, llvm::AtomicRMWInst::Xchg}},
    {"cmpxchg", {AtomicKind::compare_exchange}},
    {"wait", {AtomicKind::wait}},
    {"notify", {AtomicKind::notify}},
    {"fence", {AtomicKind::fence}},
};

// The verb in the name: "i32.atomic.load8_u", "i64.atomic.rmw16.add_u", "memory.atomic.wait32".
constexpr const AtomicOperation* find_operation(std::string_view text) {
  text.remove_prefix(text.rfind('.') + 1);
  const std::string_view verb = text.substr(0, text.find_first_of("0123456789_"));
  for (const auto& [name, operation] : kOperations) {
    if (name == verb) return &operation;
  }
  return nullptr;
}

constexpr bool is_lowered(const wasm::OpcodeInfo& info) { return find_operation(info.text) != nullptr; }
static_assert(wasm::NotLowered<wasm::first_not_lowered(wasm::Family::atomic, is_lowered)>::kNone);

}  // namespace

void FunctionLowering::lower_atomic(const Operator& op) {
  const AtomicOperation& operation = *find_operation(op.info->text);
  switch (operation.kind) {
    case AtomicKind::load: return lower_atomic_load(op);
    case AtomicKind::store: return lower_atomic_store(op);
    case AtomicKind::modify: return lower_atomic_modify(op, operation.modification);
    case AtomicKind::compare_exchange: return lower_compare_exchange(op);
    case AtomicKind::wait: return lower_wait(op);
    case AtomicKind::notify: return lower_notify(op);
    case AtomicKind::fence: builder_.CreateFence(kOrdering); return;
  }
}

// Results are zero-extended, operands wrapped to the width in memory.
llvm::Value* FunctionLowering::pop_narrow(const Operator& op) {
  return builder_.CreateTrunc(pop(), builder_.getIntNTy(op.info->width));
}

void FunctionLowering::push_wide(const Operator& op, llvm::Value* value) {
  push(builder_.CreateZExt(value, type(*wasm::value_type_of(op.info->signature.back()))));
}

void FunctionLowering::lower_atomic_load(const Operator& op) {
  const unsigned bytes = op.info->width / 8;
  auto* value = load(builder_.getIntNTy(op.info->width), atomic_address(op), Storage::memory, bytes);
  value->setAtomic(kOrdering);
  value->setVolatile(strict());
  push_wide(op, value);
}

void FunctionLowering::lower_atomic_store(const Operator& op) {
  auto* value = pop_narrow(op);
  auto* stored = store(value, atomic_address(op), Storage::memory, op.info->width / 8);
  stored->setAtomic(kOrdering);
  stored->setVolatile(strict());
}

void FunctionLowering::lower_atomic_modify(const Operator& op, llvm::AtomicRMWInst::BinOp modification) {
  auto* operand = pop_narrow(op);
  auto* old = builder_.CreateAtomicRMW(modification, atomic_address(op), operand,
                                       llvm::Align(op.info->width / 8), kOrdering);
  old->setVolatile(strict());
  push_wide(op, old);
}

void FunctionLowering::lower_compare_exchange(const Operator& op) {
  auto* replacement = pop_narrow(op);
  auto* expected = pop_narrow(op);
  auto* pair = builder_.CreateAtomicCmpXchg(atomic_address(op), expected, replacement,
                                            llvm::Align(op.info->width / 8), kOrdering, kOrdering);
  pair->setVolatile(strict());
  push_wide(op, builder_.CreateExtractValue(pair, 0));
}

llvm::Value* FunctionLowering::atomic_address(const Operator& op) {
  const std::uint64_t bytes = op.info->width / 8;
  if (bytes > 1) {
    auto* address = builder_.CreateZExt(stack_.back(), builder_.getInt64Ty());
    auto* low_bits = builder_.CreateAnd(builder_.CreateAdd(address, i64(op.memory_offset)), i64(bytes - 1));
    trap_if(builder_.CreateICmpNE(low_bits, i64(0)), TrapCode::unaligned_atomic);
  }
  return address(op, bytes);
}

void FunctionLowering::lower_wait(const Operator& op) {
  const auto builtin = op.info->width == 32 ? offsetof(Builtins, memory_atomic_wait32)
                                            : offsetof(Builtins, memory_atomic_wait64);
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
