#include "runtime/call/interruption.hpp"

#include <algorithm>
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
  const Why why = asked();
  if (why == Why::deadline) return error_of_batch();
  if (why == Why::timeout) {
    return {.phase = Phase::call,
            .code = ErrorCode::timeout,
            .message = "the call took longer than its timeout of " + to_text(timeout_) +
                       " (PluginOptions::timeout, --timeout)"};
  }
  return {.phase = Phase::call, .code = ErrorCode::interrupted, .message = "the host interrupted the call"};
}

Error Interruption::error_of_batch() const {
  return {.phase = Phase::call,
          .code = ErrorCode::timeout,
          .message = "the batch's deadline of " + to_text(batch_limit_) + " has passed (with_deadline)"};
}

Interruption::Batch Interruption::begin_batch(Timeout limit) noexcept {
  constexpr Timeout kLongest = std::chrono::hours(24 * 365 * 100);
  const Batch outer{batch_end_.load(), batch_limit_};
  const Clock::rep end = (Clock::now() + std::min(limit, kLongest)).time_since_epoch().count();
  if (outer.end == kNoBatch || end < outer.end) {
    batch_limit_ = limit;
    batch_end_.store(end);
  }
  return outer;
}

// Never to "over": only the watchdog says so, by which it knows that the batch that it found
// over is the one that is open.
void Interruption::end_batch(const Batch& outer) noexcept {
  if (outer.end == kBatchIsOver) return;  // nothing was changed
  batch_limit_ = outer.limit;
  batch_end_.store(outer.end);
}

Interruption::Clock::time_point Interruption::batch_end() const noexcept {
  const Clock::rep end = batch_end_.load();
  if (end == kNoBatch || end == kBatchIsOver) return Clock::time_point::max();
  return Clock::time_point(Clock::duration(end));
}

void Interruption::look_at_batch(Clock::time_point now) noexcept {
  Clock::rep end = batch_end_.load();
  const bool is_to_come = end == kNoBatch || end == kBatchIsOver || end > now.time_since_epoch().count();
  if (!is_to_come) batch_end_.compare_exchange_strong(end, kBatchIsOver);
}

const Interruption* asked_to_end(const Activation* activation) noexcept {
  for (; activation != nullptr; activation = activation->previous) {
    const Interruption* const interruption = activation->store->interruption;
    if (interruption != nullptr && interruption->asked() != Interruption::Why::nothing) return interruption;
  }
  return nullptr;
}

bool this_call_is_to_end() noexcept { return asked_to_end(thread_state.current) != nullptr; }

std::optional<Error> why_this_call_is_to_end() {
  const Interruption* const asked = asked_to_end(thread_state.current);
  if (asked == nullptr) return std::nullopt;
  return asked->error();
}

bool this_call_may_be_ended() noexcept {
  for (const Activation* at = thread_state.current; at != nullptr; at = at->previous) {
    if (at->store->interruption != nullptr) return true;
  }
  return false;
}

}  // namespace tenon::runtime
