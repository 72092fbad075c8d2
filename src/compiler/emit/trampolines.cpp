#include "compiler/emit/trampolines.hpp"

#include "compiler/lower/slots.hpp"
#include "compiler/lower/trap.hpp"
#include "machine_convention.hpp"

namespace tenon::compiler {

namespace {

// As long as most are: across the end of a cache line a call takes a cycle more.
constexpr std::uint64_t kInOneLine = 32;

llvm::Value* load_host_field(llvm::IRBuilder<>& builder, llvm::Value* host, std::uint64_t offset) {
  auto* at = builder.CreateConstGEP1_64(builder.getInt8Ty(), host, offset);
  return builder.CreateLoad(builder.getPtrTy(), at);
}

// Traps with stack_exhaustion unless the stack has what host code needs. Leaves the
// builder in the block that goes on.
//
// Safety: the host's code has no guard of its own; a guest that used up the
// stack must not be able to make it overflow.
void emit_stack_check(ModuleLowering& module, llvm::IRBuilder<>& builder, llvm::Value* store) {
  auto* function = builder.GetInsertBlock()->getParent();
  auto* limit_at =
      builder.CreateConstGEP1_64(builder.getInt8Ty(), store, offsetof(artifact::StoreRecord, stack_limit));
  auto* limit = builder.CreateLoad(builder.getInt64Ty(), limit_at);
  limit->setMetadata(llvm::LLVMContext::MD_tbaa, module.alias_tag(Storage::instance));
  auto* name = llvm::MDNode::get(module.context, llvm::MDString::get(module.context, machine::kStackPointer));
  auto* here = builder.CreateIntrinsic(llvm::Intrinsic::read_register, {builder.getInt64Ty()},
                                       {llvm::MetadataAsValue::get(module.context, name)});
  auto* enough = llvm::BasicBlock::Create(module.context, "", function);
  auto* exhausted = llvm::BasicBlock::Create(module.context, "exhausted", function);
  builder.CreateCondBr(builder.CreateICmpULT(here, limit), exhausted, enough, module.unlikely());
  builder.SetInsertPoint(exhausted);
  emit_trap(builder, TrapCode::stack_exhaustion);
  builder.SetInsertPoint(enough);
}

// Opens a thunk: checks that the host will have stack, gives the host's code.
llvm::Value* begin_thunk(ModuleLowering& module, llvm::IRBuilder<>& builder, llvm::Function* thunk) {
  builder.SetInsertPoint(llvm::BasicBlock::Create(module.context, "entry", thunk));
  auto* host = thunk->getArg(0);
  emit_stack_check(module, builder,
                   load_host_field(builder, host, offsetof(artifact::HostFunctionRecord, store)));
  return load_host_field(builder, host, offsetof(artifact::HostFunctionRecord, code));
}

llvm::Function* make_typed_thunk(ModuleLowering& module, const FunctionType& type, std::uint32_t index) {
  auto* thunk = module.create_guest_function(module.guest_type(type), "host_call.t" + llvm::Twine(index));
  thunk->setAlignment(llvm::Align(kInOneLine));
  llvm::IRBuilder<> builder(module.context);
  auto* code = begin_thunk(module, builder, thunk);
  llvm::SmallVector<llvm::Value*> arguments;
  for (auto& argument : thunk->args()) arguments.push_back(&argument);
  auto* call = builder.CreateCall(module.guest_type(type), code, arguments);
  call->setDoesNotThrow();
  call->setTailCallKind(llvm::CallInst::TCK_Tail);  // a jump, where the stack allows it
  type.results.empty() ? builder.CreateRetVoid() : builder.CreateRet(call);
  return thunk;
}

llvm::Function* make_array_thunk(ModuleLowering& module, const FunctionType& type, std::uint32_t index) {
  auto* thunk =
      module.create_guest_function(module.guest_type(type), "host_call_array.t" + llvm::Twine(index));
  llvm::IRBuilder<> builder(module.context);
  auto* code = begin_thunk(module, builder, thunk);
  const auto slots = std::max<std::uint64_t>({1, Slots::count(type.parameters), Slots::count(type.results)});
  auto* base = builder.CreateAlloca(llvm::ArrayType::get(builder.getInt64Ty(), slots));
  Slots in(module, builder, base);
  const bool in_memory = ModuleLowering::returns_in_memory(type);
  const unsigned first_parameter = in_memory ? 2 : 1;
  for (std::size_t i = 0; i < type.parameters.size(); ++i) {
    in.store_next(type.parameters[i], thunk->getArg(static_cast<unsigned>(i) + first_parameter));
  }
  auto* pointer = builder.getPtrTy();
  auto* call = builder.CreateCall(llvm::FunctionType::get(builder.getVoidTy(), {pointer, pointer}, false),
                                  code, {thunk->getArg(0), base});
  call->setDoesNotThrow();
  Slots out(module, builder, base);
  if (in_memory) {
    Slots results(module, builder, thunk->getArg(1));
    for (ValueType result : type.results) results.store_next(result, out.load_next(result));
  }
  type.results.empty() || in_memory ? builder.CreateRetVoid() : builder.CreateRet(out.load_results(type));
  return thunk;
}

bool has_typed_thunk(const FunctionType& type) {
  auto is_vector = [](ValueType t) { return t == ValueType::v128; };
  return type.results.size() <= 1 && std::ranges::none_of(type.parameters, is_vector) &&
         std::ranges::none_of(type.results, is_vector);
}

// Scheduling and allocating registers for a thousand loads and stores takes LLVM
// half a second, and nobody calls such a function for speed.
void keep_cheap(llvm::Function& trampoline, const FunctionType& type) {
  constexpr std::size_t kManyValues = 32;
  if (type.parameters.size() + type.results.size() < kManyValues) return;
  trampoline.addFnAttr(llvm::Attribute::NoInline);
  trampoline.addFnAttr(llvm::Attribute::OptimizeNone);
}

}  // namespace

llvm::Function* make_entry(ModuleLowering& module, std::uint32_t index) {
  const FunctionType& type = module.source.types[index];
  llvm::IRBuilder<> builder(module.context);
  auto* pointer = builder.getPtrTy();
  auto* entry =
      llvm::Function::Create(llvm::FunctionType::get(builder.getVoidTy(), {pointer, pointer, pointer}, false),
                             llvm::GlobalValue::InternalLinkage, "entry.t" + llvm::Twine(index), &module.out);
  module.set_attributes(*entry);
  entry->setAlignment(llvm::Align(kInOneLine));
  builder.SetInsertPoint(llvm::BasicBlock::Create(module.context, "entry", entry));
  llvm::SmallVector<llvm::Value*> arguments{entry->getArg(0)};
  const bool in_memory = ModuleLowering::returns_in_memory(type);
  if (in_memory) arguments.push_back(entry->getArg(2));  // all parameters have been read by then
  Slots in(module, builder, entry->getArg(2));
  for (ValueType parameter : type.parameters) arguments.push_back(in.load_next(parameter));
  auto* call = builder.CreateCall(module.guest_type(type), entry->getArg(1), arguments);
  module.set_guest_call(*call);
  if (!in_memory) Slots(module, builder, entry->getArg(2)).store_results(type, call);
  builder.CreateRetVoid();
  keep_cheap(*entry, type);
  return entry;
}

Thunks make_import_thunks(ModuleLowering& module, std::uint32_t index) {
  const FunctionType& type = module.source.types[index];
  Thunks thunks;
  if (has_typed_thunk(type)) thunks.typed = make_typed_thunk(module, type, index);
  thunks.array = make_array_thunk(module, type, index);
  keep_cheap(*thunks.array, type);
  if (thunks.typed != nullptr) keep_cheap(*thunks.typed, type);
  return thunks;
}

}  // namespace tenon::compiler
