// The address range of a linear memory: all that any access can reach. Its front is
// accessible.
#pragma once

#include <cstdint>
#include <expected>
#include <mutex>
#include <optional>
#include <vector>

#include <tenon/error.hpp>

#include "base/address_range.hpp"
#include "runtime/memory/image.hpp"

namespace tenon::runtime {

class Reservation {
 public:
  // `behind_base` bytes, none accessible; in front of them cards (artifact/abi.hpp) where asked
  // for, accessible, all zero. Errors: out_of_resources.
  [[nodiscard]] static std::expected<Reservation, Error> make(std::uint64_t behind_base,
                                                              bool with_cards = false);
  Reservation() = default;  // as moved from
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation();

  [[nodiscard]] std::uint8_t* base() const { return start_ + before_base_; }
  [[nodiscard]] std::uint64_t behind_base() const {
    return range().end - reinterpret_cast<std::uintptr_t>(base());
  }
  // All of it, guards included.
  [[nodiscard]] base::AddressRange range() const {
    const auto begin = reinterpret_cast<std::uintptr_t>(start_);
    return {begin, begin + size_};
  }

  // Makes more of the front accessible, as zeros; false where the system refuses.
  [[nodiscard]] bool extend(std::uint64_t accessible, std::uint64_t bytes);
  // Maps a file's bytes over it, copy-on-write. Precondition: the image is page-aligned
  // and inside what is accessible.
  [[nodiscard]] std::expected<void, Error> map_image(const Image& image);
  // Undoes everything that was written, and all growth beyond `initial`.
  [[nodiscard]] bool reset(std::uint64_t accessible, std::uint64_t initial);
  // One half of it: the writes to the first bytes, and the growth.
  [[nodiscard]] bool forget_writes(std::uint64_t bytes);
  [[nodiscard]] bool shrink(std::uint64_t accessible, std::uint64_t initial);

 private:
  Reservation(std::uint8_t* start, std::uint64_t size, std::uint64_t before_base)
      : start_(start), size_(size), before_base_(before_base) {}

  std::uint8_t* start_ = nullptr;  // null where moved from
  std::uint64_t size_ = 0;         // guards included
  std::uint64_t before_base_ = 0;
};

// First memories that instances of a module have left, reset: the next instance finds one
// like new, without asking the system. Any number of threads may use the cache at once.
class ReservationCache {
 public:
  // `initial`: the bytes that are accessible at first.
  explicit ReservationCache(std::uint64_t initial) : initial_(initial) {}

  // One of that many bytes behind its base: the limits of stores may differ.
  [[nodiscard]] std::optional<Reservation> take(std::uint64_t behind_base);
  // Resets it first. Frees it instead where that fails, where the cache holds enough, and
  // where the memory is large from the beginning, since the system keeps page tables for
  // every page once touched.
  void give_back(Reservation reservation, std::uint64_t accessible);

  static constexpr std::size_t kMost = 32;  // each at most 128 KiB of page tables
  static constexpr std::uint64_t kLargest = std::uint64_t{64} << 20;

 private:
  const std::uint64_t initial_;
  std::mutex mutex_;
  std::vector<Reservation> kept_;
};

}  // namespace tenon::runtime
