#include "compiler/bulk_memory.hpp"

#include "compiler/helper_function.hpp"

namespace tenon::compiler {

using artifact::Builtins;
using artifact::MemoryRecord;

namespace {

llvm::Value* at(llvm::IRBuilder<>& b, llvm::Value* base, llvm::Value* offset) {
  return b.CreateGEP(b.getInt8Ty(), base, offset);
}

llvm::Value* at(llvm::IRBuilder<>& b, llvm::Value* base, std::uint64_t offset) {
  return b.CreateConstGEP1_64(b.getInt8Ty(), base, offset);
}

// Where the `i`th of 2, 4 or 8 overlapping units lies that together cover `size`
// bytes: half of them count from the front, half from the back.
llvm::Value* unit_offset(llvm::IRBuilder<>& b, llvm::Value* size, unsigned unit, unsigned i, unsigned units) {
  if (i < units / 2) return b.getInt64(std::uint64_t{i} * unit);
  return b.CreateSub(size, b.getInt64(std::uint64_t{units - i} * unit));
}

unsigned bytes_of(llvm::Type* type) { return static_cast<unsigned>(type->getPrimitiveSizeInBits() / 8); }

}  // namespace

// Safety: goes on only where `addresses` + size all lie inside memory 0; else to
// `slow`, where the builtin checks again and raises the trap.
void BulkMemory::check(Builder& b, llvm::Function* function, llvm::ArrayRef<llvm::Value*> addresses,
                       llvm::BasicBlock* slow) {
  auto* record = b.CreateLoad(b.getPtrTy(), at(b, function->getArg(0), module_.layout.memory(0)));
  auto* memory_size =
      b.CreateAlignedLoad(b.getInt64Ty(), at(b, record, offsetof(MemoryRecord, size)), llvm::Align(8));
  // Other threads may be growing it: one number for the whole check.
  if (module_.source.memories[0].is_shared) memory_size->setAtomic(llvm::AtomicOrdering::Unordered);
  llvm::Value* size = function->getArg(3);
  llvm::Value* outside = b.CreateICmpUGT(size, b.getInt64(kInlineBytes));
  for (auto* address : addresses) {
    // The sum of an i64 address and the size may wrap around. This difference
    // cannot: a page is more than kInlineBytes, and an empty memory is looked at below.
    auto* room = b.CreateSub(memory_size, size);
    outside = b.CreateOr(outside, b.CreateICmpUGT(address, room));
  }
  if (module_.source.memories[0].limits.minimum == 0) {
    outside = b.CreateOr(outside, b.CreateICmpULT(memory_size, size));
  }
  auto* inside = llvm::BasicBlock::Create(module_.context, "inside", function);
  b.CreateCondBr(outside, slow, inside);
  b.SetInsertPoint(inside);
}

// One way for each size: `units` overlapping units of a type.
void BulkMemory::make_sizes(Builder& b, llvm::Function* function, llvm::Value* size,
                            const std::function<void(Builder&, llvm::Type*, unsigned)>& move) {
  struct Way {
    std::uint64_t at_least;
    llvm::Type* unit;
    unsigned units;
  };
  auto* wide = llvm::FixedVectorType::get(b.getInt64Ty(), 2);
  const Way ways[] = {{65, wide, 8},          {33, wide, 4},          {16, wide, 2},
                      {8, b.getInt64Ty(), 2}, {4, b.getInt32Ty(), 2}, {2, b.getInt16Ty(), 2},
                      {1, b.getInt8Ty(), 1}};
  for (const Way& way : ways) {
    auto* take = llvm::BasicBlock::Create(module_.context, "", function);
    auto* next = llvm::BasicBlock::Create(module_.context, "", function);
    b.CreateCondBr(b.CreateICmpUGE(size, b.getInt64(way.at_least)), take, next);
    b.SetInsertPoint(take);
    move(b, way.unit, way.units);
    b.CreateRetVoid();
    b.SetInsertPoint(next);
  }
  b.CreateRetVoid();
}

// All but the memories are what the function got.
void BulkMemory::leave_to_builtin(Builder& b, llvm::Function* function, std::uint64_t offset,
                                  llvm::ArrayRef<llvm::Value*> memories) {
  llvm::SmallVector<llvm::Value*> arguments(memories);
  for (auto& argument : llvm::drop_begin(function->args())) arguments.push_back(&argument);
  call_builtin(b, function->getArg(0), offset, b.getVoidTy(), arguments);
  b.CreateRetVoid();
}

llvm::Function* BulkMemory::fill() {
  if (fill_ != nullptr) return fill_;
  Builder b(module_.context);
  fill_ =
      create_helper(module_, "memory_fill", b.getVoidTy(), {b.getInt64Ty(), b.getInt32Ty(), b.getInt64Ty()});
  auto* slow = llvm::BasicBlock::Create(module_.context, "slow", fill_);
  b.SetInsertPoint(slow);
  leave_to_builtin(b, fill_, offsetof(Builtins, memory_fill), {b.getInt32(0)});

  b.SetInsertPoint(llvm::BasicBlock::Create(module_.context, "entry", fill_, slow));
  auto *to = fill_->getArg(1), *size = fill_->getArg(3);
  check(b, fill_, {to}, slow);
  auto* target =
      at(b, b.CreateLoad(b.getPtrTy(), at(b, fill_->getArg(0), module_.layout.memory_base(0))), to);
  auto* byte = b.CreateZExt(b.CreateTrunc(fill_->getArg(2), b.getInt8Ty()), b.getInt64Ty());
  auto* eight = b.CreateMul(byte, b.getInt64(0x0101010101010101));
  make_sizes(b, fill_, size, [&](Builder& at_size, llvm::Type* unit, unsigned units) {
    auto* value = unit->isVectorTy() ? at_size.CreateVectorSplat(2, eight) : at_size.CreateTrunc(eight, unit);
    for (unsigned i = 0; i < units; ++i) {
      at_size.CreateAlignedStore(
          value, at(at_size, target, unit_offset(at_size, size, bytes_of(unit), i, std::max(units, 2u))),
          llvm::Align(1));
    }
  });
  return fill_;
}

llvm::Function* BulkMemory::copy() {
  if (copy_ != nullptr) return copy_;
  Builder b(module_.context);
  copy_ =
      create_helper(module_, "memory_copy", b.getVoidTy(), {b.getInt64Ty(), b.getInt64Ty(), b.getInt64Ty()});
  auto* slow = llvm::BasicBlock::Create(module_.context, "slow", copy_);
  b.SetInsertPoint(slow);
  leave_to_builtin(b, copy_, offsetof(Builtins, memory_copy), {b.getInt32(0), b.getInt32(0)});

  b.SetInsertPoint(llvm::BasicBlock::Create(module_.context, "entry", copy_, slow));
  auto *to = copy_->getArg(1), *from = copy_->getArg(2), *size = copy_->getArg(3);
  check(b, copy_, {to, from}, slow);
  auto* base = b.CreateLoad(b.getPtrTy(), at(b, copy_->getArg(0), module_.layout.memory_base(0)));
  auto *target = at(b, base, to), *source = at(b, base, from);
  make_sizes(b, copy_, size, [&](Builder& at_size, llvm::Type* unit, unsigned units) {
    // All is read before any is written, so the two may overlap.
    llvm::SmallVector<std::pair<llvm::Value*, llvm::Value*>, 4> parts;
    for (unsigned i = 0; i < units; ++i) {
      auto* offset = unit_offset(at_size, size, bytes_of(unit), i, std::max(units, 2u));
      parts.emplace_back(at_size.CreateAlignedLoad(unit, at(at_size, source, offset), llvm::Align(1)),
                         offset);
    }
    for (auto [value, offset] : parts)
      at_size.CreateAlignedStore(value, at(at_size, target, offset), llvm::Align(1));
  });
  return copy_;
}

}  // namespace tenon::compiler
