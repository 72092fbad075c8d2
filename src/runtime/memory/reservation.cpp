#include "runtime/memory/reservation.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "artifact/abi.hpp"
#include "base/error.hpp"

namespace tenon::runtime {
namespace {

std::unexpected<Error> fail(std::string message) {
  return base::fail(Phase::instantiate, ErrorCode::out_of_resources, std::move(message));
}

}  // namespace

std::expected<Reservation, Error> Reservation::make(std::uint64_t behind_base, bool with_cards) {
  const std::uint64_t before_base =
      with_cards ? artifact::kPageBeforeCards + artifact::kCardsBefore : artifact::kMemoryGuardBefore;
  const std::uint64_t size = before_base + behind_base;
  void* const start = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) {
    return fail("no address space for a memory, which takes " + std::to_string(size >> 20) +
                " MiB of it: " + std::strerror(errno));
  }
  Reservation made(static_cast<std::uint8_t*>(start), size, before_base);
  if (with_cards &&
      mprotect(start, artifact::kPageBeforeCards + artifact::kCardBytes, PROT_READ | PROT_WRITE) != 0)
    return fail(std::string("no memory for the cards of a memory: ") + std::strerror(errno));
  return made;
}

Reservation::Reservation(Reservation&& other) noexcept
    : start_(std::exchange(other.start_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      before_base_(std::exchange(other.before_base_, 0)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  std::swap(start_, other.start_);
  std::swap(size_, other.size_);
  std::swap(before_base_, other.before_base_);
  return *this;
}

Reservation::~Reservation() {
  if (start_ != nullptr) munmap(start_, size_);
}

bool Reservation::extend(std::uint64_t accessible, std::uint64_t bytes) {
  return mprotect(base() + accessible, bytes, PROT_READ | PROT_WRITE) == 0;
}

std::expected<void, Error> Reservation::map_image(const Image& image) {
  void* const mapped = mmap(base() + image.start, image.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
                            image.file->fd(), static_cast<off_t>(image.offset));
  if (mapped == MAP_FAILED)
    return fail(std::string("the memory's image cannot be mapped: ") + std::strerror(errno));
  return {};
}

// Safety: no byte that one instance wrote may reach another, and the pages that it grew by
// must be guard again. On Linux, MADV_DONTNEED on private mappings does the former at
// once: pages read as zeros again, and those of the image as the file.
bool Reservation::reset(std::uint64_t accessible, std::uint64_t initial) {
  return forget_writes(initial) && shrink(accessible, initial);
}

bool Reservation::forget_writes(std::uint64_t bytes) {
  return bytes == 0 || madvise(base(), bytes, MADV_DONTNEED) == 0;
}

bool Reservation::shrink(std::uint64_t accessible, std::uint64_t initial) {
  if (accessible == initial) return true;
  void* const grown = base() + initial;
  return mmap(grown, accessible - initial, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
              -1, 0) == grown;
}

std::optional<Reservation> ReservationCache::take(std::uint64_t behind_base) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(kept_, behind_base, &Reservation::behind_base);
  if (found == kept_.end()) return std::nullopt;
  std::swap(*found, kept_.back());
  std::optional<Reservation> taken(std::move(kept_.back()));
  kept_.pop_back();
  return taken;
}

void ReservationCache::give_back(Reservation reservation, std::uint64_t accessible) {
  if (initial_ > kLargest || !reservation.reset(accessible, initial_)) return;
  const std::scoped_lock lock(mutex_);
  if (kept_.size() < kMost) kept_.push_back(std::move(reservation));
}

}  // namespace tenon::runtime
