// Where guest code runs: a stack of ours for each thread that has called a guest.
//
//   start_                          low                                     high
//   | guard, 1 MiB | headroom, 64 KiB | stack, as large as the thread's own  |
//
// Safety: what keeps a guest's recursion inside must not hang on the host's
// threads, whose guard may be one page or none. LLVM makes a frame touch every page
// that it takes, but not the arguments that a call pushes, 16 KB at most; no step
// is as wide as this guard. The host's stack is left by the outermost activation
// (machine/enter.hpp); host functions, and what they call, run here too.
//
// Headroom is what signal handlers of the host have where a signal comes while the
// guest has used up its stack. To guests it is guard; signals.cpp opens it when
// other code needs it, and closes it before the guest runs on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>

#include <tenon/error.hpp>

namespace tenon::runtime {

inline constexpr std::size_t kGuestStackGuard = std::size_t{1} << 20;
inline constexpr std::size_t kGuestStackHeadroom = std::size_t{64} << 10;

// Makes this thread's and writes its bounds to thread_state. To be called once,
// before the thread's first activation; freed when the thread ends.
[[nodiscard]] std::expected<void, Error> make_guest_stack_of_this_thread();

// Both are safe in signal handlers.
void open_headroom(std::uintptr_t stack_low) noexcept;
void close_headroom(std::uintptr_t stack_low) noexcept;

// After a guest went deep: gives the pages below an address back to the system, except the
// next few. Precondition: nothing below the address is in use.
void release_guest_stack_below(std::uintptr_t address) noexcept;

}  // namespace tenon::runtime
