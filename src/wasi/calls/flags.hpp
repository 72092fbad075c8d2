// The bits of WASI's flags.
#pragma once

#include <cstdint>

namespace tenon::wasi {

namespace fd_flags {  // fdflags
inline constexpr std::uint16_t kAppend = 1, kDataSync = 2, kNonBlock = 4, kReadSync = 8, kSync = 16;
inline constexpr std::uint16_t kAnySync = kDataSync | kReadSync | kSync;
inline constexpr std::uint16_t kAll = kAppend | kNonBlock | kAnySync;
}  // namespace fd_flags

namespace open_flags {  // oflags
inline constexpr std::uint32_t kCreate = 1, kDirectory = 2, kExclusive = 4, kTruncate = 8;
inline constexpr std::uint32_t kAll = kCreate | kDirectory | kExclusive | kTruncate;
}  // namespace open_flags

namespace lookup_flags {  // lookupflags
inline constexpr std::uint32_t kFollow = 1;
}  // namespace lookup_flags

namespace time_flags {  // fstflags
inline constexpr std::uint32_t kAccessed = 1, kAccessedNow = 2, kModified = 4, kModifiedNow = 8;
inline constexpr std::uint32_t kAll = kAccessed | kAccessedNow | kModified | kModifiedNow;
}  // namespace time_flags

namespace clock_flags {  // subclockflags
inline constexpr std::uint16_t kAbsolute = 1;
}  // namespace clock_flags

}  // namespace tenon::wasi
