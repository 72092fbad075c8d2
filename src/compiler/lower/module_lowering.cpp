#include "compiler/lower/module_lowering.hpp"

#include <algorithm>

#include "compiler/lower/tail_registers.hpp"
#include "compiler/machine/target.hpp"
#include "compiler/optimize/mark_cards.hpp"
#include "machine_convention.hpp"

namespace tenon::compiler {

ModuleLowering::ModuleLowering(const wasm::Module& source, const CodeArrays& code_arrays,
                               const SymbolNames& names, const CompileOptions& options,
                               llvm::TargetMachine& machine, llvm::Module& out, const UnitPart& part)
    : source(source),
      code_arrays(code_arrays),
      names(names),
      options(options),
      out(out),
      context(out.getContext()),
      layout(counts(source)),
      part(part),
      machine_(machine),
      handles_exceptions_(std::ranges::any_of(source.bodies, &wasm::FunctionBody::handles_exceptions)) {
  make_alias_tags();
  unlikely_ = llvm::MDBuilder(context).createUnlikelyBranchWeights();
  functions_.resize(source.bodies.size());
  tail_code_.resize(source.bodies.size());
  code_arrays_.resize(code_arrays.all().size());
  // In order, whichever is called first.
  for (std::uint32_t body = part.first; body < part.end; ++body) {
    static_cast<void>(function(source.imported_functions + body));
    static_cast<void>(tail_code(source.imported_functions + body));
  }
}

artifact::InstanceCounts ModuleLowering::counts(const wasm::Module& source) {
  const auto defined = std::ranges::count_if(source.referenced_functions,
                                             [&](std::uint32_t f) { return f >= source.imported_functions; });
  return {.memories = static_cast<std::uint32_t>(source.memories.size()),
          .tables = static_cast<std::uint32_t>(source.tables.size()),
          .imported_functions = source.imported_functions,
          .referenced_functions = static_cast<std::uint32_t>(defined),
          .globals = static_cast<std::uint32_t>(source.globals.size()),
          .types = static_cast<std::uint32_t>(source.types.size()),
          .tags = static_cast<std::uint32_t>(source.tags.size())};
}

std::uint32_t ModuleLowering::reference_slot(std::uint32_t function) const {
  const auto& all = source.referenced_functions;
  const auto first_defined = std::ranges::lower_bound(all, source.imported_functions);
  return static_cast<std::uint32_t>(std::lower_bound(first_defined, all.end(), function) - first_defined);
}

llvm::Type* ModuleLowering::type(ValueType type) const {
  switch (general_type(type)) {
    case ValueType::i32: return llvm::Type::getInt32Ty(context);
    case ValueType::i64: return llvm::Type::getInt64Ty(context);
    case ValueType::f32: return llvm::Type::getFloatTy(context);
    case ValueType::f64: return llvm::Type::getDoubleTy(context);
    case ValueType::v128: return llvm::FixedVectorType::get(llvm::Type::getInt64Ty(context), 2);
    case ValueType::exnref:
    case ValueType::funcref: return llvm::PointerType::get(context, 0);
    case ValueType::externref: return llvm::Type::getInt64Ty(context);
  }
  llvm_unreachable("a value type outside the enumeration");
}

llvm::Type* ModuleLowering::result_type(const FunctionType& function) const {
  if (function.results.empty() || returns_in_memory(function)) return llvm::Type::getVoidTy(context);
  if (function.results.size() == 1) return type(function.results[0]);
  // Floats beyond those that have registers travel as integers: elsewhere a machine
  // may make a signalling NaN quiet on the way.
  unsigned registers = machine::kResultVectorRegisters;
  llvm::SmallVector<llvm::Type*> fields;
  for (ValueType result : function.results) {
    auto* field = type(result);
    const bool takes_register = field->isFloatingPointTy() || field->isVectorTy();
    if (field->isFloatingPointTy() && registers == 0) {
      field = llvm::Type::getIntNTy(context, field->getScalarSizeInBits());
    } else if (takes_register && registers > 0) {
      --registers;
    }
    fields.push_back(field);
  }
  return llvm::StructType::get(context, fields);
}

llvm::Value* ModuleLowering::insert_result(llvm::IRBuilderBase& builder, llvm::Value* all,
                                           llvm::Value* result, unsigned index) {
  auto* field = all->getType()->getStructElementType(index);
  return builder.CreateInsertValue(all, builder.CreateBitCast(result, field), index);
}

llvm::Value* ModuleLowering::extract_result(llvm::IRBuilderBase& builder, llvm::Value* all, ValueType of,
                                            unsigned index) const {
  return builder.CreateBitCast(builder.CreateExtractValue(all, index), type(of));
}

llvm::FunctionType* ModuleLowering::guest_type(const FunctionType& function) const {
  auto* pointer = llvm::PointerType::get(context, 0);
  llvm::SmallVector<llvm::Type*> parameters{pointer};
  if (returns_in_memory(function)) parameters.push_back(pointer);
  for (ValueType parameter : function.parameters) parameters.push_back(type(parameter));
  return llvm::FunctionType::get(result_type(function), parameters, false);
}

llvm::FunctionType* ModuleLowering::tail_type(const FunctionType& function) const {
  auto* pointer = llvm::PointerType::get(context, 0);
  llvm::SmallVector<llvm::Type*> parameters{pointer};
  if (returns_through_slots(function)) parameters.push_back(pointer);
  const auto in_register = tail_registers(function);
  for (std::size_t i = 0; i < in_register.size(); ++i) {
    if (in_register[i]) parameters.push_back(type(function.parameters[i]));
  }
  auto* result = function.results.size() == 1 ? type(function.results[0]) : llvm::Type::getVoidTy(context);
  return llvm::FunctionType::get(result, parameters, false);
}

void ModuleLowering::set_guest_call(llvm::CallBase& call) const {
  call.setCallingConv(llvm::CallingConv::Swift);
  call.addParamAttr(0, llvm::Attribute::SwiftSelf);
  if (!handles_exceptions_) call.setDoesNotThrow();
  // Without this LLVM turns endless self-recursion into an endless loop, and
  // what should be a stack exhaustion trap would hang the host.
  if (auto* plain = llvm::dyn_cast<llvm::CallInst>(&call)) {
    plain->setTailCallKind(llvm::CallInst::TCK_NoTail);
  }
}

llvm::Function* ModuleLowering::personality() {
  if (personality_ != nullptr) return personality_;
  constexpr unsigned kContinueUnwind = 8;  // of the Itanium C++ ABI
  auto* type = llvm::FunctionType::get(llvm::Type::getInt32Ty(context), false);
  personality_ =
      llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, "exception_personality", &out);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", personality_));
  builder.CreateRet(builder.getInt32(kContinueUnwind));
  return personality_;
}

void ModuleLowering::set_attributes(llvm::Function& function) const {
  if (!handles_exceptions_) function.setDoesNotThrow();
  // Unwind tables good at every instruction: backtraces of traps, gdb, perf.
  function.setUWTableKind(llvm::UWTableKind::Async);
  // Safety: frames touch every page that they take, so that an overflowing
  // stack always meets the guard page and never jumps over it.
  function.addFnAttr("probe-stack", "inline-asm");
  function.addFnAttr("target-cpu", machine_.getTargetCPU());
  function.addFnAttr("target-features", machine_.getTargetFeatureString());
  if (is_level(machine_.getTargetCPU())) function.addFnAttr("tune-cpu", "generic");
  // The artifact is hermetic: no loop may become a call of memcpy.
  function.addFnAttr("no-builtins");
  // In every function or in none: what is known of mispredicted branches passes from each to
  // the next in the stack pointer.
  if (options.spectre) function.addFnAttr(llvm::Attribute::SpeculativeLoadHardening);
}

void ModuleLowering::note_touches_memory(llvm::Function& function) const {
  if (!options.resettable) return;
  function.addFnAttr(kTouchesMemory);
  function.addParamAttr(0, llvm::Attribute::get(context, kInstance));
}

llvm::Function* ModuleLowering::create_guest_function(llvm::FunctionType* type, const llvm::Twine& name) {
  auto* function = llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, name, &out);
  function->setCallingConv(llvm::CallingConv::Swift);
  function->addParamAttr(0, llvm::Attribute::SwiftSelf);
  function->addParamAttr(0, llvm::Attribute::NonNull);
  set_attributes(*function);
  return function;
}

llvm::Function* ModuleLowering::declare(std::uint32_t body, bool is_tail_code) {
  const std::uint32_t index = source.imported_functions + body;
  const auto& type = source.function_type(index);
  const auto name = names.of({index, is_tail_code});
  auto* function = is_tail_code ? create_tail_function(tail_type(type), name)
                                : create_guest_function(guest_type(type), name);
  if (!part.is_whole() && (!is_defined_here(index) || (*part.is_shared)[body])) {
    function->setLinkage(llvm::GlobalValue::ExternalLinkage);
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  }
  return function;
}

llvm::Function* ModuleLowering::function(std::uint32_t index) {
  auto*& function = functions_[index - source.imported_functions];
  if (function == nullptr) function = declare(index - source.imported_functions, false);
  return function;
}

llvm::Function* ModuleLowering::tail_code(std::uint32_t index) {
  const std::uint32_t body = index - source.imported_functions;
  if (!source.bodies[body].makes_tail_calls) return nullptr;
  auto*& function = tail_code_[body];
  if (function == nullptr) function = declare(body, true);
  return function;
}

llvm::GlobalVariable* ModuleLowering::code_array(std::uint32_t index) {
  auto*& array = code_arrays_[index];
  if (array == nullptr) {
    const auto [table, function_type] = code_arrays.all()[index];
    auto* type = llvm::ArrayType::get(llvm::Type::getInt32Ty(context), code_arrays.contents(table).size());
    array =
        new llvm::GlobalVariable(out, type, true, llvm::GlobalValue::ExternalLinkage, nullptr,
                                 "code_array.table" + llvm::Twine(table) + ".t" + llvm::Twine(function_type));
    array->setVisibility(llvm::GlobalValue::HiddenVisibility);
  }
  return array;
}

llvm::Function* ModuleLowering::create_tail_function(llvm::FunctionType* type, const llvm::Twine& name) {
  auto* function = llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, name, &out);
  function->setCallingConv(llvm::CallingConv::Tail);
  function->addParamAttr(0, llvm::Attribute::NonNull);
  set_attributes(*function);
  return function;
}

void ModuleLowering::make_alias_tags() {
  llvm::MDBuilder builder(context);
  llvm::MDNode* root = builder.createTBAARoot("tenon");
  const char* names[kStorages] = {"memory", "global", "table", "instance", "fuel"};
  for (unsigned i = 0; i < kStorages; ++i) {
    llvm::MDNode* scalar = builder.createTBAAScalarTypeNode(names[i], root);
    tags_[i] = builder.createTBAAStructTagNode(scalar, scalar, 0);
  }
}

}  // namespace tenon::compiler
