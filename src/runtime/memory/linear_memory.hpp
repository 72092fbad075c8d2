// A linear memory. It reserves once as much address space as any access can reach, and
// makes the front accessible as it grows. Where its guests check each access by themselves,
// that is only as much as it may grow to.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>

#include <tenon/error.hpp>
#include <tenon/types.hpp>

#include "artifact/abi.hpp"
#include "base/bytes.hpp"
#include "runtime/memory/budget.hpp"
#include "runtime/memory/card_table.hpp"
#include "runtime/memory/image.hpp"
#include "runtime/memory/reservation.hpp"
#include "runtime/memory/saved_memory.hpp"
#include "runtime/memory/slot_arena.hpp"
#include "runtime/memory/wait_queue.hpp"

namespace tenon::runtime {

class StoreImpl;

// How a memory begins: as zeros, where there is no image.
struct MemoryStart {
  Image image;
  std::shared_ptr<ReservationCache> reservations;  // null: it is not used again
  unsigned card_shift = 0;                         // of its cards (artifact/abi.hpp); 0: none
};

// A shared memory belongs to no store: each store that uses it keeps it alive, and any
// number of threads may call any function at once. All other memories belong to a store,
// and only its thread uses them.
class MemoryImpl : public std::enable_shared_from_this<MemoryImpl> {
 public:
  // The accessible bytes count for `budget`. Where `start` is null, all bytes are zero.
  // `slots` is the arena of a module that checks each access by itself; its memories take no
  // more address space than they may grow to. Precondition: the image lies inside the
  // type's minimum. Errors: out_of_resources, invalid_argument.
  [[nodiscard]] static std::expected<std::shared_ptr<MemoryImpl>, Error> create(
      StoreImpl* store, const MemoryType& type, std::shared_ptr<Budget> budget,
      const MemoryStart* start = nullptr, const std::shared_ptr<SlotArena>& slots = nullptr);
  ~MemoryImpl();
  MemoryImpl(const MemoryImpl&) = delete;
  MemoryImpl& operator=(const MemoryImpl&) = delete;

  // The old size in pages; nullopt where a limit or the system says no.
  std::optional<std::uint64_t> grow(std::uint64_t pages);

  // In bytes. An address that was inside once stays inside.
  [[nodiscard]] std::uint64_t size() const { return __atomic_load_n(&record.size, __ATOMIC_SEQ_CST); }
  [[nodiscard]] std::uint64_t pages() const { return size() / kPageSize; }
  [[nodiscard]] bool is_shared() const { return declared_.is_shared; }
  [[nodiscard]] MemoryType type() const {
    MemoryType type = declared_;
    type.limits.minimum = pages();
    return type;
  }
  [[nodiscard]] StoreImpl* store() const { return store_; }  // null of a shared memory
  // True if all of the range is inside the memory; no sum could overflow.
  [[nodiscard]] bool contains(std::uint64_t address, std::uint64_t bytes) const {
    const std::uint64_t now = size();  // once: it may grow meanwhile
    return address <= now && bytes <= now - address;
  }
  [[nodiscard]] base::AddressRange reservation() const {
    return slot_.base() != nullptr ? slot_.range() : reservation_.range();
  }
  // Safety: only guests that check each access by themselves may have it. What lies within
  // reach of others behind it is somebody else's.
  [[nodiscard]] bool is_unguarded() const { return is_unguarded_; }

  // Where all that is written to it leaves marks, or says so here, restoring costs as much as
  // was written. Precondition: the range is inside.
  void note_write(std::uint64_t address, std::uint64_t bytes) { cards_.mark(address, bytes); }
  // Somebody has got a pointer to all of it, and may write anything until it is next restored.
  void note_unseen_writes() { has_unseen_writes_ = true; }
  // Another instance's code writes to it as well, without marks.
  void note_other_writer() { has_other_writers_ = true; }

  // A call of its store has ended early. Safety: guest code that is stopped at any instruction
  // may have written and not yet marked, since compilers put the two in either order; and
  // it may have marked cards of addresses behind the memory, at which it trapped.
  void note_stop() { was_stopped_ = true; }

  // A copy. Errors: out_of_resources. From then on, writes are noted for restore.
  [[nodiscard]] std::expected<std::shared_ptr<const SavedMemory>, Error> save();
  // Puts contents and size back. What the memory has grown by since is guard again. Errors:
  // out_of_resources.
  [[nodiscard]] std::expected<void, Error> restore(const std::shared_ptr<const SavedMemory>& saved) {
    if (!knows_writes_since(*saved)) return restore_all(saved);
    if (saved->size() > 0) cards_.undo(record.base, saved->bytes(), saved->size());
    return {};
  }
  // What it began with is what was saved.
  void begin_as(std::shared_ptr<const SavedMemory> saved);

  // Precondition of all three: every range is inside.
  void fill(std::uint64_t to, std::uint8_t byte, std::uint64_t bytes);
  void copy(std::uint64_t to, const MemoryImpl& source, std::uint64_t from, std::uint64_t bytes);
  void write(std::uint64_t to, base::ByteView bytes);

  // Proposal threads. Precondition: the `bytes` (4 or 8) are inside and aligned; for
  // waiting, the memory is shared. In one that is not, nobody waits.
  WaitResult wait(std::uint64_t address, std::uint64_t expected, unsigned bytes, std::int64_t timeout_ns,
                  WaitQueue::IsCalledOff is_called_off = nullptr);
  std::uint32_t notify(std::uint64_t address, std::uint32_t count);
  void end_waits() { waiters_.end(); }

  artifact::MemoryRecord record{};  // what guest code sees

 private:
  MemoryImpl(StoreImpl* store, const MemoryType& type, std::uint64_t maximum_pages, bool is_unguarded,
             std::shared_ptr<Budget> budget);
  // With the reservation, or a slot; what it begins with is reserved of the budget.
  [[nodiscard]] std::expected<void, Error> begin(const MemoryStart* start);
  [[nodiscard]] std::expected<void, Error> begin_in_slot(SlotArena& slots, const MemoryStart* start);
  [[nodiscard]] bool extend(std::uint64_t pages);
  [[nodiscard]] std::expected<void, Error> resize(std::uint64_t bytes);
  void clear_cards();
  // Safety: no byte that was written since may be left, and what has grown must be guard again.
  [[nodiscard]] bool knows_writes_since(const SavedMemory& saved) const {
    return baseline_.get() == &saved && record.size == saved.size() && cards_.exists() &&
           !has_unseen_writes_ && !has_other_writers_ && !was_stopped_;
  }
  [[nodiscard]] std::expected<void, Error> restore_all(const std::shared_ptr<const SavedMemory>& saved);
  [[nodiscard]] std::expected<void, Error> put_back(const std::shared_ptr<const SavedMemory>& saved);

  StoreImpl* store_;
  MemoryType declared_;
  std::uint64_t maximum_pages_;
  bool is_unguarded_;
  std::shared_ptr<Budget> budget_;
  std::uint64_t reserved_;   // of the budget
  Reservation reservation_;  // or else
  Slot slot_;
  std::shared_ptr<ReservationCache> reservations_;  // where the reservation goes, or null
  CardTable cards_;
  bool has_unseen_writes_ = false;
  bool has_other_writers_ = false;
  bool was_stopped_ = false;
  std::shared_ptr<const SavedMemory> baseline_;  // the cards tell what was written since it was like this
  std::shared_ptr<const SavedMemory> mapped_;    // whose file is mapped over it; the module's image: null
  std::mutex growing_;                           // of a shared memory
  WaitQueue waiters_;
};

}  // namespace tenon::runtime
