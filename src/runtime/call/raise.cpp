#include "runtime/call/raise.hpp"

#include <atomic>

#include <tenon/host_function.hpp>

#include "runtime/call/activation.hpp"
#include "runtime/call/backtrace.hpp"
#include "runtime/call/thread_state.hpp"
#include "runtime/machine/enter.hpp"

namespace tenon::runtime {
namespace {

[[noreturn]] void land(Activation& activation) {
  activation.interrupted = nullptr;
  capture_backtrace(activation);
  tenon_land(activation.saved_sp);
}

}  // namespace

void raise_trap(TrapCode code) noexcept {
  Activation& activation = *thread_state.current;
  activation.trap = code;
  land(activation);
}

}  // namespace tenon::runtime

namespace tenon::detail {

using runtime::Activation;
using runtime::thread_state;

void raise_host_error(Failure error) noexcept {
  Activation& activation = *thread_state.current;
  activation.error = error.release();
  runtime::land(activation);
}

// The instance is as after a trap. The frames stay where they are, for whoever unwinds
// them.
void abandon_activation() noexcept {
  Activation& activation = *thread_state.current;
  runtime::poison(activation);
  thread_state.current = activation.previous;  // first, as in tenon_finish_trapped
  std::atomic_signal_fence(std::memory_order_seq_cst);
  activation.store->record.stack_limit = activation.earlier_limit;
}

}  // namespace tenon::detail
