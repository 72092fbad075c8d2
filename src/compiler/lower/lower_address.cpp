// From a guest's address to a pointer: what keeps every access of memory inside.
#include "compiler/lower/function_lowering.hpp"

namespace tenon::compiler {

using artifact::MemoryRecord;
using wasm::Operator;

llvm::Type* FunctionLowering::memory_address_type(std::uint32_t memory) const {
  return type(module_.source.memories[memory].address_type());
}

llvm::Value* FunctionLowering::address(const Operator& op, std::uint64_t bytes) {
  return pointer_to(op.memory, effective_address(op, bytes));
}

// Checked as far as guard pages do not check it.
llvm::Value* FunctionLowering::effective_address(const Operator& op, std::uint64_t bytes) {
  llvm::Value* effective = pop_u64();
  const bool is_64 = module_.source.memories[op.memory].is_64;
  if (is_64) check_address64(op, effective, bytes);
  // Safety: this is the sandbox's wall. An i32 is zero-extended and the offset
  // added in 64 bits, so that the sum lies between 0 and 2^33 - 2 and never wraps;
  // the reservation behind the base (artifact::kMemoryReservation) is larger than
  // that plus any access. The sum for an i64 that passed its check is small too.
  if (op.memory_offset != 0) effective = builder_.CreateAdd(effective, i64(op.memory_offset));
  if (!is_64 && module_.options.bounds == Bounds::explicit_checks) check_bounds(op, effective, bytes);
  return effective;
}

// Never `inbounds`: LLVM may assume nothing about where it ends up.
llvm::Value* FunctionLowering::pointer_to(std::uint32_t memory, llvm::Value* effective) {
  return builder_.CreateGEP(builder_.getInt8Ty(), memory_base(memory), effective);
}

// Safety: with explicit bounds this check alone keeps the access inside.
void FunctionLowering::check_bounds(const Operator& op, llvm::Value* effective, std::uint64_t bytes) {
  auto* end = builder_.CreateAdd(effective, i64(bytes));
  trap_if(builder_.CreateICmpUGT(end, memory_size(op.memory)), TrapCode::out_of_bounds_memory_access);
}

// Safety: no reservation holds 2^64 bytes, and address + offset may wrap around
// 2^64, so the address is compared before anything is added to it.
void FunctionLowering::check_address64(const Operator& op, llvm::Value* address, std::uint64_t bytes) {
  auto* size = memory_size(op.memory);
  // How far behind the address the access reaches; saturated, which is beyond every memory.
  const std::uint64_t reach = op.memory_offset > UINT64_MAX - bytes ? UINT64_MAX : op.memory_offset + bytes;
  if (module_.options.bounds == Bounds::guard && reach <= artifact::kMemory64Guard) {
    // From inside the memory it reaches into the guard behind it at most. The
    // same check for every field of an object: LLVM keeps one of them.
    trap_if(builder_.CreateICmpUGE(address, size), TrapCode::out_of_bounds_memory_access);
    return;
  }
  llvm::Value* outside = builder_.CreateICmpUGT(address, builder_.CreateSub(size, i64(reach)));
  const bool always_reaches = reach / kPageSize < module_.source.memories[op.memory].limits.minimum;
  if (!always_reaches) outside = builder_.CreateOr(builder_.CreateICmpULT(size, i64(reach)), outside);
  trap_if(outside, TrapCode::out_of_bounds_memory_access);
}

// Never moves while the store lives: loaded once, in the entry block.
llvm::Value* FunctionLowering::memory_base(std::uint32_t memory) {
  auto*& base = memory_bases_[memory];
  if (base == nullptr) {
    llvm::IRBuilder<>::InsertPointGuard guard(builder_);
    builder_.SetInsertPoint(entry_->getTerminator());
    base = load_field(builder_.getPtrTy(), module_.layout.memory_base(memory));
  }
  return base;
}

// Of a shared memory another thread may change it at any time: read once, whole,
// and never again for the same check. Reading an old one is no harm, as sizes only
// grow; LLVM keeps none across an access by which threads synchronise.
llvm::LoadInst* FunctionLowering::memory_size(std::uint32_t memory) {
  auto* record = load_field(builder_.getPtrTy(), module_.layout.memory(memory));
  auto* field = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), record, offsetof(MemoryRecord, size));
  auto* size = load(builder_.getInt64Ty(), field, Storage::table, 8);
  if (module_.source.memories[memory].is_shared) size->setAtomic(llvm::AtomicOrdering::Unordered);
  return size;
}

// Safety: to LLVM a plain load that races with another thread's store gives an
// undefined value, and each use of one may see another: the check of an index
// one number, the access another. Frozen, it is some number and stays that
// number. Stores and everything else that LLVM does with plain accesses stays
// possible, and each gives what WebAssembly's memory model allows.
llvm::Value* FunctionLowering::settle_race(std::uint32_t memory, llvm::Value* loaded) {
  return module_.source.memories[memory].is_shared ? builder_.CreateFreeze(loaded) : loaded;
}

}  // namespace tenon::compiler
