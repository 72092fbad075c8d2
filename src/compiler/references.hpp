// The slow ways to a function behind a reference: the runtime fills in records
// of functions and entries of tables when they are first asked for
// (artifact/abi.hpp), so guest code finds nothing there once and then no more.
#pragma once

#include "compiler/module_lowering.hpp"

namespace tenon::compiler {

// Helper functions, one of each for a module. They leave the caller's
// integer registers alone, so that the fast way beside them is free to use them.
class References {
 public:
  explicit References(ModuleLowering& module) : module_(module) {}

  // i32 (instance, i32 table, i64 index): Builtins::table_element.
  [[nodiscard]] llvm::Function* table_element();
  // void (instance, i32 function): Builtins::function_reference.
  [[nodiscard]] llvm::Function* function_reference();
  // What a call of either needs.
  static void set_call(llvm::CallInst& call);

 private:
  llvm::Function* create(llvm::StringRef name, std::uint64_t builtin, llvm::Type* result,
                         llvm::ArrayRef<llvm::Type*> parameters);

  ModuleLowering& module_;
  llvm::Function* table_element_ = nullptr;
  llvm::Function* function_reference_ = nullptr;
};

}  // namespace tenon::compiler
