#include "runtime/linear_memory.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "runtime/racy_memory.hpp"

namespace tenon::runtime {
namespace {

// Of a 32-bit memory, and of a 64-bit one: all that it may grow to is reserved
// when it is made, and this much of the address space one memory may have.
constexpr std::uint64_t kMostPages = 65536;
constexpr std::uint64_t kMostPages64 = (std::uint64_t{1} << 40) / kPageSize;

std::unexpected<Error> fail(std::string message) {
  return base::fail(Phase::instantiate, ErrorCode::out_of_resources, std::move(message));
}

// Safety: the sandbox hangs on this size. To a 32-bit memory guest code adds any
// 32-bit address and any 32-bit offset unchecked; to a 64-bit one an address
// inside it and at most kMemory64Guard. All that must be ours, and inaccessible.
std::expected<Reservation, Error> reserve(const MemoryType& type, std::uint64_t maximum_pages) {
  return Reservation::make(type.is_64 ? maximum_pages * kPageSize + artifact::kMemory64Guard
                                      : artifact::kMemoryReservation);
}

// A shared memory outlives its module's other uses of it, and how much of a
// 64-bit one is reserved depends on the store.
bool can_be_used_again(const MemoryType& type) { return !type.is_shared && !type.is_64; }

}  // namespace

MemoryImpl::MemoryImpl(StoreImpl* store, const MemoryType& type, std::uint64_t maximum_pages,
                       Reservation reservation)
    : store_(store), declared_(type), maximum_pages_(maximum_pages), reservation_(std::move(reservation)) {
  record.base = reservation_.base();
}

std::expected<std::shared_ptr<MemoryImpl>, Error> MemoryImpl::create(StoreImpl* store, const MemoryType& type,
                                                                     std::uint64_t byte_limit,
                                                                     const MemoryStart* start) {
  const auto& declared = type.limits;
  if (declared.maximum ? *declared.maximum < declared.minimum : type.is_shared) {
    return base::fail(Phase::instantiate, ErrorCode::invalid_argument,
                      to_string(ExternType(type)) + (declared.maximum ? " has a maximum below its minimum"
                                                                      : " is shared and has no maximum"));
  }
  const std::uint64_t limit_pages = std::min(byte_limit / kPageSize, type.is_64 ? kMostPages64 : kMostPages);
  if (declared.minimum > limit_pages) {
    return fail("a memory of " + std::to_string(declared.minimum) + " pages is larger than the limit of " +
                std::to_string(limit_pages) + " pages");
  }
  const std::uint64_t maximum = std::min(declared.maximum.value_or(limit_pages), limit_pages);
  const bool reuses = start != nullptr && can_be_used_again(type);
  auto used = reuses ? start->left->take() : std::nullopt;
  auto reservation = used ? std::move(*used) : reserve(type, maximum);
  if (!reservation) return std::unexpected(std::move(reservation.error()));
  std::shared_ptr<MemoryImpl> memory(
      new MemoryImpl(type.is_shared ? nullptr : store, type, maximum, std::move(*reservation)));
  if (used) {
    memory->record.size = declared.minimum * kPageSize;
  } else if (auto ok = memory->begin(start); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  if (reuses) memory->left_ = start->left;
  return memory;
}

std::expected<void, Error> MemoryImpl::begin(const MemoryStart* start) {
  const std::uint64_t pages = declared_.limits.minimum;
  if (!grow(pages)) return fail("the system refuses a memory of " + std::to_string(pages) + " pages");
  if (start == nullptr || start->image.size == 0) return {};
  return reservation_.map_image(start->file, start->image);
}

MemoryImpl::~MemoryImpl() {
  if (left_ != nullptr) left_->give_back(std::move(reservation_), record.size);
}

std::optional<std::uint64_t> MemoryImpl::grow(std::uint64_t pages) {
  std::unique_lock lock(growing_, std::defer_lock);
  if (is_shared()) lock.lock();
  const std::uint64_t old_pages = this->pages();
  if (pages > maximum_pages_ || old_pages > maximum_pages_ - pages) return std::nullopt;
  if (pages > 0) {
    if (!reservation_.extend(record.size, pages * kPageSize)) return std::nullopt;
    // Only now: who reads the new size may use all of it.
    __atomic_store_n(&record.size, record.size + pages * kPageSize, __ATOMIC_SEQ_CST);
  }
  return old_pages;
}

void MemoryImpl::fill(std::uint64_t to, std::uint8_t byte, std::uint64_t bytes) {
  if (is_shared()) {
    racy_fill(record.base + to, byte, bytes);
  } else {
    std::memset(record.base + to, byte, bytes);
  }
}

void MemoryImpl::copy(std::uint64_t to, const MemoryImpl& source, std::uint64_t from, std::uint64_t bytes) {
  if (is_shared() || source.is_shared()) {
    racy_copy(record.base + to, source.record.base + from, bytes);
  } else {
    std::memmove(record.base + to, source.record.base + from, bytes);
  }
}

void MemoryImpl::write(std::uint64_t to, base::ByteView bytes) {
  if (bytes.empty()) return;
  if (is_shared()) {
    racy_copy(record.base + to, bytes.data(), bytes.size());
  } else {
    std::memcpy(record.base + to, bytes.data(), bytes.size());
  }
}

WaitResult MemoryImpl::wait(std::uint64_t address, std::uint64_t expected, unsigned bytes,
                            std::int64_t timeout_ns) {
  const auto* const at = record.base + address;
  auto is_expected = [&] {
    if (bytes == 8)
      return __atomic_load_n(reinterpret_cast<const std::uint64_t*>(at), __ATOMIC_SEQ_CST) == expected;
    return __atomic_load_n(reinterpret_cast<const std::uint32_t*>(at), __ATOMIC_SEQ_CST) == expected;
  };
  return waiters_.wait(address, is_expected, timeout_ns);
}

std::uint32_t MemoryImpl::notify(std::uint64_t address, std::uint32_t count) {
  return is_shared() ? waiters_.notify(address, count) : 0;
}

}  // namespace tenon::runtime
