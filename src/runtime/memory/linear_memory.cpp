#include "runtime/memory/linear_memory.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "runtime/memory/racy_memory.hpp"

namespace tenon::runtime {
namespace {

// The most pages of a 32-bit memory, and of a 64-bit one. The latter reserves all that it
// may grow to when it is made, and one memory may take this much of the address space.
constexpr std::uint64_t kMostPages = 65536;
constexpr std::uint64_t kMostPages64 = (std::uint64_t{1} << 40) / kPageSize;

std::unexpected<Error> fail(std::string message) {
  return base::fail(Phase::instantiate, ErrorCode::out_of_resources, std::move(message));
}

// Safety: the sandbox depends on this size. For a 32-bit memory guest code adds any 32-bit
// address and any 32-bit offset unchecked; for a 64-bit one an address inside it and at
// most kMemory64Guard. All of that range must be ours, and inaccessible.
std::expected<Reservation, Error> reserve(const MemoryType& type, std::uint64_t maximum_pages,
                                          bool with_cards) {
  return Reservation::make(
      type.is_64 ? maximum_pages * kPageSize + artifact::kMemory64Guard : artifact::kMemoryReservation,
      with_cards);
}

// Not a shared memory, which may outlive every other use of its module; nor a 64-bit one,
// whose reservation depends on the store.
bool can_be_used_again(const MemoryType& type) { return !type.is_shared && !type.is_64; }

}  // namespace

// Precondition: the bytes of the type's minimum are reserved in the budget.
MemoryImpl::MemoryImpl(StoreImpl* store, const MemoryType& type, std::uint64_t maximum_pages,
                       std::shared_ptr<Budget> budget)
    : store_(store),
      declared_(type),
      maximum_pages_(maximum_pages),
      budget_(std::move(budget)),
      reserved_(type.limits.minimum * kPageSize) {}

std::expected<std::shared_ptr<MemoryImpl>, Error> MemoryImpl::create(StoreImpl* store, const MemoryType& type,
                                                                     std::shared_ptr<Budget> budget,
                                                                     const MemoryStart* start) {
  const auto& declared = type.limits;
  if (declared.maximum ? *declared.maximum < declared.minimum : type.is_shared) {
    return base::fail(Phase::instantiate, ErrorCode::invalid_argument,
                      to_string(ExternType(type)) + (declared.maximum ? " has a maximum below its minimum"
                                                                      : " is shared and has no maximum"));
  }
  const std::uint64_t most = type.is_64 ? kMostPages64 : kMostPages;
  if (declared.minimum > most) {
    return fail("a memory of " + std::to_string(declared.minimum) + " pages is larger than the " +
                std::to_string(most) + " that this implementation allows");
  }
  const std::uint64_t initial = declared.minimum * kPageSize;
  if (!budget->reserve(initial)) {
    return fail(budget->refusal("a memory of " + std::to_string(declared.minimum) + " pages", initial));
  }
  const std::uint64_t limit = std::min(budget->total() / kPageSize, most);
  std::shared_ptr<MemoryImpl> memory(new MemoryImpl(type.is_shared ? nullptr : store, type,
                                                    std::min(declared.maximum.value_or(limit), limit),
                                                    std::move(budget)));
  if (auto ok = memory->begin(start); !ok) return std::unexpected(std::move(ok.error()));
  return memory;
}

std::expected<void, Error> MemoryImpl::begin(const MemoryStart* start) {
  const bool reuses = start != nullptr && start->reservations != nullptr && can_be_used_again(declared_);
  const unsigned card_shift = start != nullptr ? start->card_shift : 0;
  auto used = reuses ? start->reservations->take() : std::nullopt;
  auto made = used ? std::move(*used) : reserve(declared_, maximum_pages_, card_shift != 0);
  if (!made) return std::unexpected(std::move(made.error()));
  reservation_ = std::move(*made);
  record.base = reservation_.base();
  if (card_shift != 0) cards_ = CardTable(record.base, card_shift);
  const std::uint64_t pages = declared_.limits.minimum;
  if (used) {
    record.size = pages * kPageSize;
  } else {
    if (!extend(pages)) return fail("the system refuses a memory of " + std::to_string(pages) + " pages");
    if (start != nullptr && start->image.size != 0) {
      if (auto ok = reservation_.map_image(start->image); !ok) return ok;
    }
  }
  if (reuses) reservations_ = start->reservations;
  return {};
}

MemoryImpl::~MemoryImpl() {
  // Safety: the cache resets it to what is mapped there, which must be what it began with.
  const bool is_as_it_began = mapped_ == nullptr || mapped_->reservations() == reservations_;
  if (reservations_ != nullptr && is_as_it_began) {
    clear_cards();
    reservations_->give_back(std::move(reservation_), record.size);
  }
  budget_->release(reserved_);
}

std::optional<std::uint64_t> MemoryImpl::grow(std::uint64_t pages) {
  std::unique_lock lock(growing_, std::defer_lock);
  if (is_shared()) lock.lock();
  const std::uint64_t old_pages = this->pages();
  if (pages > maximum_pages_ || old_pages > maximum_pages_ - pages) {
    // The budget alone limits this memory, and has no room for the rest.
    if (maximum_pages_ == budget_->total() / kPageSize) budget_->note_refusal();
    return std::nullopt;
  }
  const std::uint64_t bytes = pages * kPageSize;
  if (!budget_->reserve(bytes)) return std::nullopt;
  if (!extend(pages)) {
    budget_->release(bytes);
    return std::nullopt;
  }
  reserved_ += bytes;
  return old_pages;
}

bool MemoryImpl::extend(std::uint64_t pages) {
  if (pages == 0) return true;
  if (!reservation_.extend(record.size, pages * kPageSize)) return false;
  // Only now: whoever reads the new size may use all of it.
  __atomic_store_n(&record.size, record.size + pages * kPageSize, __ATOMIC_SEQ_CST);
  return true;
}

void MemoryImpl::fill(std::uint64_t to, std::uint8_t byte, std::uint64_t bytes) {
  note_write(to, bytes);
  if (is_shared()) {
    racy_fill(record.base + to, byte, bytes);
  } else {
    std::memset(record.base + to, byte, bytes);
  }
}

void MemoryImpl::copy(std::uint64_t to, const MemoryImpl& source, std::uint64_t from, std::uint64_t bytes) {
  note_write(to, bytes);
  if (is_shared() || source.is_shared()) {
    racy_copy(record.base + to, source.record.base + from, bytes);
  } else {
    std::memmove(record.base + to, source.record.base + from, bytes);
  }
}

void MemoryImpl::write(std::uint64_t to, base::ByteView bytes) {
  if (bytes.empty()) return;
  note_write(to, bytes.size());
  if (is_shared()) {
    racy_copy(record.base + to, bytes.data(), bytes.size());
  } else {
    std::memcpy(record.base + to, bytes.data(), bytes.size());
  }
}

std::expected<std::shared_ptr<const SavedMemory>, Error> MemoryImpl::save() {
  auto saved = SavedMemory::of({record.base, record.size});
  if (!saved) return saved;
  clear_cards();
  has_unseen_writes_ = false;
  baseline_ = *saved;
  return saved;
}

void MemoryImpl::clear_cards() {
  if (cards_.exists()) cards_.clear(record.size, std::exchange(has_trapped_, false));
}

void MemoryImpl::begin_as(std::shared_ptr<const SavedMemory> saved) {
  baseline_ = saved;
  mapped_ = std::move(saved);
}

// Safety: no byte that was written since may be left, and what has grown must be guard again.
std::expected<void, Error> MemoryImpl::restore(const std::shared_ptr<const SavedMemory>& saved) {
  if (record.size != saved->size()) {
    if (auto ok = resize(saved->size()); !ok) return ok;
  }
  const bool knows_all = cards_.exists() && !has_unseen_writes_ && !has_other_writers_;
  if (knows_all && baseline_ == saved) [[likely]] {
    if (saved->size() > 0) cards_.undo(record.base, saved->bytes(), saved->size());
    if (has_trapped_) clear_cards();
    return {};
  }
  if (auto ok = put_back(saved); !ok) return ok;
  clear_cards();
  has_unseen_writes_ = false;
  baseline_ = saved;
  return {};
}

std::expected<void, Error> MemoryImpl::resize(std::uint64_t bytes) {
  if (bytes < record.size) {
    if (!reservation_.shrink(record.size, bytes)) return fail("the system refuses to shrink a memory");
    budget_->release(record.size - bytes);
    reserved_ -= record.size - bytes;
    record.size = bytes;
    return {};
  }
  if (grow((bytes - record.size) / kPageSize)) return {};
  return fail("a memory cannot grow to what it is to be put back to");
}

// Without cards: a small memory is copied as a whole; of a large one the system throws the
// pages away that were written.
std::expected<void, Error> MemoryImpl::put_back(const std::shared_ptr<const SavedMemory>& saved) {
  constexpr std::uint64_t kCopied = std::uint64_t{512} << 10;
  if (saved->size() > kCopied) {
    if (mapped_ == saved && reservation_.forget_writes(saved->size())) return {};
    auto image = saved->image();
    if (image && reservation_.map_image(*image)) {
      mapped_ = saved;
      return {};
    }
  }
  // Also where there are no descriptors left.
  if (saved->size() > 0) std::memcpy(record.base, saved->bytes(), saved->size());
  return {};
}

WaitResult MemoryImpl::wait(std::uint64_t address, std::uint64_t expected, unsigned bytes,
                            std::int64_t timeout_ns, WaitQueue::IsCalledOff is_called_off) {
  const auto* const at = record.base + address;
  auto is_expected = [&] {
    if (bytes == 8)
      return __atomic_load_n(reinterpret_cast<const std::uint64_t*>(at), __ATOMIC_SEQ_CST) == expected;
    return __atomic_load_n(reinterpret_cast<const std::uint32_t*>(at), __ATOMIC_SEQ_CST) == expected;
  };
  return waiters_.wait(address, is_expected, timeout_ns, is_called_off);
}

std::uint32_t MemoryImpl::notify(std::uint64_t address, std::uint32_t count) {
  return is_shared() ? waiters_.notify(address, count) : 0;
}

}  // namespace tenon::runtime
