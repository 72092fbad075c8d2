// Turning the processor's faults in guest code into traps.
#pragma once

#include <signal.h>
#include <ucontext.h>

#include <expected>

#include <tenon/error.hpp>

namespace tenon::runtime {

// Has the process's handlers installed on first use, and makes this thread's alternate
// signal stack; unblocks SIGSEGV, SIGBUS, SIGILL and SIGFPE on this thread, which
// must stay so. To be called before the thread's first activation.
[[nodiscard]] std::expected<void, Error> prepare_signals_on_this_thread();

// Deals with a fault of guest code, and with what follows from one; false where the signal is
// none of ours. Signal-safe.
[[nodiscard]] bool take_fault(int signal, siginfo_t* info, ucontext_t& context) noexcept;

}  // namespace tenon::runtime
