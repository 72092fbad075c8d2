// Values in memory between two calling conventions.
#pragma once

#include "artifact/slots.hpp"
#include "compiler/lower/module_lowering.hpp"

namespace tenon::compiler {

// Values in slots of 8 bytes; v128 takes two (artifact/abi.hpp, EntryFunction).
class Slots {
 public:
  Slots(ModuleLowering& module, llvm::IRBuilderBase& builder, llvm::Value* base)
      : module_(module), builder_(builder), base_(base) {}

  llvm::LoadInst* load_next(ValueType type) {
    return builder_.CreateAlignedLoad(module_.type(type), next(type), llvm::Align(8));
  }
  // Small values are widened, so that the whole slot is written.
  void store_next(ValueType type, llvm::Value* value) {
    auto* slot = next(type);
    if (type == ValueType::i32 || type == ValueType::f32) {
      value =
          builder_.CreateZExt(builder_.CreateBitCast(value, builder_.getInt32Ty()), builder_.getInt64Ty());
    }
    builder_.CreateAlignedStore(value, slot, llvm::Align(8));
  }
  // What a guest-convention call of this type gave, and back.
  void store_results(const FunctionType& type, llvm::Value* all) {
    if (type.results.size() == 1) return store_next(type.results[0], all);
    for (unsigned i = 0; i < type.results.size(); ++i) {
      store_next(type.results[i], module_.extract_result(builder_, all, type.results[i], i));
    }
  }
  llvm::Value* load_results(const FunctionType& type) {
    if (type.results.size() == 1) return load_next(type.results[0]);
    llvm::Value* all = llvm::PoisonValue::get(module_.result_type(type));
    for (unsigned i = 0; i < type.results.size(); ++i) {
      all = ModuleLowering::insert_result(builder_, all, load_next(type.results[i]), i);
    }
    return all;
  }
  static std::uint64_t count(const std::vector<ValueType>& types) { return artifact::slots_of(types); }

 private:
  llvm::Value* next(ValueType type) {
    auto* slot = builder_.CreateConstGEP1_64(builder_.getInt64Ty(), base_, index_);
    index_ += artifact::slots_of(type);
    return slot;
  }

  ModuleLowering& module_;
  llvm::IRBuilderBase& builder_;
  llvm::Value* base_;
  std::uint64_t index_ = 0;
};

}  // namespace tenon::compiler
