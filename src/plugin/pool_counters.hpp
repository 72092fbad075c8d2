// What a pool counts, so that counting costs a call next to nothing and reading costs it
// nothing at all.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include <tenon/pool_statistics.hpp>

namespace tenon::plugin {

// Thread-safe. All additions are relaxed: no number says anything about another.
class PoolCounters {
 public:
  using Counter = std::atomic<std::uint64_t>;

  // `error` is null for a call that went well. Calls at the same time should name different
  // places, whatever they are.
  void count_call(std::size_t place, std::chrono::nanoseconds time, const Error* error) noexcept;
  static void add(Counter& counter, std::uint64_t number = 1) noexcept {
    counter.fetch_add(number, std::memory_order_relaxed);
  }
  static void subtract(Counter& counter, std::uint64_t number = 1) noexcept {
    counter.fetch_sub(number, std::memory_order_relaxed);
  }
  // All but the pool's maximum.
  [[nodiscard]] PoolStatistics read() const;

  Counter resets{0}, failed_makes{0};
  Counter waits{0}, failed_waits{0}, wait_nanoseconds{0};
  Counter reloads{0}, failed_reloads{0};
  Counter in_use{0}, members{0};

 private:
  // Each on cache lines of its own: plugins on several threads write no line in common.
  struct alignas(64) Latencies {
    std::array<Counter, kLatencyBounds.size() + 1> calls{};
    Counter nanoseconds{0};
  };
  std::array<Latencies, 16> latencies_;
  std::array<Counter, 256> errors_{};  // by code: host functions may return any number
};

}  // namespace tenon::plugin
