#include "runtime/activation.hpp"

#include <unwind.h>

#include <cstddef>
#include <utility>

#include <tenon/store.hpp>

#include "base/error.hpp"
#include "runtime/asm_offsets.h"
#include "runtime/backtrace.hpp"
#include "runtime/host_call.hpp"
#include "runtime/instance.hpp"
#include "runtime/signals.hpp"
#include "runtime/store_impl.hpp"
#include "runtime/thread_stack.hpp"

namespace tenon::runtime {

static_assert(offsetof(Activation, saved_sp) == TENON_ACTIVATION_SAVED_SP);
static_assert(offsetof(artifact::StoreRecord, stack_limit) == TENON_STORE_STACK_LIMIT);
static_assert(offsetof(artifact::InstanceRecord, store) == TENON_INSTANCE_STORE);
static_assert(offsetof(artifact::HostFunctionRecord, store) == TENON_HOST_FUNCTION_STORE);
static_assert(static_cast<int>(TrapCode::stack_exhaustion) == TENON_TRAP_STACK_EXHAUSTION);

thread_local constinit ThreadState thread_state;

namespace {

// Whether the stack pointer leaves the store's reserve on this thread's stack.
// False on a thread that is not prepared (stack_high is 0), and on a stack
// that is not the thread's own, whose end nobody knows.
bool has_room(std::uintptr_t sp, std::uintptr_t limit) { return sp >= limit && sp < thread_state.stack_high; }

Error exhausted() {
  return {.phase = Phase::call,
          .code = ErrorCode::trap,
          .message = "trap: " + std::string(to_string(TrapCode::stack_exhaustion)) +
                     " (less stack is left than the store reserves for host functions)",
          .trap = TrapCode::stack_exhaustion};
}

// The slow half of entering: the thread's first time, or no room.
[[gnu::noinline]] std::unique_ptr<Error> prepare_or_refuse(const StoreImpl& store, std::uintptr_t sp) {
  ThreadState& thread = thread_state;
  if (thread.finished) {
    return std::make_unique<Error>(Error{.phase = Phase::call,
                                         .code = ErrorCode::invalid_argument,
                                         .message = "called while the thread is ending"});
  }
  if (thread.stack_high == 0) {
    if (auto ok = prepare_signals_on_this_thread(); !ok)
      return std::make_unique<Error>(std::move(ok.error()));
    auto bounds = stack_bounds_of_this_thread();
    if (!bounds) return std::make_unique<Error>(std::move(bounds.error()));
    thread.stack_low = bounds->low;
    thread.stack_high = bounds->high;
    thread.guard_low = bounds->guard_low;
  }
  if (has_room(sp, thread.stack_low + store.stack_reserve())) return nullptr;
  if (sp < thread.stack_low || sp >= thread.stack_high) {
    return std::make_unique<Error>(Error{.phase = Phase::call,
                                         .code = ErrorCode::unsupported,
                                         .message = "called on a stack that is not the thread's own"});
  }
  return std::make_unique<Error>(exhausted());
}

[[gnu::noinline]] std::unique_ptr<Error> refuse_poisoned() {
  return std::make_unique<Error>(Error{.phase = Phase::call,
                                       .code = ErrorCode::poisoned,
                                       .message = "the instance stopped in an earlier call; make a new one"});
}

[[gnu::noinline]] std::unique_ptr<Error> finish_trapped(Activation& activation, InstanceImpl* instance) {
  const StoreImpl& store = *activation.store;
  if (instance != nullptr && store.options().poison_after_trap) instance->poisoned = true;
  auto error = std::unique_ptr<Error>(activation.error);
  if (error == nullptr) {
    error = std::make_unique<Error>(Error{.phase = Phase::call,
                                          .code = ErrorCode::trap,
                                          .message = "trap: " + std::string(to_string(activation.trap)),
                                          .trap = activation.trap});
  }
  if (error->backtrace.empty()) error->backtrace = describe_frames(store, {activation.pcs, activation.depth});
  return error;
}

// The instance that a record's code belongs to; null for a host function.
InstanceImpl* instance_of(const artifact::FunctionRecord& record) {
  if (record.entry == enter_host_function) return nullptr;
  return static_cast<InstanceImpl*>(static_cast<const artifact::InstanceRecord*>(record.context)->owner);
}

_Unwind_Reason_Code visit_frame(_Unwind_Context* context, void* argument) {
  Activation& activation = *static_cast<Activation*>(argument);
  int before_instruction = 0;
  std::uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
  const auto begin = reinterpret_cast<std::uintptr_t>(&tenon_enter);
  const auto end = reinterpret_cast<std::uintptr_t>(&tenon_enter_end);
  if (pc >= begin && pc < end) return _URC_END_OF_STACK;
  if (before_instruction == 0) --pc;  // a return address may lie past its function's end
  if (!activation.store->in_guest_text(pc)) return _URC_NO_REASON;
  activation.pcs[activation.depth++] = pc;
  return activation.depth < kMaxBacktrace ? _URC_NO_REASON : _URC_END_OF_STACK;
}

[[noreturn]] void land(Activation& activation) { tenon_land(activation.saved_sp); }

}  // namespace

void capture_backtrace(Activation& activation) noexcept {
  activation.capturing = true;
  _Unwind_Backtrace(visit_frame, &activation);
  activation.capturing = false;
}

std::span<const std::uint64_t> guest_stack(std::uintptr_t low) noexcept {
  const Activation* outermost = thread_state.current;
  while (outermost->previous != nullptr) outermost = outermost->previous;
  return {reinterpret_cast<const std::uint64_t*>(low),
          static_cast<const std::uint64_t*>(outermost->saved_sp)};
}

void raise_trap(TrapCode code) noexcept {
  Activation& activation = *thread_state.current;
  activation.trap = code;
  capture_backtrace(activation);
  land(activation);
}

}  // namespace tenon::runtime

namespace tenon::detail {

using runtime::Activation;
using runtime::thread_state;

void raise_host_error(std::unique_ptr<Error> error) noexcept {
  Activation& activation = *thread_state.current;
  activation.error = error.release();
  capture_backtrace(activation);
  runtime::land(activation);
}

// Every host-to-guest call goes through here: no allocation, no lock, no
// system call, one branch for each thing that can be wrong.
std::unique_ptr<Error> invoke(runtime::StoreImpl* store, const artifact::FunctionRecord* record,
                              std::uint64_t* slots) noexcept {
  runtime::InstanceImpl* const instance = runtime::instance_of(*record);
  if (instance != nullptr && instance->poisoned) [[unlikely]]
    return runtime::refuse_poisoned();

  // A guest may only start with the reserve below it: its host functions
  // count on that, and so does the safety of every frame up to the guard.
  const auto sp = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  if (!runtime::has_room(sp, thread_state.stack_low + store->stack_reserve())) [[unlikely]] {
    if (auto error = runtime::prepare_or_refuse(*store, sp)) return error;
  }

  Activation activation;
  activation.previous = thread_state.current;
  activation.store = store;
  activation.error = nullptr;
  activation.capturing = false;
  activation.depth = 0;
  thread_state.current = &activation;
  store->record.stack_limit = thread_state.stack_low + store->stack_reserve();
  const int landed = tenon_enter(&activation, record->entry, record->context, record->code, slots);
  thread_state.current = activation.previous;
  if (landed != 0) [[unlikely]]
    return runtime::finish_trapped(activation, instance);
  return nullptr;
}

}  // namespace tenon::detail
