// The bytes that guests may make a store hold: one account for its linear memories, its
// tables, its exceptions and what a plugin's log keeps.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace tenon::runtime {

// Why a guest could not grow a memory or a table.
struct RefusedGrowth {
  enum class Limit : std::uint8_t { budget, memory_maximum, table_limit, table_maximum, system };
  Limit limit = Limit::budget;
  std::uint64_t most = 0;  // pages of the memory or elements of the table, where the limit is one of those
};

// Thread-safe: a memory that threads share grows on any of them, and may outlive the store
// that it counts for.
class Budget {
 public:
  // `option` names the option that sets the limit, for messages. Precondition: it lives as
  // long as the budget.
  Budget(std::uint64_t bytes, std::string_view option) : total_(bytes), remaining_(bytes), option_(option) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  // Safety: everything that a guest can make grow asks here first. False, and nothing is
  // taken, where fewer bytes are left. No sum could overflow.
  [[nodiscard]] bool reserve(std::uint64_t bytes) noexcept {
    std::uint64_t remaining = remaining_.load(std::memory_order_relaxed);
    do {
      if (bytes > remaining) return false;
    } while (!remaining_.compare_exchange_weak(remaining, remaining - bytes, std::memory_order_relaxed));
    return true;
  }
  // Precondition: as many bytes were reserved and not released since.
  void release(std::uint64_t bytes) noexcept { remaining_.fetch_add(bytes, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] std::uint64_t remaining() const noexcept {
    return remaining_.load(std::memory_order_relaxed);
  }

  // What the last growth was refused for; nothing since forget_refused(), or where the last
  // succeeded. A guest that meets a limit ends in some other way, which says nothing of it.
  void note_refused(RefusedGrowth why) {
    const std::scoped_lock lock(refused_mutex_);
    refused_growth_ = why;
    has_refused_.store(true, std::memory_order_relaxed);
  }
  void forget_refused() noexcept { has_refused_.store(false, std::memory_order_relaxed); }
  [[nodiscard]] std::optional<RefusedGrowth> refused_growth() const;
  // "the limit of N bytes (OPTION)": which limit it was, and the option that raises it.
  [[nodiscard]] std::string describe(const RefusedGrowth& why) const;

  // "WHAT takes N bytes, more than …", which names the option to raise.
  [[nodiscard]] std::string refusal(const std::string& what, std::uint64_t bytes) const;

 private:
  const std::uint64_t total_;
  std::atomic<std::uint64_t> remaining_;
  std::atomic<bool> has_refused_ = false;
  mutable std::mutex refused_mutex_;
  RefusedGrowth refused_growth_;
  const std::string_view option_;
};

}  // namespace tenon::runtime
