// What the runtime keeps for this thread.
#pragma once

#include <cstdint>
#include <span>

namespace tenon::runtime {

struct Activation;
struct StoreHead;

// Constant-initialised and trivial, so that the signal handler may read it at any
// time. Only the machine's assembly and this room's sources, compiled for
// initial-exec thread-local storage, may touch it.
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

// The words of this thread's guest stack from an address in the current activation
// up: all frames of guest code, and of host functions between them.
[[nodiscard]] std::span<const std::uint64_t> guest_stack(std::uintptr_t low) noexcept;

// Whether that stack has all frames of the store's guests. It has not where a host
// function waits for another thread that calls the store.
[[nodiscard]] bool runs_on_this_thread_only(const StoreHead& store) noexcept;

}  // namespace tenon::runtime
