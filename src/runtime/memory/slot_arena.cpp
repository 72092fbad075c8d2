#include "runtime/memory/slot_arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace tenon::runtime {
namespace {

using slots::Chunk;

// Address space; what nobody touches takes no memory.
constexpr std::uint64_t kChunk = SlotArena::kLargest;

std::expected<void, Error> map(Chunk& chunk, std::uint64_t slot_size) {
  const std::uint64_t count = kChunk / slot_size;
  const std::uint64_t size = count * slot_size;
  chunk.free.reserve(count);  // first: it may throw
  void* const start =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) {
    return base::fail(Phase::instantiate, ErrorCode::out_of_resources,
                      "no address space for memories, which take " + std::to_string(size >> 20) +
                          " MiB of it at a time: " + std::strerror(errno));
  }
  // A huge page would make neighbours that touch a few bytes each resident as a whole.
  madvise(start, size, MADV_NOHUGEPAGE);
  chunk.start = static_cast<std::uint8_t*>(start);
  chunk.slot_size = slot_size;
  chunk.count = count;
  for (std::uint64_t i = count; i > 0; --i) chunk.free.push_back(chunk.start + (i - 1) * slot_size);
  return {};
}

void unmap(const Chunk& chunk) { munmap(chunk.start, chunk.count * chunk.slot_size); }

}  // namespace

Slot::Slot(Slot&& other) noexcept
    : arena_(std::move(other.arena_)),
      chunk_(other.chunk_),
      base_(std::exchange(other.base_, nullptr)),
      used_(other.used_) {}

Slot& Slot::operator=(Slot&& other) noexcept {
  std::swap(arena_, other.arena_);
  std::swap(chunk_, other.chunk_);
  std::swap(base_, other.base_);
  std::swap(used_, other.used_);
  return *this;
}

Slot::~Slot() {
  if (base_ != nullptr) arena_->give_back(chunk_, base_, used_);
}

base::AddressRange Slot::range() const {
  const auto begin = reinterpret_cast<std::uintptr_t>(base_);
  return {begin, begin + chunk_->slot_size};
}

bool Slot::extend(std::uint64_t used, std::uint64_t bytes) {
  if (used > chunk_->slot_size || bytes > chunk_->slot_size - used) return false;
  used_ = used + bytes;
  return true;
}

bool Slot::shrink(std::uint64_t used) {
  if (used < used_ && madvise(base_ + used, used_ - used, MADV_DONTNEED) != 0) return false;
  used_ = used;
  return true;
}

SlotArena::~SlotArena() {
  for (auto& [size, pool] : pools_) {
    std::ranges::for_each(pool.with_room, unmap);
    std::ranges::for_each(pool.full, unmap);
  }
}

std::expected<Slot, Error> SlotArena::take(std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  Pool& pool = pools_[bytes];
  if (pool.with_room.empty()) {
    Chunks made(1);
    if (auto ok = map(made.front(), bytes); !ok) return std::unexpected(std::move(ok.error()));
    pool.free += made.front().count;
    pool.with_room.splice(pool.with_room.begin(), made);
  }
  const auto chunk = pool.with_room.begin();
  std::uint8_t* const base = chunk->free.back();
  chunk->free.pop_back();
  --pool.free;
  if (chunk->free.empty()) pool.full.splice(pool.full.begin(), pool.with_room, chunk);
  return Slot(shared_from_this(), chunk, base);
}

// Safety: no byte that one instance wrote may reach another. On Linux, MADV_DONTNEED on a
// private mapping makes its pages read as zeros again; a place where it fails is never
// given again.
void SlotArena::give_back(Chunks::iterator chunk, std::uint8_t* base, std::uint64_t used) noexcept {
  if (used > 0 && madvise(base, used, MADV_DONTNEED) != 0) return;
  const std::scoped_lock lock(mutex_);
  Pool& pool = pools_.find(chunk->slot_size)->second;
  if (chunk->free.empty()) pool.with_room.splice(pool.with_room.begin(), pool.full, chunk);
  chunk->free.push_back(base);
  ++pool.free;
  // An empty chunk still has page tables; one is kept for the next instance.
  if (chunk->free.size() < chunk->count || pool.free < 2 * chunk->count) return;
  unmap(*chunk);
  pool.free -= chunk->count;
  pool.with_room.erase(chunk);
}

}  // namespace tenon::runtime
