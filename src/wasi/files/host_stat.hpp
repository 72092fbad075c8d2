// From the system's description of a file to ours.
#pragma once

#include <sys/stat.h>

#include "wasi/files/file_system.hpp"

namespace tenon::wasi {

[[nodiscard]] FileType type_of(mode_t mode);
// By the type that getdents64 gives.
[[nodiscard]] FileType type_of_entry(unsigned char type);
[[nodiscard]] Result<FileStat> stat_of(int file);

}  // namespace tenon::wasi
