// The new times of a file, as fstflags and two numbers say them.
#pragma once

#include <cstdint>
#include <utility>

#include "wasi/calls/flags.hpp"
#include "wasi/files/file_system.hpp"

namespace tenon::wasi {

// Errors: invalid for unknown flags, and for a time that is to be two things.
[[nodiscard]] inline Result<std::pair<NewTime, NewTime>> new_times(std::uint64_t accessed,
                                                                   std::uint64_t modified,
                                                                   std::uint32_t flags) {
  using namespace time_flags;
  const auto both = [flags](std::uint32_t bits) { return (flags & bits) == bits; };
  const bool is_bad =
      (flags & ~kAll) != 0 || both(kAccessed | kAccessedNow) || both(kModified | kModifiedNow);
  if (is_bad) return std::unexpected(Errno::invalid);
  const auto time = [flags](std::uint32_t given, std::uint32_t now, std::uint64_t value) {
    using Kind = NewTime::Kind;
    return NewTime{(flags & given) != 0 ? Kind::given : (flags & now) != 0 ? Kind::now : Kind::keep, value};
  };
  return std::pair(time(kAccessed, kAccessedNow, accessed), time(kModified, kModifiedNow, modified));
}

}  // namespace tenon::wasi
