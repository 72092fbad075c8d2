// Lowers one function body in a single pass over its operators. The body was
// validated before, so operands are known to be there and of the right type;
// only unreachable code, which is skipped, breaks that.
//
// One file per family of operators holds the member functions that lower it.
// Locals are stack slots that LLVM's mem2reg turns into values.
#pragma once

#include <utility>
#include <vector>

#include "compiler/analyze/fuel.hpp"
#include "compiler/lower/module_lowering.hpp"
#include "wasm/families.hpp"

namespace tenon::compiler {

class FunctionLowering {
 public:
  FunctionLowering(ModuleLowering& module, std::uint32_t index);
  [[nodiscard]] std::expected<void, Error> run();

 private:
  // What a try or try_table has for the exceptions of its body.
  struct Handler {
    bool is_open = false;              // its body is: what is thrown now comes here
    llvm::AllocaInst* slot = nullptr;  // the exception
    llvm::BasicBlock* dispatch = nullptr;
    llvm::BasicBlock* rest = nullptr;  // of the dispatch, for what no clause has caught yet
    llvm::BasicBlock* landing_pad = nullptr;
  };
  // A structured control operator that is open (specification, section 2.4.8).
  struct Control {
    wasm::Opcode opcode;                     // block, loop, if_, else_, try_table, try_, catch_, catch_all
    llvm::BasicBlock* target;                // where a branch to its label goes
    llvm::BasicBlock* end;                   // what follows its end; null for loops
    llvm::BasicBlock* otherwise;             // if_: where a false condition goes
    std::vector<llvm::PHINode*> label_phis;  // parameters of the target
    std::vector<llvm::Value*> parameters;    // if_: for the else branch
    std::vector<ValueType> results;
    std::size_t height;        // of the value stack below its parameters
    bool reached_end = false;  // some branch goes to end
    Handler handler{};         // of a try or try_table
  };

  void prologue();
  llvm::SmallVector<llvm::Value*> parameters();  // of the function; at its start
  void lower(const wasm::Operator& op);

  // lower_fuel.cpp
  void charge(const wasm::Operator& op);
  void charge_bulk(BulkFuel::Unit unit);
  llvm::Instruction* take_fuel(llvm::Value* amount);
  llvm::Value* fuel_place();

  // lower_control.cpp
  void lower_control(const wasm::Operator& op);
  void skip(const wasm::Operator& op);
  void begin_block(const wasm::Operator& op);
  void begin_loop(const wasm::Operator& op);
  void begin_if(const wasm::Operator& op);
  void begin_else();
  void end_block();
  void branch_to(std::uint32_t depth);
  void branch_if(llvm::Value* condition, std::uint32_t depth);
  void branch_on_null(std::uint32_t depth);
  void branch_on_non_null(std::uint32_t depth);
  void branch_table(const wasm::Operator& op);
  llvm::BasicBlock* branch_table_edge(std::uint32_t depth);
  void return_values();
  void make_unreachable();
  Control& label(std::uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  std::pair<std::vector<ValueType>, std::vector<ValueType>> block_types(const wasm::BlockType& type) const;
  std::vector<llvm::PHINode*> make_phis(const std::vector<ValueType>& types, llvm::BasicBlock* block);
  void add_incoming(Control& control);
  void start(llvm::BasicBlock* block);

  // lower_variable.cpp: locals, globals, parametric operators
  void lower_variable(const wasm::Operator& op);
  llvm::AllocaInst* local(std::uint32_t index);
  void lower_select();
  llvm::Value* global_pointer(std::uint32_t index);
  llvm::Value* constant_global(std::uint32_t index);

  // lower_call.cpp
  // What a call needs of a function that is known only at run time. With
  // `tail`, tail_code too.
  struct Callee {
    llvm::Value* code;
    llvm::Value* context;
    llvm::Value* tail_code = nullptr;
  };
  void lower_call(const wasm::Operator& op);
  Callee imported_function(std::uint32_t function, bool tail);
  Callee indirect_function(const wasm::Operator& op, bool tail);
  Callee constant_element(std::uint32_t code_array);
  Callee referenced_function(bool tail);
  llvm::Value* load_record_field(llvm::Value* record, std::uint64_t offset);
  void call(llvm::Value* code, llvm::Value* context, const FunctionType& type);
  // What it throws goes to `pad`, or out of this function where that is null.
  void call(llvm::Value* code, llvm::Value* context, const FunctionType& type, llvm::BasicBlock* pad);
  llvm::Value* slots_for_results(const FunctionType& type);

  // lower_tail_call.cpp
  void lower_tail_call(const wasm::Operator& op);
  void tail_call(const Callee& callee, const FunctionType& type);
  void call_last(llvm::Value* code, llvm::Value* context, const FunctionType& type);
  void jump(llvm::Value* tail_code, llvm::Value* context, const FunctionType& type);

  // lower_exception.cpp
  void lower_exception(const wasm::Operator& op);
  Handler make_handler();
  llvm::Value* caught_exception(const Handler& handler);
  llvm::BasicBlock* landing_pad();
  void open_handler(const Handler& handler);
  void close_handler(Control& control);
  llvm::Value* new_exception(std::uint32_t tag);
  llvm::Value* exception_slots(llvm::Value* exception);
  void push_carried(llvm::Value* exception, std::uint32_t tag);
  void raise(llvm::Value* exception, std::size_t outside);
  llvm::BasicBlock* match_tag(llvm::Value* exception, std::uint32_t tag);
  void begin_try_table(const wasm::Operator& op);
  void begin_catch(const wasm::Operator& op);
  void end_delegate(const wasm::Operator& op);
  void pass_on(Control& control, std::size_t outside);

  // lower_memory.cpp
  void lower_memory(const wasm::Operator& op);
  void lower_load(const wasm::Operator& op);
  void lower_store(const wasm::Operator& op);

  // lower_address.cpp
  llvm::Type* memory_address_type(std::uint32_t memory) const;
  llvm::Value* address(const wasm::Operator& op, std::uint64_t bytes);  // as a pointer
  llvm::Value* effective_address(const wasm::Operator& op, std::uint64_t bytes);
  llvm::Value* pointer_to(std::uint32_t memory, llvm::Value* effective);
  void check_bounds(const wasm::Operator& op, llvm::Value* effective, std::uint64_t bytes);
  void check_address64(const wasm::Operator& op, llvm::Value* address, std::uint64_t bytes);
  llvm::Value* memory_base(std::uint32_t memory);
  llvm::LoadInst* memory_size(std::uint32_t memory);
  llvm::Value* settle_race(std::uint32_t memory, llvm::Value* loaded);

  // lower_atomic.cpp
  void lower_atomic(const wasm::Operator& op);
  void lower_atomic_load(const wasm::Operator& op);
  void lower_atomic_store(const wasm::Operator& op);
  void lower_atomic_modify(const wasm::Operator& op, llvm::AtomicRMWInst::BinOp modification);
  void lower_compare_exchange(const wasm::Operator& op);
  void lower_wait(const wasm::Operator& op);
  void lower_notify(const wasm::Operator& op);
  llvm::Value* pop_narrow(const wasm::Operator& op);
  void push_wide(const wasm::Operator& op, llvm::Value* value);
  llvm::Value* atomic_address(const wasm::Operator& op);

  // lower_numeric.cpp, lower_convert.cpp
  void lower_constant(const wasm::Operator& op);
  void lower_comparison(const wasm::Operator& op);
  void lower_integer(const wasm::Operator& op);
  void lower_floating_point(const wasm::Operator& op);
  void lower_division(const wasm::Operator& op);
  void lower_conversion(const wasm::Operator& op);
  void lower_checked_truncation(llvm::Type* to, bool is_signed);
  void lower_saturating_truncation(llvm::Type* to, bool is_signed);

  // lower_vector.cpp; the rules of single operators are in vector_rules.hpp
  void lower_vector(const wasm::Operator& op);
  void lower_vector_memory(const wasm::Operator& op);
  void push_vector(llvm::Value* value);
  llvm::Value* load_vector(const wasm::Operator& op, llvm::Type* in_memory);
  void store_vector(const wasm::Operator& op, llvm::Value* value);
  void load_extended(const wasm::Operator& op, bool is_signed);
  void load_lane(const wasm::Operator& op, llvm::Value* vector, unsigned lane);

  // lower_table.cpp: tables and references
  void lower_table(const wasm::Operator& op);
  void lower_reference(const wasm::Operator& op);
  llvm::Value* table_entry(std::uint32_t table, llvm::Value* at, TrapCode out_of_bounds);
  llvm::Value* fill_in_element(std::uint32_t table, llvm::Value* at);
  llvm::Value* function_reference(std::uint32_t function);
  void table_get(std::uint32_t table);
  llvm::Value* reference_to_bits(llvm::Value* value);
  llvm::Value* is_null(llvm::Value* reference);

  // function_lowering.cpp: what all families use
  llvm::Value* pop();
  llvm::Value* pop_u64();  // an i32 or i64, zero-extended
  void push(llvm::Value* value) { stack_.push_back(value); }
  llvm::Type* type(ValueType type) const { return module_.type(type); }
  llvm::Value* field(std::uint64_t offset);
  llvm::Value* load_field(llvm::Type* type, std::uint64_t offset);
  llvm::Value* load_constant(llvm::Type* type, llvm::Value* pointer, const llvm::Twine& name = "");
  llvm::LoadInst* load(llvm::Type* type, llvm::Value* pointer, Storage storage, unsigned align);
  llvm::StoreInst* store(llvm::Value* value, llvm::Value* pointer, Storage storage, unsigned align);
  void trap_if(llvm::Value* condition, TrapCode code);
  // Makes a block for what `make` emits, to go through only where the condition holds.
  void in_the_unlikely_case(llvm::Value* condition, llvm::function_ref<void()> make);
  llvm::BasicBlock* trap_block(TrapCode code);
  llvm::Value* call_builtin(std::uint64_t offset, llvm::Type* result,
                            std::initializer_list<llvm::Value*> arguments);
  // A guest-convention function of the module's own, without a result.
  void call_helper(llvm::Function* helper, std::initializer_list<llvm::Value*> arguments);
  llvm::BasicBlock* new_block(const llvm::Twine& name) {
    return llvm::BasicBlock::Create(module_.context, name, function_);
  }
  llvm::ConstantInt* i32(std::uint64_t v) { return builder_.getInt32(static_cast<std::uint32_t>(v)); }
  llvm::ConstantInt* i64(std::uint64_t v) { return builder_.getInt64(v); }
  bool strict() const { return module_.options.strict; }

  ModuleLowering& module_;
  std::uint32_t index_;
  const FunctionType& function_type_;
  const wasm::FunctionBody& body_;
  llvm::Function* function_;
  llvm::IRBuilder<> builder_;
  llvm::BasicBlock* entry_ = nullptr;  // slots of locals, and what is loaded once
  llvm::Argument* instance_ = nullptr;
  llvm::Argument* result_slots_ = nullptr;  // where results go that do not travel as values
  llvm::AllocaInst* call_slots_ = nullptr;  // where those of a call come from
  // A local of the body has a slot from its first use on: a few bytes declare
  // thousands that nothing names.
  std::vector<llvm::AllocaInst*> locals_;
  std::vector<std::uint32_t> local_ends_;  // of the body's groups: one past the last index
  std::vector<llvm::Value*> stack_;
  std::vector<Control> controls_;
  std::vector<std::size_t> handlers_;  // places in controls_ of those with an open handler
  std::vector<llvm::Value*> memory_bases_;
  llvm::BasicBlock* trap_blocks_[256] = {};
  bool unreachable_ = false;          // the rest of the innermost block is dead
  std::uint32_t skipped_blocks_ = 0;  // open blocks inside dead code
  unsigned helper_calls_ = 0;
  llvm::Value* fuel_place_ = nullptr;
  llvm::Instruction* segment_charge_ = nullptr;  // of the segment that is being lowered; null before it costs
  std::uint64_t segment_cost_ = 0;               // of it so far
};

// Lowers one body.
[[nodiscard]] std::expected<void, Error> lower_function(ModuleLowering& module, std::uint32_t function);

}  // namespace tenon::compiler
