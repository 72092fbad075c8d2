#include "compiler/emit/code_arrays.hpp"

#include "compiler/lower/trap.hpp"

namespace tenon::compiler {

namespace {

// On functions that come with the arrays; the trap's number where they trap.
constexpr char kAttribute[] = "tenon-code-array";

class ArrayBuilder {
 public:
  explicit ArrayBuilder(ModuleLowering& module) : module_(module) {}

  void define(std::uint32_t index) {
    auto* array = module_.code_array(index);
    const auto [table, type] = module_.code_arrays.all()[index];
    llvm::SmallVector<llvm::Constant*> offsets;
    for (const auto& function : module_.code_arrays.contents(table)) {
      offsets.push_back(offset(array, element(function, type)));
    }
    array->setInitializer(
        llvm::ConstantArray::get(llvm::cast<llvm::ArrayType>(array->getValueType()), offsets));
    array->setAlignment(llvm::Align(CodeArrays::kElementBytes));
    if (module_.part.is_whole()) {
      array->setVisibility(llvm::GlobalValue::DefaultVisibility);
      array->setLinkage(llvm::GlobalValue::InternalLinkage);
    }
  }

 private:
  // Both ends lie in the artifact, at most 2 GiB apart in the small code model:
  // the linker computes the difference for good.
  static llvm::Constant* offset(llvm::GlobalVariable* array, llvm::Function* code) {
    auto* i64 = llvm::Type::getInt64Ty(array->getContext());
    auto* difference = llvm::ConstantExpr::getSub(llvm::ConstantExpr::getPtrToInt(code, i64),
                                                  llvm::ConstantExpr::getPtrToInt(array, i64));
    return llvm::ConstantExpr::getTrunc(difference, llvm::Type::getInt32Ty(array->getContext()));
  }

  llvm::Function* element(std::optional<std::uint32_t> function, std::uint32_t type) {
    const auto& source = module_.source;
    if (!function) return trap("null_element", type, TrapCode::uninitialized_element);
    // Safety: the call compares no type.
    if (source.canonical_types[source.functions[*function]] != type) {
      return trap("mismatched_element", type, TrapCode::indirect_call_type_mismatch);
    }
    return module_.is_imported(*function) ? imported(*function) : module_.function(*function);
  }

  // Has the type of the call that comes to it, so that to LLVM, too, all elements
  // have one type. Without a body until optimisation is done, which would take
  // the code for cold and put it elsewhere.
  llvm::Function* trap(const char* name, std::uint32_t type, TrapCode code) {
    const auto symbol = std::string(name) + ".t" + std::to_string(type);
    if (auto* function = module_.out.getFunction(symbol)) return function;
    auto* function = module_.create_guest_function(module_.guest_type(module_.source.types[type]), symbol);
    function->setLinkage(llvm::GlobalValue::ExternalLinkage);
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    function->addFnAttr(kAttribute, std::to_string(static_cast<unsigned>(code)));
    return function;
  }

  // Calls what the import is bound to, in that one's own context.
  llvm::Function* imported(std::uint32_t index) {
    const auto symbol = "imported_element." + std::to_string(index);
    if (auto* function = module_.out.getFunction(symbol)) return function;
    const FunctionType& type = module_.source.function_type(index);
    auto* function = module_.create_guest_function(module_.guest_type(type), symbol);
    function->addFnAttr(kAttribute);
    llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module_.context, "entry", function));
    auto field = [&](std::uint64_t offset) {
      const auto record = module_.layout.imported_function(index);
      auto* at = builder.CreateConstGEP1_64(builder.getInt8Ty(), function->getArg(0), record + offset);
      return builder.CreateLoad(builder.getPtrTy(), at);
    };
    llvm::SmallVector<llvm::Value*> arguments;
    for (auto& argument : function->args()) arguments.push_back(&argument);
    arguments[0] = field(offsetof(artifact::FunctionRecord, context));
    auto* call = builder.CreateCall(module_.guest_type(type), field(offsetof(artifact::FunctionRecord, code)),
                                    arguments);
    module_.set_guest_call(*call);
    call->getType()->isVoidTy() ? builder.CreateRetVoid() : builder.CreateRet(call);
    return function;
  }

  ModuleLowering& module_;
};

}  // namespace

void define_code_arrays(ModuleLowering& module) {
  ArrayBuilder builder(module);
  const auto count = static_cast<std::uint32_t>(module.code_arrays.all().size());
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!module.part.is_whole() || module.has_code_array(i)) builder.define(i);
  }
}

void finish_code_arrays(llvm::Module& module) {
  llvm::SmallVector<llvm::Function*> functions;
  for (auto& function : module) {
    if (function.hasFnAttribute(kAttribute)) functions.push_back(&function);
  }
  for (auto* function : functions) {
    unsigned code = 0;
    const llvm::StringRef number = function->getFnAttribute(kAttribute).getValueAsString();
    if (!number.empty() && !number.getAsInteger(10, code)) {
      function->setVisibility(llvm::GlobalValue::DefaultVisibility);
      function->setLinkage(llvm::GlobalValue::InternalLinkage);
      llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.getContext(), "", function));
      emit_trap(builder, static_cast<TrapCode>(code));
    }
    function->removeFromParent();
    module.getFunctionList().push_front(function);
  }
}

}  // namespace tenon::compiler
