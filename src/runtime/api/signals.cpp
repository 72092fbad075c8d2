// tenon/signals.hpp.
#include <tenon/signals.hpp>

#include <cerrno>

#include "runtime/call/interrupt_signal.hpp"
#include "runtime/call/process_handlers.hpp"
#include "runtime/call/signals.hpp"

namespace tenon {

bool handle_signal(int signal, siginfo_t* info, void* raw_context) noexcept {
  const int saved_errno = errno;
  auto& context = *static_cast<ucontext_t*>(raw_context);
  const bool taken = signal == runtime::interrupt_signal() ? runtime::take_interrupt(signal, info, context)
                                                           : runtime::take_fault(signal, info, context);
  errno = saved_errno;
  return taken;
}

std::expected<void, Error> set_signal_handling(SignalHandling handling) {
  return runtime::choose_signal_handling(handling);
}

}  // namespace tenon
