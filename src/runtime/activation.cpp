#include "runtime/activation.hpp"

#include <unwind.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

#include <algorithm>
#include <cstddef>
#include <new>
#include <utility>

#include <tenon/store.hpp>

#include "base/error.hpp"
#include "runtime/asm_offsets.h"
#include "runtime/backtrace.hpp"
#include "runtime/guest_stack.hpp"
#include "runtime/host_call.hpp"
#include "runtime/instance.hpp"
#include "runtime/signals.hpp"
#include "runtime/store_impl.hpp"

namespace tenon::runtime {

static_assert(offsetof(Activation, saved_sp) == TENON_ACTIVATION_SAVED_SP);
static_assert(offsetof(Activation, previous) == TENON_ACTIVATION_PREVIOUS);
static_assert(offsetof(Activation, store) == TENON_ACTIVATION_STORE);
static_assert(offsetof(Activation, instance) == TENON_ACTIVATION_INSTANCE);
static_assert(offsetof(Activation, error) == TENON_ACTIVATION_ERROR);
static_assert(offsetof(Activation, earlier_limit) == TENON_ACTIVATION_EARLIER_LIMIT);
static_assert(offsetof(Activation, capturing) == TENON_ACTIVATION_CAPTURING);
static_assert(sizeof(Activation) <= TENON_ACTIVATION_SIZE && TENON_ACTIVATION_SIZE % 16 == 8);
static_assert(offsetof(ThreadState, current) == TENON_THREAD_CURRENT);
static_assert(offsetof(ThreadState, stack_low) == TENON_THREAD_STACK_LOW);
static_assert(offsetof(ThreadState, stack_high) == TENON_THREAD_STACK_HIGH);
static_assert(offsetof(StoreHead, record.stack_limit) == TENON_STORE_HEAD_STACK_LIMIT);
static_assert(offsetof(StoreHead, stack_reserve) == TENON_STORE_HEAD_STACK_RESERVE);
static_assert(offsetof(artifact::StoreRecord, stack_limit) == TENON_STORE_STACK_LIMIT);
static_assert(offsetof(artifact::InstanceRecord, store) == TENON_INSTANCE_STORE);
static_assert(offsetof(artifact::HostFunctionRecord, store) == TENON_HOST_FUNCTION_STORE);
static_assert(static_cast<int>(TrapCode::stack_exhaustion) == TENON_TRAP_STACK_EXHAUSTION);

thread_local constinit ThreadState thread_state;

namespace {

Error exhausted() {
  return {.phase = Phase::call,
          .code = ErrorCode::trap,
          .message = "trap: " + std::string(to_string(TrapCode::stack_exhaustion)) +
                     " (less stack is left than the store reserves for host functions)",
          .trap = TrapCode::stack_exhaustion};
}

[[gnu::noinline]] Error* refuse_poisoned() {
  return new Error{.phase = Phase::call,
                   .code = ErrorCode::poisoned,
                   .message = "the instance stopped in an earlier call; make a new one"};
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
  const auto begin = reinterpret_cast<std::uintptr_t>(&tenon_activate);
  const auto end = reinterpret_cast<std::uintptr_t>(&tenon_activate_end);
  if (pc >= begin && pc < end) return _URC_END_OF_STACK;
  if (before_instruction == 0) --pc;  // a return address may lie past its function's end
  if (!store_of(activation).in_guest_text(pc)) return _URC_NO_REASON;
  activation.pcs[activation.depth++] = pc;
  return activation.depth < kMaxBacktrace ? _URC_NO_REASON : _URC_END_OF_STACK;
}

// What the activation left on the guest stack, which nothing will clean up.
void forget_frames(const Activation& activation) {
  const auto sp = reinterpret_cast<std::uintptr_t>(activation.saved_sp);
  const bool is_nested = activation.previous != nullptr;
  const std::uintptr_t end = is_nested ? sp : thread_state.stack_high;
#if defined(__SANITIZE_ADDRESS__)
  // The frames went without taking back their marks.
  __asan_unpoison_memory_region(reinterpret_cast<void*>(thread_state.stack_low),
                                end - thread_state.stack_low);
#endif
  if (activation.error == nullptr && activation.trap == TrapCode::stack_exhaustion)
    release_guest_stack_below(end);
}

// May be called again where there was no memory.
Error* describe(Activation& activation) {
  if (activation.error == nullptr) {
    activation.error = new Error{.phase = Phase::call,
                                 .code = ErrorCode::trap,
                                 .message = "trap: " + std::string(to_string(activation.trap)),
                                 .trap = activation.trap};
  }
  if (activation.error->backtrace.empty()) {
    activation.error->backtrace = describe_frames(store_of(activation), {activation.pcs, activation.depth});
  }
  return activation.error;
}

[[noreturn]] void land(Activation& activation) { tenon_land(activation.saved_sp); }

}  // namespace

extern "C" {

// Called by tenon_activate on a thread's first time, and where there is no room
// below sp; null where it may go on.
[[gnu::visibility("hidden")]] Error* tenon_prepare_or_refuse(const StoreHead* store,
                                                             std::uintptr_t sp) noexcept {
  ThreadState& thread = thread_state;
  if (thread.finished) {
    return new Error{.phase = Phase::call,
                     .code = ErrorCode::invalid_argument,
                     .message = "called while the thread is ending"};
  }
  if (thread.stack_high == 0) {
    if (auto ok = prepare_signals_on_this_thread(); !ok) return new Error(std::move(ok.error()));
    if (auto ok = make_guest_stack_of_this_thread(); !ok) return new Error(std::move(ok.error()));
  }
  const bool is_nested = thread.current != nullptr;
  if (is_nested && (sp < thread.guard_low || sp > thread.stack_high)) {
    return new Error{.phase = Phase::call,
                     .code = ErrorCode::unsupported,
                     .message = "a host function called a guest on another stack than it was called on"};
  }
  const std::uintptr_t room =
      (is_nested ? std::max(sp, thread.stack_low) : thread.stack_high) - thread.stack_low;
  return room >= store->stack_reserve ? nullptr : new Error(exhausted());
}

// Called by tenon_activate when it ended early: what went wrong.
[[gnu::visibility("hidden")]] Error* tenon_finish_trapped(Activation* activation) noexcept {
  forget_frames(*activation);
  activation->store->record.stack_limit = activation->earlier_limit;
  thread_state.current = activation->previous;
  auto& store = static_cast<StoreImpl&>(*activation->store);
  if (activation->instance != nullptr && store.options().poison_after_trap)
    activation->instance->poisoned = true;
  try {
    return describe(*activation);
  } catch (const std::bad_alloc&) {  // the guest may have used up the last bytes
    store.ballast().drop();
  }
  return describe(*activation);
}
}

void capture_backtrace(Activation& activation) noexcept {
  activation.depth = 0;
  activation.capturing = true;
  _Unwind_Backtrace(visit_frame, &activation);
  activation.capturing = false;
}

std::span<const std::uint64_t> guest_stack(std::uintptr_t low) noexcept {
  return {reinterpret_cast<const std::uint64_t*>(low),
          reinterpret_cast<const std::uint64_t*>(thread_state.stack_high)};
}

bool runs_on_this_thread_only(const StoreHead& store) noexcept {
  const Activation* outermost = nullptr;
  for (const Activation* at = thread_state.current; at != nullptr; at = at->previous) {
    if (at->store == &store) outermost = at;
  }
  // What it found is what the store had before: the limit of an activation on
  // another thread, or none.
  return outermost != nullptr && outermost->earlier_limit == 0;
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

// What the guest left behind is as after a trap. The frames stay where they are, for
// whoever unwinds them.
void abandon_activation() noexcept {
  Activation& activation = *thread_state.current;
  if (activation.instance != nullptr && runtime::store_of(activation).options().poison_after_trap)
    activation.instance->poisoned = true;
  activation.store->record.stack_limit = activation.earlier_limit;
  thread_state.current = activation.previous;
}

// At the start of a cache line, as what it calls is: every call comes this way.
[[gnu::aligned(64)]] Error* invoke(runtime::StoreImpl* store, const artifact::FunctionRecord* record,
                                   std::uint64_t* slots) {
  runtime::InstanceImpl* const instance = runtime::instance_of(*record);
  if (instance != nullptr && instance->poisoned) [[unlikely]]
    return runtime::refuse_poisoned();
  return tenon_activate(store, record->entry, record->context, record->code, slots, instance);
}

}  // namespace tenon::detail
