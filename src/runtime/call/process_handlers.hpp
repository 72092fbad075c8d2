// Our signal handlers in the process, and those of the host before and after them.
//
// A host may put a handler over ours, and that may call ours, put it back, or do neither. So
// each time that ours goes to the front it is another function, and knows who was in front
// until then:
//
//   our first function   passes on to whoever had the signal at the beginning
//   our second function  to the host's handler that came over the first
//
// What that handler has kept as "the one before it" is our first function. Whether it calls
// or puts that back, the signal goes a step further back, and never round.
#pragma once

#include <signal.h>
#include <ucontext.h>

#include <cstdint>
#include <expected>

#include <tenon/error.hpp>
#include <tenon/signals.hpp>

namespace tenon::runtime {

struct OurHandler {
  // Deals with a signal; false where it is none of ours. Signal-safe.
  bool (*take)(int signal, siginfo_t* info, ucontext_t& context) = nullptr;
  int flags = 0;  // besides SA_SIGINFO and SA_ONSTACK
  // Whether a signal that nobody else handles is lost, and not given to its default action.
  bool is_lost = false;
};

// Has this library stay in the process for good, and puts the handler in; where the host has
// chosen to handle signals itself, only looks whether it does. Errors: out_of_resources;
// invalid_argument, where the host does not. Thread-safe; to be called once for each signal.
[[nodiscard]] std::expected<void, Error> install_handler(int signal, const OurHandler& handler, Phase phase);
enum class Renew : std::uint8_t {
  all,                     // a system call for each
  where_faults_have_gone,  // all, but only where that of SIGSEGV is behind: one system call
};
// Puts those of our handlers in front that no longer are.
void renew_handlers(Renew which_ones) noexcept;

// As tenon::set_signal_handling.
[[nodiscard]] std::expected<void, Error> choose_signal_handling(SignalHandling handling);

}  // namespace tenon::runtime
