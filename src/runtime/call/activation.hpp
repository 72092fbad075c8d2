// One entry from host into guest code, and how it ends early.
//
// tenon_activate (machine/enter.hpp) puts an Activation on the caller's stack, makes it
// the thread's current one, switches to the thread's guest stack (guest_stack.hpp) unless
// it runs there already, and calls an entry function. That is the guest's, or one of the
// host's that makes several calls of guests in a row. A trap (signals.cpp, raise_trap) or
// a host function's error (raise_host_error) records itself in the Activation and resumes
// at the landing pad with the saved stack pointer. No guest frame, and no host frame
// between, holds anything that needs a destructor. Activations nest where a host function
// calls a guest.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <cstdint>

#include <tenon/error.hpp>

#include "artifact/abi.hpp"
#include "runtime/call/guest_code.hpp"
#include "runtime/memory/ballast.hpp"

namespace tenon::runtime {

class Interruption;

// The part of a store that activations read and write.
struct StoreHead {
  artifact::StoreRecord record{};
  std::size_t stack_reserve = 0;  // bytes of stack below a guest's start
  // Bytes from the end of the guest stack to where the store's guests start, at most. More
  // than stack_reserve, a multiple of 16, and added to any address without overflow.
  std::size_t stack_size = 0;
  GuestCode guest_code;
  bool poison_after_trap = true;
  // Host code changes the lists of guest_code: a signal that comes now must not read them.
  volatile bool guest_code_changes = false;
  Interruption* interruption = nullptr;  // of its calls, where somebody may end them
  std::uint64_t fuel_given = 0;          // what record.fuel was when the host last set it
  Ballast ballast;
  // Calls that ended early, in any of its guests.
  std::uint64_t stops = 0;
};

// In place of a trap: the call was asked to end (interruption.hpp).
inline constexpr TrapCode kInterrupted{0};

// And of an instance.
struct InstanceHead {
  bool poisoned = false;  // refuses further calls
};

// tenon_activate sets the fields before `trap`; the rest is for how it ends early.
struct Activation {
  void* saved_sp;
  Activation* previous;
  StoreHead* store;
  InstanceHead* instance;        // to be poisoned then, or null
  Error* error;                  // owned; from a host function, else null
  std::uintptr_t earlier_limit;  // the store's stack_limit, to be put back
  volatile bool capturing;       // the stack is being walked; a fault there just ends the walk
  TrapCode trap;
  std::uint32_t depth;  // of pcs
  std::uintptr_t pcs[kMaxBacktrace];
  const ucontext_t* interrupted;  // while `capturing`: by the signal that stopped the guest, or null
};

// A guest that stopped may have left anything behind.
inline void poison(const Activation& activation) {
  ++activation.store->stops;
  if (activation.instance != nullptr && activation.store->poison_after_trap)
    activation.instance->poisoned = true;
}

}  // namespace tenon::runtime
