// What may be done with a descriptor (rights, phases/snapshot/docs.md of the WASI repository).
#pragma once

#include <cstdint>

namespace tenon::wasi {

using Rights = std::uint64_t;

namespace rights {

inline constexpr Rights kDataSync = 1 << 0, kRead = 1 << 1, kSeek = 1 << 2, kSetFlags = 1 << 3,
                        kSync = 1 << 4, kTell = 1 << 5, kWrite = 1 << 6, kAdvise = 1 << 7, kAllocate = 1 << 8,
                        kCreateDirectory = 1 << 9, kCreateFile = 1 << 10, kLinkSource = 1 << 11,
                        kLinkTarget = 1 << 12, kOpen = 1 << 13, kReadDirectory = 1 << 14, kReadLink = 1 << 15,
                        kRenameSource = 1 << 16, kRenameTarget = 1 << 17, kPathStat = 1 << 18,
                        kPathSetSize = 1 << 19, kPathSetTimes = 1 << 20, kStat = 1 << 21, kSetSize = 1 << 22,
                        kSetTimes = 1 << 23, kSymlink = 1 << 24, kRemoveDirectory = 1 << 25,
                        kUnlink = 1 << 26, kPoll = 1 << 27;

// All that make sense for a descriptor of that kind.
inline constexpr Rights kOfStream = kSetFlags | kStat | kPoll;
inline constexpr Rights kOfFile = kDataSync | kRead | kSeek | kSetFlags | kSync | kTell | kWrite | kAdvise |
                                  kAllocate | kStat | kSetSize | kSetTimes | kPoll;
inline constexpr Rights kOfDirectory =
    kDataSync | kSetFlags | kSync | kCreateDirectory | kCreateFile | kLinkSource | kLinkTarget | kOpen |
    kReadDirectory | kReadLink | kRenameSource | kRenameTarget | kPathStat | kPathSetSize | kPathSetTimes |
    kStat | kSetTimes | kSymlink | kRemoveDirectory | kUnlink | kPoll;

// Safety: with one of these a guest changes something. A read-only directory gives none of
// them, and neither does anything that is opened in it.
inline constexpr Rights kChanging = kWrite | kAllocate | kCreateDirectory | kCreateFile | kLinkSource |
                                    kLinkTarget | kRenameSource | kRenameTarget | kPathSetSize |
                                    kPathSetTimes | kSetSize | kSetTimes | kSymlink | kRemoveDirectory |
                                    kUnlink;

// With one of these a file has to be open for writing.
inline constexpr Rights kOfWriters = kWrite | kAllocate | kSetSize;

}  // namespace rights
}  // namespace tenon::wasi
