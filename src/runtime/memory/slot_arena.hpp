// Places for small memories, side by side and without guards: for modules that check each
// access by themselves (`tenon compile --bounds=explicit`). A memory of its own takes the
// system two or three mappings, of which a process has 65,530; neighbours in an arena are one.
#pragma once

#include <cstdint>
#include <expected>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <tenon/error.hpp>

#include "base/address_range.hpp"

namespace tenon::runtime {

class SlotArena;

namespace slots {
// One mapping of the system's, cut into places of one size.
struct Chunk {
  std::uint8_t* start = nullptr;
  std::uint64_t slot_size = 0;
  std::uint64_t count = 0;
  std::vector<std::uint8_t*> free{};  // its capacity is `count`: giving back allocates nothing
};
}  // namespace slots

// One place. It gives itself back, and keeps the arena.
class Slot {
 public:
  Slot() = default;  // none
  Slot(Slot&& other) noexcept;
  Slot& operator=(Slot&& other) noexcept;
  ~Slot();

  [[nodiscard]] std::uint8_t* base() const { return base_; }  // null of none
  [[nodiscard]] base::AddressRange range() const;
  // Like Reservation::extend: that many bytes more will be used, which are zeros. False
  // where the place is smaller.
  [[nodiscard]] bool extend(std::uint64_t used, std::uint64_t bytes);
  // Only that many are used from now on; the rest is zeros again. False where the system refuses.
  [[nodiscard]] bool shrink(std::uint64_t used);

 private:
  friend class SlotArena;
  Slot(std::shared_ptr<SlotArena> arena, std::list<slots::Chunk>::iterator chunk, std::uint8_t* base)
      : arena_(std::move(arena)), chunk_(chunk), base_(base) {}

  std::shared_ptr<SlotArena> arena_;
  std::list<slots::Chunk>::iterator chunk_;
  std::uint8_t* base_ = nullptr;
  std::uint64_t used_ = 0;
};

// Safety: what lies behind a place is the next one. Only code that compares every address
// with the memory's size before it uses it may see a memory that lies here (MemoryImpl::is_unguarded).
//
// Thread-safe. It lives as long as its last slot.
class SlotArena : public std::enable_shared_from_this<SlotArena> {
 public:
  static constexpr std::uint64_t kLargest = std::uint64_t{64} << 20;

  SlotArena() = default;
  SlotArena(const SlotArena&) = delete;
  SlotArena& operator=(const SlotArena&) = delete;
  ~SlotArena();

  // A place of `bytes`, all zero and accessible. Precondition: `bytes` is a multiple of the
  // system's page, more than 0 and at most kLargest. Errors: out_of_resources.
  [[nodiscard]] std::expected<Slot, Error> take(std::uint64_t bytes);

 private:
  friend class Slot;
  using Chunks = std::list<slots::Chunk>;
  // Places of one size. Stores have other limits than one another, so there may be several.
  struct Pool {
    Chunks with_room, full;
    std::uint64_t free = 0;  // places
  };
  void give_back(Chunks::iterator chunk, std::uint8_t* base, std::uint64_t used) noexcept;

  std::mutex mutex_;
  std::map<std::uint64_t, Pool> pools_;  // by size; never erased while a slot is there
};

}  // namespace tenon::runtime
