// The C++ side of tenon_activate (machine/enter.hpp): what a thread needs the first time,
// and what to do when an activation ended early.
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <new>
#include <utility>

#include "base/error.hpp"
#include "machine_offsets.h"
#include "runtime/call/activation.hpp"
#include "runtime/call/backtrace.hpp"
#include "runtime/call/guest_stack.hpp"
#include "runtime/call/interruption.hpp"
#include "runtime/call/signals.hpp"
#include "runtime/call/thread_state.hpp"

namespace tenon::runtime {

static_assert(offsetof(Activation, saved_sp) == TENON_ACTIVATION_SAVED_SP);
static_assert(offsetof(Activation, previous) == TENON_ACTIVATION_PREVIOUS);
static_assert(offsetof(Activation, store) == TENON_ACTIVATION_STORE);
static_assert(offsetof(Activation, instance) == TENON_ACTIVATION_INSTANCE);
static_assert(offsetof(Activation, error) == TENON_ACTIVATION_ERROR);
static_assert(offsetof(Activation, earlier_limit) == TENON_ACTIVATION_EARLIER_LIMIT);
static_assert(offsetof(Activation, capturing) == TENON_ACTIVATION_CAPTURING);
static_assert(sizeof(Activation) <= TENON_ACTIVATION_SIZE && TENON_ACTIVATION_SIZE % 16 == 8);
static_assert(offsetof(StoreHead, record.stack_limit) == TENON_STORE_HEAD_STACK_LIMIT);
static_assert(offsetof(StoreHead, stack_reserve) == TENON_STORE_HEAD_STACK_RESERVE);
static_assert(offsetof(StoreHead, stack_size) == TENON_STORE_HEAD_STACK_SIZE);
static_assert(offsetof(artifact::StoreRecord, stack_limit) == TENON_STORE_STACK_LIMIT);
static_assert(offsetof(artifact::InstanceRecord, store) == TENON_INSTANCE_STORE);
static_assert(offsetof(artifact::HostFunctionRecord, store) == TENON_HOST_FUNCTION_STORE);
static_assert(static_cast<int>(TrapCode::stack_exhaustion) == TENON_TRAP_STACK_EXHAUSTION);

namespace {

Error exhausted() {
  return {.phase = Phase::call,
          .code = ErrorCode::trap,
          .message = "trap: " + std::string(to_string(TrapCode::stack_exhaustion)) +
                     " (less stack is left than the store reserves for host functions: "
                     "StoreOptions::host_stack_reserve)",
          .trap = TrapCode::stack_exhaustion};
}

// Cleans up what the activation left on the guest stack; nothing else will.
void forget_frames(const Activation& activation) {
  const auto sp = reinterpret_cast<std::uintptr_t>(activation.saved_sp);
  const bool is_nested = activation.previous != nullptr;
  const std::uintptr_t end = is_nested ? sp : thread_state.stack_high;
#if defined(__SANITIZE_ADDRESS__)
  // The frames are gone, but the sanitizer's marks on them are not.
  __asan_unpoison_memory_region(reinterpret_cast<void*>(thread_state.stack_low),
                                end - thread_state.stack_low);
#endif
  if (activation.error == nullptr && activation.trap == TrapCode::stack_exhaustion)
    release_guest_stack_below(end);
}

Error why_interrupted(const Activation& activation) {
  if (const Interruption* const asked = asked_to_end(&activation)) return asked->error();
  return {.phase = Phase::call, .code = ErrorCode::interrupted, .message = "the call was interrupted"};
}

std::string trap_message(const Activation& activation) {
  std::string message = "trap: " + std::string(to_string(activation.trap));
  if (activation.trap != TrapCode::stack_exhaustion) return message;
  const std::size_t size = activation.store->stack_size;
  const std::size_t there = thread_state.stack_high - thread_state.stack_low;
  if (size < there) {
    return message + " (the limit is " + std::to_string(size) +
           " bytes: StoreOptions::stack_limit, --stack-limit)";
  }
  return message + " (guests have " + std::to_string(there) + " bytes here, as the thread itself)";
}

Error out_of_fuel(const StoreHead& store) {
  return {.phase = Phase::call,
          .code = ErrorCode::out_of_fuel,
          .message = "out of fuel: the guest used up the " + std::to_string(store.fuel_given) +
                     " that it was given (StoreOptions::fuel, PluginOptions::fuel_for_each_call, --fuel)"};
}

Error why_stopped(const Activation& activation) {
  if (activation.trap == kInterrupted) return why_interrupted(activation);
  if (activation.trap == TrapCode::out_of_fuel) return out_of_fuel(*activation.store);
  return {.phase = Phase::call,
          .code = ErrorCode::trap,
          .message = trap_message(activation),
          .trap = activation.trap};
}

// May be called again where there was no memory.
Error* describe(Activation& activation) {
  if (activation.error == nullptr) activation.error = new Error(why_stopped(activation));
  if (activation.error->backtrace.empty()) {
    activation.error->backtrace =
        describe_frames(activation.store->guest_code, {activation.pcs, activation.depth});
  }
  return activation.error;
}

}  // namespace

extern "C" {

// Called by tenon_activate on a thread's first time, and where there is no room below sp.
// Null where the activation may go on.
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

// Called by tenon_activate when it ended early. Returns what went wrong.
[[gnu::visibility("hidden")]] Error* tenon_finish_trapped(Activation* activation) noexcept {
  forget_frames(*activation);
  // In this order: the handler of interrupts raises the limit of the current activation.
  thread_state.current = activation->previous;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  activation->store->record.stack_limit = activation->earlier_limit;
  poison(*activation);
  // Safety: what could not be paid is not owed. Charges that added up would wrap around.
  activation->store->record.fuel = std::max<std::int64_t>(activation->store->record.fuel, 0);
  try {
    return describe(*activation);
  } catch (const std::bad_alloc&) {  // the guest may have used up the last bytes
    activation->store->ballast.drop();
  }
  return describe(*activation);
}
}

}  // namespace tenon::runtime
