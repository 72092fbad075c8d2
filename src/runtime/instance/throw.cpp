// Throwing an exception: from a call in guest code up through its frames to the landing
// pad that handles it, or out of the activation as an error. Nothing runs in the frames
// between. None of them is the host's: a host function that calls a guest gets the guest's
// exception as an error.
#include <charconv>
#include <cstddef>

#include "artifact/slots.hpp"
#include "base/error.hpp"
#include "machine_offsets.h"
#include "runtime/code/loaded_module.hpp"
#include "runtime/code/unwind_table.hpp"
#include "runtime/instance/guarded.hpp"
#include "runtime/instance/instance.hpp"
#include "runtime/instance/store_impl.hpp"
#include "runtime/instance/tag.hpp"
#include "runtime/machine/frame.hpp"

namespace tenon::runtime {
namespace {

using artifact::ExceptionRecord;
using artifact::InstanceRecord;

static_assert(offsetof(FrameRegisters, saved) == TENON_FRAME_SAVED);
static_assert(offsetof(FrameRegisters, sp) == TENON_FRAME_SP);
static_assert(offsetof(FrameRegisters, pc) == TENON_FRAME_PC);
static_assert(sizeof(FrameRegisters) <= TENON_FRAME_SIZE);

// Sets `at` from where the exception was thrown to where it is handled. False where no
// frame of this activation handles it.
bool find_handler(const StoreImpl& store, FrameRegisters& at) {
  for (;;) {
    const LoadedModule* const module = store.guest_code.module_at(at.pc - 1);
    if (module == nullptr) return false;  // the activation's own frame
    const auto frame = module->unwind_table().look_up(at);
    if (!frame) return false;
    if (frame->landing_pad != 0) {
      at.sp = frame->landing_sp;
      at.pc = frame->landing_pad;
      return true;
    }
    at = frame->caller;
  }
}

template <typename Number>
std::string shortest(Number number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), number).ptr};
}

std::string describe(ValueType type, std::uint64_t bits) {
  const Value value = from_guest(type, {bits, 0});
  switch (type) {
    case ValueType::i32: return std::to_string(value.i32());
    case ValueType::i64: return std::to_string(value.i64());
    case ValueType::f32: return shortest(value.f32());
    case ValueType::f64: return shortest(value.f64());
    default: return std::string(to_string(type));
  }
}

// "uncaught exception (42, 1.5)"
base::Failure uncaught(const ExceptionRecord& exception) {
  const auto& tag = static_cast<const TagImpl&>(*exception.tag);
  std::string values;
  const std::uint64_t* slot = exception.slots;
  for (ValueType type : tag.type().type.parameters) {
    values += (values.empty() ? "" : ", ") + describe(type, *slot);
    slot += artifact::slots_of(type);
  }
  return base::failure(Phase::call, ErrorCode::uncaught_exception, "uncaught exception (" + values + ")");
}

base::Failure too_many() {
  return base::failure(
      Phase::call, ErrorCode::out_of_resources,
      "no memory is left for another exception (StoreOptions::memory_limit, --memory-limit)");
}

}  // namespace

extern "C" {

// Called by tenon_stub_exception_new.
[[gnu::visibility("hidden")]] ExceptionRecord* tenon_builtin_exception_new(InstanceRecord* instance,
                                                                           std::uint32_t tag,
                                                                           const FrameRegisters* caller) {
  return guarded(instance, [&] {
    InstanceImpl& owner = owner_of(instance);
    owner.store().ballast.take_up();
    ExceptionRecord* const made = owner.store().exceptions().make(owner.tag(tag), *caller);
    if (made == nullptr) {
      owner.store().ballast.drop();
      detail::raise_host_error(too_many());
    }
    return made;
  });
}

// Called by tenon_stub_throw_exception, which goes on where `at` then says.
[[gnu::visibility("hidden")]] void tenon_find_handler(InstanceRecord* instance,
                                                      const ExceptionRecord* exception, FrameRegisters* at) {
  guarded(instance, [&] {
    if (!find_handler(owner_of(instance).store(), *at)) detail::raise_host_error(uncaught(*exception));
  });
}
}

}  // namespace tenon::runtime
