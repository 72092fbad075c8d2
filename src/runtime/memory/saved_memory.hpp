// The contents of a memory at one moment, as a value: to put them back, or to begin
// another memory with them.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>

#include <tenon/error.hpp>

#include "base/bytes.hpp"
#include "runtime/memory/image.hpp"
#include "runtime/memory/reservation.hpp"

namespace tenon::runtime {

// Immutable; any number of threads may use it.
class SavedMemory {
 public:
  // Copies all pages that are not zero. Precondition: whole pages. Errors: out_of_resources.
  [[nodiscard]] static std::expected<std::shared_ptr<const SavedMemory>, Error> of(base::ByteView contents);
  ~SavedMemory();
  SavedMemory(const SavedMemory&) = delete;
  SavedMemory& operator=(const SavedMemory&) = delete;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::uint8_t* bytes() const { return bytes_; }  // null where it is empty
  // The same as a file, which is made when somebody first asks. Errors: out_of_resources.
  [[nodiscard]] std::expected<Image, Error> image() const;
  // Of memories that began with it.
  [[nodiscard]] const std::shared_ptr<ReservationCache>& reservations() const { return reservations_; }

 private:
  explicit SavedMemory(std::uint64_t size)
      : size_(size), reservations_(std::make_shared<ReservationCache>(size)) {}
  [[nodiscard]] std::expected<Image, Error> make_image() const;

  std::uint64_t size_;
  std::uint8_t* bytes_ = nullptr;
  std::shared_ptr<ReservationCache> reservations_;
  mutable std::mutex mutex_;
  mutable Image image_;  // without a file until it is made
};

}  // namespace tenon::runtime
