// InterruptHandle (tenon/interrupt.hpp).
#include <tenon/interrupt.hpp>

#include "runtime/call/interruption.hpp"
#include "runtime/call/watchdog.hpp"

namespace tenon {

bool InterruptHandle::interrupt() const noexcept {
  if (impl_ == nullptr || !impl_->ask(runtime::Interruption::Why::interrupt)) return false;
  runtime::Watchdog::of_process().hurry(*impl_);
  return true;
}

}  // namespace tenon
