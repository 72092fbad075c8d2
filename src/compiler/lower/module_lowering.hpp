// What the lowering of every function of a module shares: LLVM types, function
// declarations, the instance layout, alias metadata, symbol names.
#pragma once

#include <string>
#include <vector>

#include "artifact/abi.hpp"
#include "compiler/analyze/constant_tables.hpp"
#include "compiler/analyze/symbol_names.hpp"
#include "compiler/llvm.hpp"
#include "compiler/options.hpp"
#include "wasm/module.hpp"

namespace tenon::compiler {

// The kinds of storage that guest code touches, none of which overlap: each
// load and store says which it is (type-based alias metadata), so that a store
// to linear memory never makes LLVM reload a field of the instance.
enum class Storage : std::uint8_t { memory, global, table, instance, fuel };
inline constexpr std::size_t kStorages = 5;

// The functions of the compiler's own that a module may have (helper_function.hpp).
enum class Helper : std::uint8_t { memory_fill, memory_copy, table_element, function_reference };
inline constexpr std::size_t kHelpers = 4;

// Which of the module's functions an LLVM module is to define (shards.hpp);
// the rest it only declares.
struct UnitPart {
  std::uint32_t first = 0;  // bodies, counted from 0
  std::uint32_t end = 0;
  const std::vector<bool>* is_shared = nullptr;  // ShardPlan's; null where this is all there is
  bool is_huge = false;  // too large to be optimised: of hints for that it has none, to save their memory

  [[nodiscard]] bool is_whole() const { return is_shared == nullptr; }
};

class ModuleLowering {
 public:
  ModuleLowering(const wasm::Module& source, const CodeArrays& code_arrays, const SymbolNames& names,
                 const CompileOptions& options, llvm::TargetMachine& machine, llvm::Module& out,
                 const UnitPart& part);

  const wasm::Module& source;
  const CodeArrays& code_arrays;
  const SymbolNames& names;
  const CompileOptions& options;
  llvm::Module& out;
  llvm::LLVMContext& context;
  const artifact::InstanceLayout layout;
  const UnitPart part;

  // Types as generated code sees them (artifact/abi.hpp, "How guest code calls").
  [[nodiscard]] llvm::Type* type(ValueType type) const;
  [[nodiscard]] llvm::Type* result_type(const FunctionType& type) const;
  // One of several results into, and out of, a value of result_type.
  [[nodiscard]] static llvm::Value* insert_result(llvm::IRBuilderBase& builder, llvm::Value* all,
                                                  llvm::Value* result, unsigned index);
  [[nodiscard]] llvm::Value* extract_result(llvm::IRBuilderBase& builder, llvm::Value* all, ValueType of,
                                            unsigned index) const;
  [[nodiscard]] llvm::FunctionType* guest_type(const FunctionType& type) const;
  [[nodiscard]] llvm::FunctionType* tail_type(const FunctionType& type) const;  // of code for tail calls
  // In ordinary code more results than these travel through slots as well, whose
  // address follows the instance. As one value of LLVM's, n results take n^2 steps
  // to put together; and beyond its registers LLVM returns through memory anyway.
  [[nodiscard]] static bool returns_in_memory(const FunctionType& type) {
    return type.results.size() > artifact::kMaxDirectResults;
  }

  // The defined function with this index in the module's function index space.
  [[nodiscard]] llvm::Function* function(std::uint32_t index);
  [[nodiscard]] bool is_defined_here(std::uint32_t index) const {
    const std::uint32_t body = index - source.imported_functions;
    return body >= part.first && body < part.end;
  }
  // Its code for tail calls, which then is where its body is; null where it makes none.
  [[nodiscard]] llvm::Function* tail_code(std::uint32_t index);
  // Where its operators are lowered to.
  [[nodiscard]] llvm::Function* body(std::uint32_t index) {
    return tail_code(index) != nullptr ? tail_code(index) : function(index);
  }
  [[nodiscard]] bool is_imported(std::uint32_t function) const {
    return function < source.imported_functions;
  }
  // Which of InstanceLayout::referenced_function a defined function has.
  [[nodiscard]] std::uint32_t reference_slot(std::uint32_t function) const;

  // The array of CodeArrays with this index: i32 offsets from its start to code
  // of one guest_type. Declared until define_code_arrays defines it.
  [[nodiscard]] llvm::GlobalVariable* code_array(std::uint32_t index);
  [[nodiscard]] bool has_code_array(std::uint32_t index) const { return code_arrays_[index] != nullptr; }

  // A new guest-convention function; used for bodies and for import thunks.
  [[nodiscard]] llvm::Function* create_guest_function(llvm::FunctionType* type, const llvm::Twine& name);
  [[nodiscard]] llvm::Function* create_tail_function(llvm::FunctionType* type, const llvm::Twine& name);
  void set_attributes(llvm::Function& function) const;
  // Its stores are to be marked, where the module is resettable (optimize/mark_cards.hpp).
  void note_touches_memory(llvm::Function& function) const;
  // Call site attributes and convention of a guest-convention call.
  void set_guest_call(llvm::CallBase& call) const;
  // Tells LLVM that functions have landing pads. Called only by the system's unwinder,
  // where a thread ends inside: it has nothing to do.
  [[nodiscard]] llvm::Function* personality();

  // Null until somebody makes it.
  [[nodiscard]] llvm::Function*& helper(Helper helper) { return helpers_[static_cast<std::size_t>(helper)]; }
  [[nodiscard]] llvm::MDNode* alias_tag(Storage storage) const {
    return part.is_huge ? nullptr : tags_[static_cast<unsigned>(storage)];
  }
  [[nodiscard]] llvm::MDNode* unlikely() const { return part.is_huge ? nullptr : unlikely_; }

  static artifact::InstanceCounts counts(const wasm::Module& source);

 private:
  llvm::Function* declare(std::uint32_t body, bool is_tail_code);
  void make_alias_tags();

  llvm::TargetMachine& machine_;
  std::vector<llvm::Function*> functions_;          // null where nothing here has named it yet
  std::vector<llvm::Function*> tail_code_;          // likewise
  std::vector<llvm::GlobalVariable*> code_arrays_;  // likewise
  llvm::Function* personality_ = nullptr;
  // Whether any function does: only then must LLVM know that calls may throw.
  // Elsewhere frames just vanish, which it cannot tell from a call that never
  // returns.
  bool handles_exceptions_;
  llvm::Function* helpers_[kHelpers] = {};
  llvm::MDNode* tags_[kStorages];
  llvm::MDNode* unlikely_;
};

}  // namespace tenon::compiler
