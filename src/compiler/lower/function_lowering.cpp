#include "compiler/lower/function_lowering.hpp"

#include "base/error.hpp"
#include "compiler/lower/helper_function.hpp"
#include "compiler/lower/tail_arguments.hpp"
#include "compiler/lower/tail_registers.hpp"
#include "compiler/lower/tail_wrapper.hpp"
#include "compiler/lower/trap.hpp"

namespace tenon::compiler {

using wasm::Opcode;
using wasm::Operator;

FunctionLowering::FunctionLowering(ModuleLowering& module, std::uint32_t index)
    : module_(module),
      index_(index),
      function_type_(module.source.function_type(index)),
      body_(module.source.bodies[index - module.source.imported_functions]),
      function_(module.body(index)),
      builder_(module.context),
      memory_bases_(module.source.memories.size(), nullptr) {}

std::expected<void, Error> FunctionLowering::run() {
  prologue();
  wasm::OperatorReader reader(body_.code, body_.offset, module_.options.features,
                              &module_.source.canonical_types);
  Operator op;
  while (!reader.at_end()) {
    if (auto read = reader.next(op); !read) return read;
    unreachable_ ? skip(op) : lower(op);
  }
  return {};
}

void FunctionLowering::prologue() {
  entry_ = new_block("entry");
  auto* body = new_block("body");
  builder_.SetInsertPoint(entry_);
  instance_ = function_->getArg(0);
  instance_->setName("instance");
  const auto values = this->parameters();
  const auto parameters = static_cast<std::uint32_t>(values.size());
  for (std::uint32_t i = 0; i < parameters; ++i) {
    locals_.push_back(builder_.CreateAlloca(type(function_type_.parameters[i])));
    builder_.CreateStore(values[i], locals_.back());
  }
  for (const auto& group : body_.locals) {
    local_ends_.push_back((local_ends_.empty() ? parameters : local_ends_.back()) + group.count);
  }
  if (!local_ends_.empty()) locals_.resize(local_ends_.back());
  builder_.CreateBr(body);
  builder_.SetInsertPoint(body);
  auto* end = new_block("return");
  controls_.push_back({.opcode = Opcode::block,
                       .target = end,
                       .end = end,
                       .otherwise = nullptr,
                       .label_phis = make_phis(function_type_.results, end),
                       .parameters = {},
                       .results = function_type_.results,
                       .height = 0});
}

llvm::SmallVector<llvm::Value*> FunctionLowering::parameters() {
  if (module_.tail_code(index_) == nullptr) {
    const bool in_memory = ModuleLowering::returns_in_memory(function_type_);
    if (in_memory) result_slots_ = function_->getArg(1);
    llvm::SmallVector<llvm::Value*> values;
    for (auto& argument : llvm::drop_begin(function_->args(), in_memory ? 2 : 1)) values.push_back(&argument);
    return values;
  }
  if (returns_through_slots(function_type_)) result_slots_ = function_->getArg(1);
  return TailArguments(module_, builder_, function_type_).receive(*function_);
}

void FunctionLowering::lower(const Operator& op) {
  using wasm::Family;
  if (module_.options.metering) charge(op);
  switch (op.info->family) {
    case Family::control: return lower_control(op);
    case Family::exception: return lower_exception(op);
    case Family::call: return lower_call(op);
    case Family::tail_call: return lower_tail_call(op);
    case Family::variable: return lower_variable(op);
    case Family::table: return lower_table(op);
    case Family::reference: return lower_reference(op);
    case Family::load: return lower_load(op);
    case Family::store: return lower_store(op);
    case Family::memory: return lower_memory(op);
    case Family::constant: return lower_constant(op);
    case Family::comparison: return lower_comparison(op);
    case Family::integer: return lower_integer(op);
    case Family::division: return lower_division(op);
    case Family::floating_point: return lower_floating_point(op);
    case Family::conversion: return lower_conversion(op);
    case Family::vector_memory: return lower_vector_memory(op);
    case Family::vector_lane:
    case Family::vector_integer:
    case Family::vector_float:
    case Family::vector_relaxed: return lower_vector(op);
    case Family::atomic: return lower_atomic(op);
  }
}

llvm::Value* FunctionLowering::pop() {
  llvm::Value* value = stack_.back();
  stack_.pop_back();
  return value;
}

llvm::Value* FunctionLowering::pop_u64() {
  // Safety: indices and sizes of the guest are unsigned. 64-bit arithmetic on the
  // zero-extension of an i32 cannot wrap around; on an i64 it can.
  return builder_.CreateZExt(pop(), builder_.getInt64Ty());
}

llvm::Value* FunctionLowering::field(std::uint64_t offset) {
  return builder_.CreateConstGEP1_64(builder_.getInt8Ty(), instance_, offset);
}

llvm::Value* FunctionLowering::load_field(llvm::Type* type, std::uint64_t offset) {
  return load_constant(type, field(offset));
}

// A value that cannot change while the instance lives.
llvm::Value* FunctionLowering::load_constant(llvm::Type* type, llvm::Value* pointer,
                                             const llvm::Twine& name) {
  auto* value = builder_.CreateLoad(type, pointer, name);
  value->setMetadata(llvm::LLVMContext::MD_tbaa, module_.alias_tag(Storage::instance));
  if (!module_.part.is_huge) {
    value->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(module_.context, {}));
  }
  return value;
}

llvm::LoadInst* FunctionLowering::load(llvm::Type* type, llvm::Value* pointer, Storage storage,
                                       unsigned align) {
  auto* value = builder_.CreateAlignedLoad(type, pointer, llvm::Align(align));
  value->setMetadata(llvm::LLVMContext::MD_tbaa, module_.alias_tag(storage));
  return value;
}

llvm::StoreInst* FunctionLowering::store(llvm::Value* value, llvm::Value* pointer, Storage storage,
                                         unsigned align) {
  auto* result = builder_.CreateAlignedStore(value, pointer, llvm::Align(align));
  result->setMetadata(llvm::LLVMContext::MD_tbaa, module_.alias_tag(storage));
  return result;
}

void FunctionLowering::trap_if(llvm::Value* condition, TrapCode code) {
  auto* go_on = new_block("");
  builder_.CreateCondBr(condition, trap_block(code), go_on, module_.unlikely());
  builder_.SetInsertPoint(go_on);
}

void FunctionLowering::in_the_unlikely_case(llvm::Value* condition, llvm::function_ref<void()> make) {
  auto* unlikely = new_block("");
  auto* go_on = new_block("");
  builder_.CreateCondBr(condition, unlikely, go_on, module_.unlikely());
  builder_.SetInsertPoint(unlikely);
  make();
  builder_.CreateBr(go_on);
  builder_.SetInsertPoint(go_on);
}

// One for each code and function: every check of a kind branches to the same.
llvm::BasicBlock* FunctionLowering::trap_block(TrapCode code) {
  auto*& block = trap_blocks_[static_cast<unsigned>(code)];
  if (block == nullptr) {
    block = new_block("trap");
    llvm::IRBuilder<> builder(block);
    emit_trap(builder, code);
  }
  return block;
}

llvm::Value* FunctionLowering::call_builtin(std::uint64_t offset, llvm::Type* result,
                                            std::initializer_list<llvm::Value*> arguments) {
  return compiler::call_builtin(
      builder_, instance_, offset, result, arguments, [&](llvm::Value* base, std::uint64_t at) {
        return load_constant(builder_.getPtrTy(),
                             builder_.CreateConstGEP1_64(builder_.getInt8Ty(), base, at));
      });
}

void FunctionLowering::call_helper(llvm::Function* helper, std::initializer_list<llvm::Value*> arguments) {
  llvm::SmallVector<llvm::Value*> all{instance_};
  all.append(arguments);
  auto* call = builder_.CreateCall(helper, all);
  module_.set_guest_call(*call);
  // Real functions have few; a thousand, seven bytes each, made code of 60 instructions each.
  constexpr unsigned kMostInlined = 50;
  if (++helper_calls_ > kMostInlined) call->setIsNoInline();
}

std::expected<void, Error> lower_function(ModuleLowering& module, std::uint32_t function) {
  module.note_touches_memory(*module.function(function));
  module.note_touches_memory(*module.body(function));
  if (module.tail_code(function) != nullptr) make_tail_wrapper(module, function);
  return FunctionLowering(module, function).run();
}

}  // namespace tenon::compiler
