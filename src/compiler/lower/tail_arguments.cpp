#include "compiler/lower/tail_arguments.hpp"

#include "compiler/lower/slots.hpp"
#include "compiler/lower/tail_registers.hpp"
#include "wasm/limits.hpp"

namespace tenon::compiler {

// Safety: the buffer holds what any function type may ask for.
static_assert(artifact::kTailArgumentSlots >= 2 * wasm::kMaxParameters);

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
  const auto in_register = tail_registers(type_);
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
  const auto in_register = tail_registers(type_);
  auto* next = code.arg_begin() + (returns_through_slots(type_) ? 2 : 1);
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
