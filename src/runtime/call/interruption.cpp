#include "runtime/call/interruption.hpp"

#include <string>

#include "runtime/call/activation.hpp"

namespace tenon::runtime {
namespace {

// "5 ms", "1.5 s": as people set it.
std::string to_text(Interruption::Timeout timeout) {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(timeout).count();
  return microseconds % 1000 == 0 ? std::to_string(microseconds / 1000) + " ms"
                                  : std::to_string(microseconds) + " µs";
}

}  // namespace

bool Interruption::ask(Why why, std::uint64_t call) noexcept {
  if (!is_running(call) || this->call() != call) return false;
  request_.store(call << kWhyBits | static_cast<std::uint64_t>(why), std::memory_order_release);
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

}  // namespace tenon::runtime
