// How Tenon and the program share the process's signals. Few programs need this: by itself
// Tenon installs its handlers and passes on what is not its own (docs/signals.md). It is
// for those that want to own their handlers, or that put handlers in late.
//
//   struct sigaction action {};
//   action.sa_flags = SA_SIGINFO | SA_ONSTACK;
//   action.sa_sigaction = [](int signal, siginfo_t* info, void* context) {
//     if (tenon::handle_signal(signal, info, context)) return;   // a guest's trap; no crash
//     _exit(3);                                                  // or write a crash report
//   };
//   sigaction(SIGSEGV, &action, nullptr);
//
// A program that installs such handlers before the first call, and does not want Tenon's:
//
//   if (auto done = tenon::set_signal_handling(tenon::SignalHandling::host); !done) return fail(done.error());
#pragma once

#include <signal.h>

#include <cstdint>
#include <expected>

#include <tenon/api.hpp>
#include <tenon/error.hpp>

namespace tenon TENON_API {

// Deals with a signal that a guest caused (SIGSEGV, SIGBUS, SIGILL, SIGFPE) or that ends a
// guest's call (SIGURG, or what set_interrupt_signal chose): the context is changed, and the
// guest's call ends with an error once the handler returns, which it must do at once. False,
// and nothing changed, where the signal is the program's own affair.
//
// For a handler that was installed with SA_SIGINFO and SA_ONSTACK: a guest that has used up
// its stack leaves no room there. `info` and `context` are what the handler got.
// Async-signal-safe, for any thread at any time, whatever the handler blocks.
[[nodiscard]] bool handle_signal(int signal, siginfo_t* info, void* context) noexcept;

enum class SignalHandling : std::uint8_t {
  own,   // Tenon installs its handlers when it needs them
  host,  // the program has handlers for all of the signals above, which call handle_signal
};
// For the whole process; by default `own`. To be called before the first call of a guest, and
// before a plugin or store with a timeout or an InterruptHandle is made. Errors:
// invalid_argument, after that. With `host`, the first call of a guest fails with
// invalid_argument where one of the signals has no handler.
[[nodiscard]] std::expected<void, Error> set_signal_handling(SignalHandling handling);

}  // namespace tenon
