// The signal by which a call that was asked to end (interruption.hpp) leaves guest code.
#pragma once

#include <signal.h>
#include <sys/types.h>
#include <ucontext.h>

#include <expected>

#include <tenon/error.hpp>

namespace tenon::runtime {

// Its number.
[[nodiscard]] int interrupt_signal() noexcept;
// Ends the call that it interrupts, where that is to end; false where the signal is none of
// ours. Signal-safe.
[[nodiscard]] bool take_interrupt(int signal, siginfo_t* info, ucontext_t& context) noexcept;
// Sends it to a thread of this process. Harmless where there is nothing to end.
void send_interrupt_signal(pid_t thread) noexcept;
// Installs the handler on first use.
[[nodiscard]] std::expected<void, Error> prepare_interrupt_signal();
// This thread's number for tgkill; on its first time the thread lets the signal through.
[[nodiscard]] pid_t thread_for_signals() noexcept;

}  // namespace tenon::runtime
