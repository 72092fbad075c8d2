// Turning the processor's faults in guest code into traps.
#pragma once

#include <expected>

#include <tenon/error.hpp>

namespace tenon::runtime {

// Installs the process's handlers on first use, and this thread's alternate
// signal stack; unblocks SIGSEGV, SIGBUS, SIGILL and SIGFPE on this thread, which
// must stay so. To be called before the thread's first activation.
[[nodiscard]] std::expected<void, Error> prepare_signals_on_this_thread();

}  // namespace tenon::runtime
