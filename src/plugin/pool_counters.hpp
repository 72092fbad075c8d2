// What a pool counts, so that counting costs a call next to nothing and reading costs it
// nothing at all.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <utility>

#include <tenon/pool_statistics.hpp>

namespace tenon::plugin {

// Thread-safe. Nothing is ordered: no number says anything about another.
class PoolCounters {
 public:
  using Counter = std::atomic<std::uint64_t>;

  // What one plugin counts. Whoever calls it is alone, so that an addition is a load and a
  // store, on cache lines of its own. What was counted stays when it goes.
  class Calls {
   public:
    explicit Calls(PoolCounters& counters) : counters_(&counters), times_(counters.take()) {}
    Calls(Calls&& other) noexcept
        : counters_(other.counters_), times_(std::exchange(other.times_, nullptr)) {}
    ~Calls() {
      if (times_ != nullptr) counters_->put_back(*times_);
    }
    // `error` is null for a call that went well.
    void count(std::chrono::nanoseconds time, const Error* error) noexcept;

   private:
    friend class PoolCounters;
    struct Times;
    PoolCounters* counters_;
    Times* times_;
  };

  static void add(Counter& counter, std::uint64_t number = 1) noexcept {
    counter.fetch_add(number, std::memory_order_relaxed);
  }
  static void subtract(Counter& counter, std::uint64_t number = 1) noexcept {
    counter.fetch_sub(number, std::memory_order_relaxed);
  }
  // All but the pool's maximum.
  [[nodiscard]] PoolStatistics read() const;

  Counter replaced{0}, failed_makes{0};
  Counter waits{0}, failed_waits{0}, wait_nanoseconds{0};
  Counter reloads{0}, failed_reloads{0};
  Counter in_use{0}, members{0};

 private:
  [[nodiscard]] Calls::Times* take();
  void put_back(Calls::Times& times) noexcept;

  mutable std::mutex mutex_;  // of the list; no call takes it
  std::list<Calls::Times> times_;
  std::array<Counter, 256> errors_{};  // by code: host functions may return any number
};

struct alignas(64) PoolCounters::Calls::Times {
  std::array<Counter, kLatencyBounds.size() + 1> calls{};
  Counter nanoseconds{0};
  bool is_taken = true;
};

}  // namespace tenon::plugin
