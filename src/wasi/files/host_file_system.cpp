// HostFileSystem's functions of files that are open. The paths' are in host_paths.cpp.
#include "wasi/files/host_file_system.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <limits>
#include <vector>

#include "wasi/files/file_size_signal.hpp"
#include "wasi/files/host_errno.hpp"
#include "wasi/files/host_stat.hpp"
#include "wasi/files/host_times.hpp"

namespace tenon::wasi {
namespace {

// Bytes of entries that one call of the system gives.
constexpr std::size_t kEntriesAtOnce = 16 << 10;

Result<off_t> host_offset(std::uint64_t offset) {
  if (offset > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()))
    return std::unexpected(Errno::invalid);
  return static_cast<off_t>(offset);
}

Result<std::uint64_t> count_or_failure(ssize_t count) {
  if (count < 0) return host_failure();
  return static_cast<std::uint64_t>(count);
}

// A file's range, as the system takes it.
struct Range {
  off_t offset, size;
};
Result<Range> host_range(std::uint64_t offset, std::uint64_t size) {
  const auto start = host_offset(offset), length = host_offset(size);
  if (!start || !length) return std::unexpected(Errno::invalid);
  return Range{*start, *length};
}

int host_advice(Advice advice) {
  switch (advice) {
    case Advice::normal: return POSIX_FADV_NORMAL;
    case Advice::sequential: return POSIX_FADV_SEQUENTIAL;
    case Advice::random: return POSIX_FADV_RANDOM;
    case Advice::will_need: return POSIX_FADV_WILLNEED;
    case Advice::dont_need: return POSIX_FADV_DONTNEED;
    case Advice::no_reuse: return POSIX_FADV_NOREUSE;
  }
  return POSIX_FADV_NORMAL;
}

// Safety: ".." of a root is the host's, so it gets the number of the directory itself.
std::uint64_t inode_of(const dirent64& entry, const FileStat& directory) {
  return std::string_view(entry.d_name) == ".." ? directory.inode : entry.d_ino;
}

FileType type_of_entry_in(int directory, const dirent64& entry) {
  if (entry.d_type != DT_UNKNOWN) return type_of_entry(entry.d_type);
  struct stat found{};
  const bool is_there = fstatat(directory, entry.d_name, &found, AT_SYMLINK_NOFOLLOW) == 0;
  return is_there ? type_of(found.st_mode) : FileType::unknown;
}

}  // namespace

Result<Handle> HostFileSystem::open_root(const std::string& host_path) {
  Handle opened(::open(host_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number() < 0) return host_failure();
  return opened;
}

Result<std::uint64_t> HostFileSystem::read(const Handle& file, std::span<const iovec> buffers,
                                           std::optional<std::uint64_t> offset) {
  const int count = static_cast<int>(buffers.size());
  if (!offset) return count_or_failure(readv(file.number(), buffers.data(), count));
  const auto start = host_offset(*offset);
  if (!start) return std::unexpected(start.error());
  return count_or_failure(preadv(file.number(), buffers.data(), count, *start));
}

Result<std::uint64_t> HostFileSystem::write(const Handle& file, std::span<const iovec> buffers,
                                            std::optional<std::uint64_t> offset) {
  const FileSizeSignal no_signal;
  const int count = static_cast<int>(buffers.size());
  if (!offset) return count_or_failure(writev(file.number(), buffers.data(), count));
  const auto start = host_offset(*offset);
  if (!start) return std::unexpected(start.error());
  return count_or_failure(pwritev(file.number(), buffers.data(), count, *start));
}

Result<std::uint64_t> HostFileSystem::seek(const Handle& file, std::int64_t offset, Whence whence) {
  constexpr int kHost[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  return count_or_failure(lseek(file.number(), offset, kHost[static_cast<std::size_t>(whence)]));
}

Result<FileStat> HostFileSystem::stat(const Handle& file) { return stat_of(file.number()); }

Result<void> HostFileSystem::set_times(const Handle& file, NewTime accessed, NewTime modified) {
  return checked(futimens(file.number(), host_times(accessed, modified).data()));
}

Result<void> HostFileSystem::set_size(const Handle& file, std::uint64_t size) {
  const auto wanted = host_offset(size);
  if (!wanted) return std::unexpected(wanted.error());
  const FileSizeSignal no_signal;
  return checked(ftruncate(file.number(), *wanted));
}

Result<void> HostFileSystem::allocate(const Handle& file, std::uint64_t offset, std::uint64_t size) {
  const auto range = host_range(offset, size);
  if (!range) return std::unexpected(range.error());
  const FileSizeSignal no_signal;
  return checked(fallocate(file.number(), 0, range->offset, range->size));
}

Result<void> HostFileSystem::advise(const Handle& file, std::uint64_t offset, std::uint64_t size,
                                    Advice advice) {
  const auto range = host_range(offset, size);
  if (!range) return std::unexpected(range.error());
  const int error = posix_fadvise(file.number(), range->offset, range->size, host_advice(advice));
  if (error != 0) return std::unexpected(from_host_errno(error));
  return {};
}

Result<void> HostFileSystem::sync(const Handle& file, bool data_only) {
  return checked(data_only ? fdatasync(file.number()) : fsync(file.number()));
}

Result<void> HostFileSystem::set_append(const Handle& file, bool append) {
  const int flags = fcntl(file.number(), F_GETFL);
  if (flags < 0) return host_failure();
  return checked(fcntl(file.number(), F_SETFL, append ? flags | O_APPEND : flags & ~O_APPEND));
}

Result<void> HostFileSystem::list(const Handle& directory, std::uint64_t from,
                                  const std::function<bool(const DirectoryEntry&)>& take) {
  const auto start = host_offset(from);
  if (!start) return std::unexpected(start.error());
  if (lseek(directory.number(), *start, SEEK_SET) < 0) return host_failure();
  const auto self = stat_of(directory.number());
  if (!self) return std::unexpected(self.error());
  std::vector<std::uint8_t> entries(kEntriesAtOnce);
  for (;;) {
    const long size = syscall(SYS_getdents64, directory.number(), entries.data(), entries.size());
    if (size < 0) return host_failure();
    if (size == 0) return {};
    for (long at = 0; at < size;) {
      const auto& entry = *reinterpret_cast<const dirent64*>(entries.data() + at);
      at += entry.d_reclen;
      const DirectoryEntry found{.inode = inode_of(entry, *self),
                                 .next = static_cast<std::uint64_t>(entry.d_off),
                                 .type = type_of_entry_in(directory.number(), entry),
                                 .name = entry.d_name};
      if (!take(found)) return {};
    }
  }
}

}  // namespace tenon::wasi
