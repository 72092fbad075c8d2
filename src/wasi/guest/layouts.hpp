// How WASI's records lie in the guest's memory. wasi_unstable has some of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "wasi/files/file_system.hpp"
#include "wasi/guest/guest_memory.hpp"

namespace tenon::wasi {

enum class Version : std::uint8_t { preview1, unstable };

struct FdStat {  // fdstat
  std::uint8_t file_type;
  std::uint8_t padding0 = 0;
  std::uint16_t flags;
  std::uint32_t padding1 = 0;
  std::uint64_t rights_base;
  std::uint64_t rights_inheriting;
};
static_assert(sizeof(FdStat) == 24 && offsetof(FdStat, rights_base) == 8);

struct Prestat {  // prestat, of a directory
  std::uint32_t tag = 0;
  std::uint32_t name_size;
};
static_assert(sizeof(Prestat) == 8);

struct Dirent {  // dirent; the name follows
  std::uint64_t next;
  std::uint64_t inode;
  std::uint32_t name_size;
  std::uint32_t type;  // a byte, and padding
};
static_assert(sizeof(Dirent) == 24 && offsetof(Dirent, type) == 20);

// filestat. Word: of the type, which is a byte and padding, and of the number of links;
// wasi_unstable has 32 bits.
template <typename Word>
struct GuestFileStat {
  explicit GuestFileStat(const FileStat& stat)
      : device(stat.device),
        inode(stat.inode),
        type(static_cast<Word>(stat.type)),
        links(static_cast<Word>(stat.links)),
        size(stat.size),
        accessed(stat.accessed),
        modified(stat.modified),
        changed(stat.changed) {}
  std::uint64_t device, inode;
  Word type, links;
  std::uint64_t size, accessed, modified, changed;
};
using Preview1FileStat = GuestFileStat<std::uint64_t>;
using UnstableFileStat = GuestFileStat<std::uint32_t>;
static_assert(sizeof(Preview1FileStat) == 64 && offsetof(Preview1FileStat, links) == 24);
static_assert(sizeof(UnstableFileStat) == 56 && offsetof(UnstableFileStat, links) == 20);

template <Version kVersion>
[[nodiscard]] bool store_stat(const GuestMemory& memory, std::uint32_t result, const FileStat& stat) {
  using Layout = std::conditional_t<kVersion == Version::preview1, Preview1FileStat, UnstableFileStat>;
  return memory.store(result, Layout(stat));
}

enum class EventType : std::uint8_t { clock, read, write };

struct ClockSubscription {
  std::uint32_t clock;
  std::uint32_t padding0;
  std::uint64_t timeout;
  std::uint64_t precision;
  std::uint16_t flags;
  std::uint16_t padding1[3];
};
static_assert(sizeof(ClockSubscription) == 32 && offsetof(ClockSubscription, flags) == 24);

struct Subscription {  // subscription
  std::uint64_t user_data;
  std::uint64_t type;  // a byte, and padding
  union {
    ClockSubscription clock;
    std::uint32_t descriptor;
  };
};
static_assert(sizeof(Subscription) == 48 && offsetof(Subscription, clock) == 16);

struct UnstableSubscription {  // the same, with an identifier before the clock
  std::uint64_t user_data;
  std::uint64_t type;
  union {
    std::uint64_t identifier;  // of a clock
    std::uint32_t descriptor;
  };
  ClockSubscription clock;
};
static_assert(sizeof(UnstableSubscription) == 56 && offsetof(UnstableSubscription, clock) == 24);

struct Event {  // event
  std::uint64_t user_data;
  std::uint16_t error;
  std::uint16_t type;  // a byte, and padding
  std::uint32_t padding0 = 0;
  std::uint64_t bytes;
  std::uint64_t flags = 0;  // 16 bits, and padding
};
static_assert(sizeof(Event) == 32 && offsetof(Event, bytes) == 16);

}  // namespace tenon::wasi
