#include "compiler/tail_arguments.hpp"

#include "compiler/slots.hpp"
#include "wasm/limits.hpp"

namespace tenon::compiler {

// Safety: the buffer holds what any function type may ask for.
static_assert(artifact::kTailArgumentSlots >= 2 * wasm::kMaxParameters);

namespace {

// That tailcc passes arguments in, on x86-64: rdi, rsi, rdx, rcx, r8, r9; xmm0 to xmm7.
constexpr unsigned kIntegerRegisters = 6, kVectorRegisters = 8;

bool in_vector_register(ValueType type) {
  return type == ValueType::f32 || type == ValueType::f64 || type == ValueType::v128;
}

}  // namespace

std::vector<bool> TailArguments::in_registers(const FunctionType& type) {
  unsigned integers = ModuleLowering::returns_through_slots(type) ? 2 : 1, vectors = 0;
  std::vector<bool> result;
  result.reserve(type.parameters.size());
  for (const ValueType parameter : type.parameters) {
    unsigned& used = in_vector_register(parameter) ? vectors : integers;
    const unsigned all = in_vector_register(parameter) ? kVectorRegisters : kIntegerRegisters;
    result.push_back(used < all);
    if (used < all) ++used;
  }
  return result;
}

llvm::Value* TailArguments::buffer(llvm::Value* instance) {
  auto load = [&](llvm::Value* object, std::uint64_t offset) {
    auto* at = builder_.CreateConstGEP1_64(builder_.getInt8Ty(), object, offset);
    return builder_.CreateLoad(builder_.getPtrTy(), at);
  };
  return load(load(instance, offsetof(artifact::InstanceRecord, store)),
              offsetof(artifact::StoreRecord, tail_arguments));
}

llvm::SmallVector<llvm::Value*> TailArguments::pass(llvm::Value* instance,
                                                    llvm::ArrayRef<llvm::Value*> arguments) {
  const auto in_register = in_registers(type_);
  llvm::SmallVector<llvm::Value*> passed;
  std::optional<Slots> slots;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (in_register[i]) {
      passed.push_back(arguments[i]);
      continue;
    }
    if (!slots) slots.emplace(module_, builder_, buffer(instance));
    slots->store_next(type_.parameters[i], arguments[i]);
  }
  return passed;
}

llvm::SmallVector<llvm::Value*> TailArguments::receive(llvm::Function& code) {
  const auto in_register = in_registers(type_);
  auto* next = code.arg_begin() + (ModuleLowering::returns_through_slots(type_) ? 2 : 1);
  llvm::SmallVector<llvm::Value*> parameters;
  std::optional<Slots> slots;
  for (std::size_t i = 0; i < type_.parameters.size(); ++i) {
    if (in_register[i]) {
      parameters.push_back(next++);
      continue;
    }
    if (!slots) slots.emplace(module_, builder_, buffer(code.getArg(0)));
    parameters.push_back(slots->load_next(type_.parameters[i]));
  }
  return parameters;
}

}  // namespace tenon::compiler
