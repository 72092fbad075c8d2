// One entry from host into guest code, and how it ends early.
//
// tenon_activate (enter_x86_64.S) puts an Activation on the caller's stack, makes
// it the thread's current one, goes over to the thread's guest stack (guest_stack.hpp)
// unless it is there already, and calls an entry function: the guest's, or one of
// the host's that makes several calls of guests in a row. A trap (signals.cpp,
// raise_trap) or a host function's error (raise_host_error) records itself there
// and resumes at the landing pad with the saved stack pointer; no guest frame,
// and no host frame between, holds anything that needs a destructor.
// Activations nest where a host function calls a guest.
#pragma once

#include <cstdint>
#include <span>

#include <tenon/error.hpp>

#include "artifact/abi.hpp"

namespace tenon::runtime {

class InstanceImpl;
struct StoreHead;

inline constexpr std::size_t kMaxBacktrace = 64;

// tenon_activate sets the fields before `trap`; the rest is for how it ends early.
struct Activation {
  void* saved_sp;
  Activation* previous;
  StoreHead* store;
  InstanceImpl* instance;        // to be poisoned then, or null
  Error* error;                  // owned; from a host function, else null
  std::uintptr_t earlier_limit;  // the store's stack_limit, to be put back
  volatile bool capturing;       // the stack is being walked; a fault there just ends the walk
  TrapCode trap;
  std::uint32_t depth;  // of pcs
  std::uintptr_t pcs[kMaxBacktrace];
};

// What this thread's part in the runtime is. Constant-initialised and trivial,
// so that the signal handler may read it at any time. Only enter_x86_64.S, and
// activation.cpp, signals.cpp and guest_stack.cpp, compiled for initial-exec
// thread-local storage, may touch it.
struct ThreadState {
  Activation* current = nullptr;
  std::uintptr_t stack_low = 0;  // of the guest stack; all zero until the first activation
  std::uintptr_t stack_high = 0;
  std::uintptr_t guard_low = 0;  // faults of guest code from here to stack_high are stack overflows
  bool finished = false;         // the thread's destructors have run
  volatile bool headroom_is_open = false;
};
extern thread_local constinit ThreadState thread_state __asm__("tenon_thread_state")
    __attribute__((visibility("hidden")));

// Ends the current activation; does not return. The callers hold no object
// that needs a destructor.
[[noreturn]] void raise_trap(TrapCode code) noexcept;

// Records the guest's part of the calling stack in the activation. With a
// first pc given: from a signal handler.
void capture_backtrace(Activation& activation) noexcept;

// The words of this thread's guest stack from an address in the current activation
// up: all frames of guest code, and of host functions between them.
[[nodiscard]] std::span<const std::uint64_t> guest_stack(std::uintptr_t low) noexcept;

// Whether that has all frames of the store's guests: not where a host function
// waits for another thread that calls the store.
[[nodiscard]] bool runs_on_this_thread_only(const StoreHead& store) noexcept;

extern "C" {
// Calls entry(context, code, slots) in an activation; null, or what went wrong,
// which the caller then owns. An `entry` of the host's may call the store's
// functions by their records' entries; every such call may abandon its frames,
// which then must hold nothing that needs a destructor.
[[nodiscard]] Error* tenon_activate(StoreHead*, artifact::EntryFunction entry, void* context,
                                    const void* code, std::uint64_t* slots, InstanceImpl*);
[[noreturn]] void tenon_land(void* saved_sp);
[[gnu::visibility("hidden")]] extern const char tenon_activate_end[];
[[gnu::visibility("hidden")]] extern const char tenon_landing_pad[];
[[gnu::visibility("hidden")]] extern const char tenon_guest_stubs[];
[[gnu::visibility("hidden")]] extern const char tenon_guest_stubs_end[];
[[gnu::visibility("hidden")]] extern const char tenon_host_thunk[];
}

}  // namespace tenon::runtime
