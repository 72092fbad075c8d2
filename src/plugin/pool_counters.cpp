#include "plugin/pool_counters.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace tenon::plugin {
namespace {

// The first class whose bound is no less than the time.
std::size_t latency_class(std::uint64_t nanoseconds) {
  constexpr auto kFirst = static_cast<std::uint64_t>(kLatencyBounds.front().count());
  static_assert(std::has_single_bit(kFirst));
  if (nanoseconds <= kFirst) return 0;
  const auto doublings = static_cast<std::size_t>(std::bit_width((nanoseconds - 1) / kFirst));
  return std::min(doublings, kLatencyBounds.size());
}

std::uint64_t value(const PoolCounters::Counter& counter) { return counter.load(std::memory_order_relaxed); }

// Of gauges: additions and subtractions of several threads may be seen in another order.
std::size_t gauge(const PoolCounters::Counter& counter) {
  return static_cast<std::size_t>(std::max<std::int64_t>(static_cast<std::int64_t>(value(counter)), 0));
}

}  // namespace

void PoolCounters::Calls::count(std::chrono::nanoseconds time, const Error* error) noexcept {
  const auto add_alone = [](Counter& counter, std::uint64_t number) {
    counter.store(value(counter) + number, std::memory_order_relaxed);
  };
  const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
  add_alone(times_->calls[latency_class(nanoseconds)], 1);
  add_alone(times_->nanoseconds, nanoseconds);
  if (error != nullptr) [[unlikely]]
    add(counters_->errors_[std::to_underlying(error->code)]);
}

// Those of plugins that are gone go on with others, so that there are never more than plugins.
PoolCounters::Calls::Times* PoolCounters::take() {
  const std::lock_guard lock(mutex_);
  for (Calls::Times& times : times_) {
    if (!std::exchange(times.is_taken, true)) return &times;
  }
  return &times_.emplace_back();
}

void PoolCounters::put_back(Calls::Times& times) noexcept {
  const std::lock_guard lock(mutex_);
  times.is_taken = false;
}

PoolStatistics PoolCounters::read() const {
  PoolStatistics out;
  std::uint64_t nanoseconds = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const Calls::Times& times : times_) {
      for (std::size_t i = 0; i < out.latency.size(); ++i) out.latency[i] += value(times.calls[i]);
      nanoseconds += value(times.nanoseconds);
    }
  }
  out.latency_sum = std::chrono::nanoseconds(nanoseconds);
  for (const std::uint64_t calls : out.latency) out.calls += calls;
  for (std::size_t code = 0; code < errors_.size(); ++code) {
    if (const auto count = value(errors_[code])) out.errors[static_cast<ErrorCode>(code)] = count;
  }
  out.timeouts = value(errors_[std::to_underlying(ErrorCode::timeout)]);
  out.interrupts = value(errors_[std::to_underlying(ErrorCode::interrupted)]);
  out.replaced = value(replaced);
  out.failed_makes = value(failed_makes);
  out.waits = value(waits);
  out.failed_waits = value(failed_waits);
  out.wait_time = std::chrono::nanoseconds(value(wait_nanoseconds));
  out.reloads = value(reloads);
  out.failed_reloads = value(failed_reloads);
  out.in_use = gauge(in_use);
  out.members = gauge(members);
  return out;
}

}  // namespace tenon::plugin
