#include "runtime/call/interruption.hpp"

#include <string>

#include "runtime/call/activation.hpp"
#include "runtime/call/thread_state.hpp"

namespace tenon::runtime {
namespace {

// "5 ms", "1500 µs".
std::string to_text(Interruption::Timeout timeout) {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(timeout).count();
  return microseconds % 1000 == 0 ? std::to_string(microseconds / 1000) + " ms"
                                  : std::to_string(microseconds) + " µs";
}

}  // namespace

bool Interruption::ask(Why why, std::uint64_t call) noexcept {
  if (!is_running(call) || this->call() != call) return false;
  std::uint64_t before = request_.load(std::memory_order_relaxed);
  const std::uint64_t request = call << kWhyBits | static_cast<std::uint64_t>(why);
  do {
    if (before >> kWhyBits > call) return false;  // this call has ended since
  } while (!request_.compare_exchange_weak(before, request, std::memory_order_release));
  return true;
}

Error Interruption::error() const {
  if (asked() == Why::timeout) {
    return {
        .phase = Phase::call,
        .code = ErrorCode::timeout,
        .message = "the call took longer than its timeout of " + to_text(timeout_) + " (the option timeout)"};
  }
  return {.phase = Phase::call, .code = ErrorCode::interrupted, .message = "the host interrupted the call"};
}

const Interruption* asked_to_end(const Activation* activation) noexcept {
  for (; activation != nullptr; activation = activation->previous) {
    const Interruption* const interruption = activation->store->interruption;
    if (interruption != nullptr && interruption->asked() != Interruption::Why::nothing) return interruption;
  }
  return nullptr;
}

bool this_call_is_to_end() noexcept { return asked_to_end(thread_state.current) != nullptr; }

bool this_call_may_be_ended() noexcept {
  for (const Activation* at = thread_state.current; at != nullptr; at = at->previous) {
    if (at->store->interruption != nullptr) return true;
  }
  return false;
}

}  // namespace tenon::runtime
