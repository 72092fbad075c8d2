// memory.fill and memory.copy of a few bytes, in guest code: languages call
// these for every small object, where leaving for the runtime costs more than
// the work.
#pragma once

#include <functional>

#include "compiler/module_lowering.hpp"

namespace tenon::compiler {

// Guest-convention functions, one for each module, that do up to
// kInlineBytes by themselves and leave the rest, traps too, to the builtin:
//   void fill(instance, i64 to, i32 byte, i64 size)
//   void copy(instance, i64 to, i64 from, i64 size)
// both for memory 0.
class BulkMemory {
 public:
  static constexpr std::uint64_t kInlineBytes = 128;

  explicit BulkMemory(ModuleLowering& module) : module_(module) {}
  [[nodiscard]] llvm::Function* fill();
  [[nodiscard]] llvm::Function* copy();

 private:
  using Builder = llvm::IRBuilder<>;
  void check(Builder& b, llvm::Function* function, llvm::ArrayRef<llvm::Value*> addresses,
             llvm::BasicBlock* slow);
  void make_sizes(Builder& b, llvm::Function* function, llvm::Value* size,
                  const std::function<void(Builder&, llvm::Type* unit, unsigned units)>& move);
  void leave_to_builtin(Builder& b, llvm::Function* function, std::uint64_t offset,
                        llvm::ArrayRef<llvm::Value*> memories);

  ModuleLowering& module_;
  llvm::Function* fill_ = nullptr;
  llvm::Function* copy_ = nullptr;
};

}  // namespace tenon::compiler
