// The bounds of the calling thread's stack.
#pragma once

#include <cstdint>
#include <expected>

#include <tenon/error.hpp>

namespace tenon::runtime {

struct StackBounds {
  std::uintptr_t low;        // lowest address that may be used
  std::uintptr_t high;       // one past the highest
  std::uintptr_t guard_low;  // a fault from here up to `low` is an overflow of this stack
};

// Asks the system, which is slow: callers cache it. Fails for a thread whose
// stack has no guard below it, where an overflow would not fault.
[[nodiscard]] std::expected<StackBounds, Error> stack_bounds_of_this_thread();

}  // namespace tenon::runtime
