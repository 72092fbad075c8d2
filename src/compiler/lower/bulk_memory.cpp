#include "compiler/lower/bulk_memory.hpp"

#include <functional>

#include "compiler/lower/helper_function.hpp"

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

using Builder = llvm::IRBuilder<>;
constexpr std::uint64_t kInlineBytes = 128;

// Safety: goes on only where `addresses` + size all lie inside memory 0; else to
// `slow`, where the builtin checks again and raises the trap.
void check(ModuleLowering& module, Builder& b, llvm::Function* function,
           llvm::ArrayRef<llvm::Value*> addresses, llvm::BasicBlock* slow) {
  auto* record = b.CreateLoad(b.getPtrTy(), at(b, function->getArg(0), module.layout.memory(0)));
  auto* memory_size =
      b.CreateAlignedLoad(b.getInt64Ty(), at(b, record, offsetof(MemoryRecord, size)), llvm::Align(8));
  // Other threads may be growing it: one number for the whole check.
  if (module.source.memories[0].is_shared) memory_size->setAtomic(llvm::AtomicOrdering::Unordered);
  llvm::Value* size = function->getArg(3);
  llvm::Value* outside = b.CreateICmpUGT(size, b.getInt64(kInlineBytes));
  for (auto* address : addresses) {
    // The sum of an i64 address and the size may wrap around. This difference
    // cannot: a page is more than kInlineBytes, and an empty memory is looked at below.
    auto* room = b.CreateSub(memory_size, size);
    outside = b.CreateOr(outside, b.CreateICmpUGT(address, room));
  }
  if (module.source.memories[0].limits.minimum == 0) {
    outside = b.CreateOr(outside, b.CreateICmpULT(memory_size, size));
  }
  auto* inside = llvm::BasicBlock::Create(module.context, "inside", function);
  b.CreateCondBr(outside, slow, inside);
  b.SetInsertPoint(inside);
}

// One way for each size: `units` overlapping units of a type.
void make_sizes(Builder& b, llvm::Function* function, llvm::Value* size,
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
    auto* take = llvm::BasicBlock::Create(b.getContext(), "", function);
    auto* next = llvm::BasicBlock::Create(b.getContext(), "", function);
    b.CreateCondBr(b.CreateICmpUGE(size, b.getInt64(way.at_least)), take, next);
    b.SetInsertPoint(take);
    move(b, way.unit, way.units);
    b.CreateRetVoid();
    b.SetInsertPoint(next);
  }
  b.CreateRetVoid();
}

// All but the memories are what the function got.
void leave_to_builtin(Builder& b, llvm::Function* function, std::uint64_t offset,
                      llvm::ArrayRef<llvm::Value*> memories) {
  llvm::SmallVector<llvm::Value*> arguments(memories);
  for (auto& argument : llvm::drop_begin(function->args())) arguments.push_back(&argument);
  call_builtin(b, function->getArg(0), offset, b.getVoidTy(), arguments);
  b.CreateRetVoid();
}

}  // namespace

llvm::Function* memory_fill_helper(ModuleLowering& module) {
  auto*& fill = module.helper(Helper::memory_fill);
  if (fill != nullptr) return fill;
  Builder b(module.context);
  fill =
      create_helper(module, "memory_fill", b.getVoidTy(), {b.getInt64Ty(), b.getInt32Ty(), b.getInt64Ty()});
  module.note_touches_memory(*fill);
  auto* slow = llvm::BasicBlock::Create(module.context, "slow", fill);
  b.SetInsertPoint(slow);
  leave_to_builtin(b, fill, offsetof(Builtins, memory_fill), {b.getInt32(0)});

  b.SetInsertPoint(llvm::BasicBlock::Create(module.context, "entry", fill, slow));
  auto *to = fill->getArg(1), *size = fill->getArg(3);
  check(module, b, fill, {to}, slow);
  auto* target = at(b, b.CreateLoad(b.getPtrTy(), at(b, fill->getArg(0), module.layout.memory_base(0))), to);
  auto* byte = b.CreateZExt(b.CreateTrunc(fill->getArg(2), b.getInt8Ty()), b.getInt64Ty());
  auto* eight = b.CreateMul(byte, b.getInt64(0x0101010101010101));
  make_sizes(b, fill, size, [&](Builder& at_size, llvm::Type* unit, unsigned units) {
    auto* value = unit->isVectorTy() ? at_size.CreateVectorSplat(2, eight) : at_size.CreateTrunc(eight, unit);
    for (unsigned i = 0; i < units; ++i) {
      at_size.CreateAlignedStore(
          value, at(at_size, target, unit_offset(at_size, size, bytes_of(unit), i, std::max(units, 2u))),
          llvm::Align(1));
    }
  });
  return fill;
}

llvm::Function* memory_copy_helper(ModuleLowering& module) {
  auto*& copy = module.helper(Helper::memory_copy);
  if (copy != nullptr) return copy;
  Builder b(module.context);
  copy =
      create_helper(module, "memory_copy", b.getVoidTy(), {b.getInt64Ty(), b.getInt64Ty(), b.getInt64Ty()});
  module.note_touches_memory(*copy);
  auto* slow = llvm::BasicBlock::Create(module.context, "slow", copy);
  b.SetInsertPoint(slow);
  leave_to_builtin(b, copy, offsetof(Builtins, memory_copy), {b.getInt32(0), b.getInt32(0)});

  b.SetInsertPoint(llvm::BasicBlock::Create(module.context, "entry", copy, slow));
  auto *to = copy->getArg(1), *from = copy->getArg(2), *size = copy->getArg(3);
  check(module, b, copy, {to, from}, slow);
  auto* base = b.CreateLoad(b.getPtrTy(), at(b, copy->getArg(0), module.layout.memory_base(0)));
  auto *target = at(b, base, to), *source = at(b, base, from);
  make_sizes(b, copy, size, [&](Builder& at_size, llvm::Type* unit, unsigned units) {
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
  return copy;
}

}  // namespace tenon::compiler
