// The bytes that guests may make a store hold: one account for its linear memories, its
// tables, its exceptions and what a plugin's log keeps.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenon::runtime {

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
      if (bytes > remaining) {
        note_refusal();
        return false;
      }
    } while (!remaining_.compare_exchange_weak(remaining, remaining - bytes, std::memory_order_relaxed));
    return true;
  }
  // Precondition: as many bytes were reserved and not released since.
  void release(std::uint64_t bytes) noexcept { remaining_.fetch_add(bytes, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] std::uint64_t remaining() const noexcept {
    return remaining_.load(std::memory_order_relaxed);
  }

  // Whether something was refused since forget_refusals(). A guest that meets the limit
  // ends in some other way, which says nothing about the limit.
  void note_refusal() noexcept { refused_.store(true, std::memory_order_relaxed); }
  void forget_refusals() noexcept { refused_.store(false, std::memory_order_relaxed); }
  [[nodiscard]] bool has_refused() const noexcept { return refused_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::string_view option() const noexcept { return option_; }

  // "WHAT takes N bytes, more than …", which names the option to raise.
  [[nodiscard]] std::string refusal(const std::string& what, std::uint64_t bytes) const;

 private:
  const std::uint64_t total_;
  std::atomic<std::uint64_t> remaining_;
  std::atomic<bool> refused_ = false;
  const std::string_view option_;
};

}  // namespace tenon::runtime
