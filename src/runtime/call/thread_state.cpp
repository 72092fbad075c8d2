#include "runtime/call/thread_state.hpp"

#include <algorithm>
#include <cstddef>

#include "machine_offsets.h"
#include "runtime/call/activation.hpp"

namespace tenon::runtime {

static_assert(offsetof(ThreadState, current) == TENON_THREAD_CURRENT);
static_assert(offsetof(ThreadState, stack_low) == TENON_THREAD_STACK_LOW);
static_assert(offsetof(ThreadState, stack_high) == TENON_THREAD_STACK_HIGH);

thread_local constinit ThreadState thread_state;

std::span<const std::uint64_t> guest_stack(std::uintptr_t low) noexcept {
  const Activation* outermost = thread_state.current;
  while (outermost->previous != nullptr) outermost = outermost->previous;
  const std::uintptr_t start =
      std::min(thread_state.stack_high, thread_state.stack_low + outermost->store->stack_size);
  return {reinterpret_cast<const std::uint64_t*>(low), reinterpret_cast<const std::uint64_t*>(start)};
}

bool runs_on_this_thread_only(const StoreHead& store) noexcept {
  const Activation* outermost = nullptr;
  for (const Activation* at = thread_state.current; at != nullptr; at = at->previous) {
    if (at->store == &store) outermost = at;
  }
  // The limit that it found is what the store had before: that of an activation on another
  // thread, or none.
  return outermost != nullptr && outermost->earlier_limit == 0;
}

}  // namespace tenon::runtime
