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

void PoolCounters::count_call(std::size_t place, std::chrono::nanoseconds time, const Error* error) noexcept {
  const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
  Latencies& latencies = latencies_[place % latencies_.size()];
  add(latencies.calls[latency_class(nanoseconds)]);
  add(latencies.nanoseconds, nanoseconds);
  if (error != nullptr) [[unlikely]]
    add(errors_[std::to_underlying(error->code)]);
}

PoolStatistics PoolCounters::read() const {
  PoolStatistics out;
  std::uint64_t nanoseconds = 0;
  for (const Latencies& some : latencies_) {
    for (std::size_t i = 0; i < out.latency.size(); ++i) out.latency[i] += value(some.calls[i]);
    nanoseconds += value(some.nanoseconds);
  }
  out.latency_sum = std::chrono::nanoseconds(nanoseconds);
  for (const std::uint64_t calls : out.latency) out.calls += calls;
  for (std::size_t code = 0; code < errors_.size(); ++code) {
    if (const auto count = value(errors_[code])) out.errors[static_cast<ErrorCode>(code)] = count;
  }
  out.timeouts = value(errors_[std::to_underlying(ErrorCode::timeout)]);
  out.interrupts = value(errors_[std::to_underlying(ErrorCode::interrupted)]);
  out.resets = value(resets);
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
