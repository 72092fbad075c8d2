// The lists of buffers that a guest reads into and writes from (iovec, ciovec).
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <vector>

#include "wasi/errno.hpp"
#include "wasi/guest/guest_memory.hpp"

namespace tenon::wasi {

// Copied from the guest once, each inside its memory.
class Vectors {
 public:
  // As IOV_MAX on Linux: bounds the work that one call can ask for.
  static constexpr std::uint32_t kMaxCount = 1024;

  // Errors: fault; invalid for too many, or where their sizes together are no 32-bit number.
  [[nodiscard]] static Result<Vectors> load(const GuestMemory& memory, std::uint32_t vectors,
                                            std::uint32_t count);

  [[nodiscard]] std::span<const iovec> all() const { return list_; }
  // Of a call that moves some now and leaves the rest for the next: no longer than that in all.
  void limit(std::uint64_t bytes);
  // All of them are about to be written.
  void note_writes(const GuestMemory& memory) const;

 private:
  std::vector<iovec> list_;
  std::vector<std::uint32_t> addresses_;  // of these, in the guest's memory
};

}  // namespace tenon::wasi
