// New times of a file, as utimensat takes them.
#pragma once

#include <sys/stat.h>

#include <array>

#include "wasi/files/file_system.hpp"

namespace tenon::wasi {

[[nodiscard]] inline timespec host_time(NewTime time) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  if (time.kind == NewTime::Kind::keep) return {.tv_sec = 0, .tv_nsec = UTIME_OMIT};
  if (time.kind == NewTime::Kind::now) return {.tv_sec = 0, .tv_nsec = UTIME_NOW};
  return {.tv_sec = static_cast<time_t>(time.nanoseconds / kSecond),
          .tv_nsec = static_cast<long>(time.nanoseconds % kSecond)};
}

[[nodiscard]] inline std::array<timespec, 2> host_times(NewTime accessed, NewTime modified) {
  return {host_time(accessed), host_time(modified)};
}

}  // namespace tenon::wasi
