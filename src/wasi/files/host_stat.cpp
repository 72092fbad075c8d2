#include "wasi/files/host_stat.hpp"

#include <dirent.h>

#include "wasi/files/host_errno.hpp"

namespace tenon::wasi {
namespace {

// What was before 1970 is then.
std::uint64_t nanoseconds(const timespec& time) {
  if (time.tv_sec < 0) return 0;
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

FileType type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return FileType::regular_file;
    case S_IFDIR: return FileType::directory;
    case S_IFLNK: return FileType::symbolic_link;
    case S_IFBLK: return FileType::block_device;
    case S_IFCHR: return FileType::character_device;
    case S_IFSOCK: return FileType::socket_stream;
    default: return FileType::unknown;
  }
}

FileType type_of_entry(unsigned char type) { return type_of(DTTOIF(type)); }

Result<FileStat> stat_of(int file) {
  struct stat found{};
  if (fstat(file, &found) != 0) return host_failure();
  return FileStat{.device = found.st_dev,
                  .inode = found.st_ino,
                  .type = type_of(found.st_mode),
                  .links = found.st_nlink,
                  .size = static_cast<std::uint64_t>(found.st_size),
                  .accessed = nanoseconds(found.st_atim),
                  .modified = nanoseconds(found.st_mtim),
                  .changed = nanoseconds(found.st_ctim)};
}

}  // namespace tenon::wasi
