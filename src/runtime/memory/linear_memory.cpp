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

std::uint64_t most_pages(const MemoryType& type) { return type.is_64 ? kMostPages64 : kMostPages; }

std::unexpected<Error> fail(std::string message) {
  return base::fail(Phase::instantiate, ErrorCode::out_of_resources, std::move(message));
}

// Safety: the sandbox depends on this size. For a 32-bit memory guest code adds any 32-bit
// address and any 32-bit offset unchecked; for a 64-bit one an address inside it and at
// most kMemory64Guard. All of that range must be ours, and inaccessible. Only of a memory
// whose guests check each access is less enough.
std::uint64_t bytes_to_reserve(const MemoryType& type, std::uint64_t maximum_pages, bool is_unguarded) {
  const std::uint64_t most = maximum_pages * kPageSize;
  if (type.is_64) return most + artifact::kMemory64Guard;
  return is_unguarded ? most + artifact::kMemoryGuardBefore : artifact::kMemoryReservation;
}

// Not a shared memory, which may outlive every other use of its module; nor a 64-bit one,
// which may take a large part of the address space.
bool can_be_used_again(const MemoryType& type) { return !type.is_shared && !type.is_64; }

// Larger images are mapped, so that instances share what they only read.
constexpr std::uint64_t kLargestCopiedImage = std::uint64_t{1} << 20;

std::string a_memory_of(std::uint64_t pages) {
  return "a memory of " + std::to_string(pages) + (pages == 1 ? " page" : " pages");
}

}  // namespace

// Precondition: the bytes of the type's minimum are reserved in the budget.
MemoryImpl::MemoryImpl(StoreImpl* store, const MemoryType& type, std::uint64_t maximum_pages,
                       bool is_unguarded, std::shared_ptr<Budget> budget)
    : store_(store),
      declared_(type),
      maximum_pages_(maximum_pages),
      is_unguarded_(is_unguarded),
      budget_(std::move(budget)),
      reserved_(type.limits.minimum * kPageSize) {}

std::expected<std::shared_ptr<MemoryImpl>, Error> MemoryImpl::create(
    StoreImpl* store, const MemoryType& type, std::shared_ptr<Budget> budget, const MemoryStart* start,
    const std::shared_ptr<SlotArena>& slots) {
  const auto& declared = type.limits;
  if (declared.maximum ? *declared.maximum < declared.minimum : type.is_shared) {
    return base::fail(Phase::instantiate, ErrorCode::invalid_argument,
                      to_string(ExternType(type)) + (declared.maximum ? " has a maximum below its minimum"
                                                                      : " is shared and has no maximum"));
  }
  const std::uint64_t most = most_pages(type);
  if (declared.minimum > most) {
    return fail(a_memory_of(declared.minimum) + " is larger than the " + std::to_string(most) +
                " that this implementation allows");
  }
  const std::uint64_t initial = declared.minimum * kPageSize;
  if (!budget->reserve(initial)) {
    return fail(budget->refusal(a_memory_of(declared.minimum), initial));
  }
  const std::uint64_t limit = std::min(budget->total() / kPageSize, most);
  // Safety: a shared memory may come to modules of other stores, which rely on its guards.
  const bool is_unguarded = slots != nullptr && !type.is_64 && !type.is_shared;
  std::shared_ptr<MemoryImpl> memory(new MemoryImpl(type.is_shared ? nullptr : store, type,
                                                    std::min(declared.maximum.value_or(limit), limit),
                                                    is_unguarded, std::move(budget)));
  const std::uint64_t image_size = start != nullptr ? start->image.size : 0;
  const bool has_cards = start != nullptr && start->card_shift != 0;  // which lie in front of a reservation
  const bool is_small = memory->maximum_pages_ * kPageSize <= SlotArena::kLargest && !has_cards;
  const auto begun = is_unguarded && is_small && image_size <= kLargestCopiedImage
                         ? memory->begin_in_slot(*slots, start)
                         : memory->begin(start);
  if (!begun) return std::unexpected(begun.error());
  return memory;
}

std::expected<void, Error> MemoryImpl::begin_in_slot(SlotArena& slots, const MemoryStart* start) {
  auto slot = slots.take(std::max<std::uint64_t>(maximum_pages_, 1) * kPageSize);
  if (!slot) return std::unexpected(std::move(slot.error()));
  slot_ = std::move(*slot);
  record.base = slot_.base();
  if (!extend(declared_.limits.minimum)) return fail("a memory's minimum is more than its maximum");
  if (start == nullptr || start->image.size == 0) return {};
  return copy_image(start->image, record.base);
}

std::expected<void, Error> MemoryImpl::begin(const MemoryStart* start) {
  const bool reuses = start != nullptr && start->reservations != nullptr && can_be_used_again(declared_);
  const unsigned card_shift = start != nullptr ? start->card_shift : 0;
  const std::uint64_t bytes = bytes_to_reserve(declared_, maximum_pages_, is_unguarded_);
  auto used = reuses ? start->reservations->take(bytes) : std::nullopt;
  auto made = used ? std::move(*used) : Reservation::make(bytes, card_shift != 0);
  if (!made) return std::unexpected(std::move(made.error()));
  reservation_ = std::move(*made);
  record.base = reservation_.base();
  if (card_shift != 0) cards_ = CardTable(record.base, card_shift);
  const std::uint64_t pages = declared_.limits.minimum;
  if (used) {
    record.size = pages * kPageSize;
  } else {
    if (!extend(pages)) return fail("the system refuses " + a_memory_of(pages));
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
  using Limit = RefusedGrowth::Limit;
  if (pages > maximum_pages_ || old_pages > maximum_pages_ - pages) {
    const bool is_own = maximum_pages_ == declared_.limits.maximum || maximum_pages_ == most_pages(declared_);
    budget_->note_refused({is_own ? Limit::memory_maximum : Limit::budget, maximum_pages_});
    return std::nullopt;
  }
  const std::uint64_t bytes = pages * kPageSize;
  if (!budget_->reserve(bytes)) {
    budget_->note_refused({Limit::budget});
    return std::nullopt;
  }
  if (!extend(pages)) {
    budget_->release(bytes);
    budget_->note_refused({Limit::system});
    return std::nullopt;
  }
  if (pages > 0) budget_->forget_refused();
  reserved_ += bytes;
  return old_pages;
}

bool MemoryImpl::extend(std::uint64_t pages) {
  if (pages == 0) return true;
  const std::uint64_t bytes = pages * kPageSize;
  if (slot_.base() != nullptr ? !slot_.extend(record.size, bytes) : !reservation_.extend(record.size, bytes))
    return false;
  // Only now: whoever reads the new size may use all of it.
  __atomic_store_n(&record.size, record.size + bytes, __ATOMIC_SEQ_CST);
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
  if (cards_.exists()) cards_.clear(record.size, std::exchange(was_stopped_, false));
}

void MemoryImpl::begin_as(std::shared_ptr<const SavedMemory> saved) {
  baseline_ = saved;
  if (slot_.base() == nullptr) mapped_ = std::move(saved);
}

std::expected<void, Error> MemoryImpl::restore_all(const std::shared_ptr<const SavedMemory>& saved) {
  if (record.size != saved->size()) {
    if (auto ok = resize(saved->size()); !ok) return ok;
    // Of what has grown no more is left, and all other writes are known.
    if (knows_writes_since(*saved)) return restore(saved);
  }
  if (auto ok = put_back(saved); !ok) return ok;
  clear_cards();
  has_unseen_writes_ = false;
  baseline_ = saved;
  return {};
}

std::expected<void, Error> MemoryImpl::resize(std::uint64_t bytes) {
  if (bytes < record.size) {
    const bool done = slot_.base() != nullptr ? slot_.shrink(bytes) : reservation_.shrink(record.size, bytes);
    if (!done) return fail("the system refuses to shrink a memory");
    budget_->release(record.size - bytes);
    reserved_ -= record.size - bytes;
    record.size = bytes;
    // Safety: the end of the file is mapped no longer. What grows there is zeros, and nobody
    // may take the mapping for the whole of what was saved.
    if (mapped_ != nullptr && bytes < mapped_->size()) {
      mapped_ = nullptr;
      reservations_ = nullptr;
    }
    return {};
  }
  if (grow((bytes - record.size) / kPageSize)) return {};
  return fail("a memory cannot grow to what it is to be put back to");
}

// Without cards: a small memory is copied as a whole; of a large one the system throws the
// pages away that were written.
std::expected<void, Error> MemoryImpl::put_back(const std::shared_ptr<const SavedMemory>& saved) {
  constexpr std::uint64_t kCopied = std::uint64_t{512} << 10;
  if (saved->size() > kCopied && slot_.base() == nullptr) {
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
