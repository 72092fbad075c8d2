// The seam between WASI's functions and the host's files: what they ask of a file system.
//
// What is here knows no guest: no rights, no descriptors' numbers, no memory. A directory
// that is open is the root of every path that is given with it. A path never leads out of
// it, whatever it says and whatever links are there; one that tries gives not_permitted.
// Paths are any bytes without a zero byte. The last component of a path is not followed where
// it is a symbolic link, unless a function says so.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wasi/errno.hpp"
#include "wasi/files/handle.hpp"

namespace tenon::wasi {

enum class FileType : std::uint8_t {  // WASI's numbers
  unknown,
  block_device,
  character_device,
  directory,
  regular_file,
  socket_dgram,
  socket_stream,
  symbolic_link
};

struct FileStat {
  std::uint64_t device = 0, inode = 0;
  FileType type = FileType::unknown;
  std::uint64_t links = 0;
  std::uint64_t size = 0;                                 // bytes
  std::uint64_t accessed = 0, modified = 0, changed = 0;  // nanoseconds since 1970
};

struct NewTime {
  enum class Kind : std::uint8_t { keep, now, given } kind = Kind::keep;
  std::uint64_t nanoseconds = 0;  // since 1970
};

struct OpenRequest {
  bool read = false, write = false;
  bool create = false, exclusive = false, truncate = false;
  bool directory = false;  // nothing else
  bool follow = false;     // the last component, too
  bool append = false, data_sync = false, sync = false;
};

struct Opened {
  Handle handle;
  FileType type = FileType::unknown;  // regular_file or directory
};

struct DirectoryEntry {
  std::uint64_t inode;
  std::uint64_t next;  // where to go on behind it
  FileType type;
  std::string_view name;
};

enum class Advice : std::uint8_t { normal, sequential, random, will_need, dont_need, no_reuse };
enum class Whence : std::uint8_t { set, current, end };

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // A directory by the host's own path, to be the root of others.
  [[nodiscard]] virtual Result<Handle> open_root(const std::string& host_path) = 0;

  // Regular files and directories only; anything else gives `access`, and is not touched.
  [[nodiscard]] virtual Result<Opened> open(const Handle& directory, const std::string& path,
                                            const OpenRequest& request) = 0;
  [[nodiscard]] virtual Result<FileStat> stat(const Handle& directory, const std::string& path,
                                              bool follow) = 0;
  [[nodiscard]] virtual Result<void> set_times(const Handle& directory, const std::string& path, bool follow,
                                               NewTime accessed, NewTime modified) = 0;
  [[nodiscard]] virtual Result<void> create_directory(const Handle& directory, const std::string& path) = 0;
  [[nodiscard]] virtual Result<void> remove_directory(const Handle& directory, const std::string& path) = 0;
  [[nodiscard]] virtual Result<void> unlink(const Handle& directory, const std::string& path) = 0;
  [[nodiscard]] virtual Result<void> rename(const Handle& from, const std::string& from_path,
                                            const Handle& to, const std::string& to_path) = 0;
  [[nodiscard]] virtual Result<void> link(const Handle& from, const std::string& from_path, const Handle& to,
                                          const std::string& to_path) = 0;
  // Absolute targets are not_permitted, for the one as for the other.
  [[nodiscard]] virtual Result<void> symlink(const std::string& target, const Handle& directory,
                                             const std::string& path) = 0;
  [[nodiscard]] virtual Result<std::string> read_link(const Handle& directory, const std::string& path) = 0;

  // Of what is open. Without an offset: at the file's own position, which moves.
  [[nodiscard]] virtual Result<std::uint64_t> read(const Handle& file, std::span<const iovec> buffers,
                                                   std::optional<std::uint64_t> offset) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> write(const Handle& file, std::span<const iovec> buffers,
                                                    std::optional<std::uint64_t> offset) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> seek(const Handle& file, std::int64_t offset,
                                                   Whence whence) = 0;
  [[nodiscard]] virtual Result<FileStat> stat(const Handle& file) = 0;
  [[nodiscard]] virtual Result<void> set_times(const Handle& file, NewTime accessed, NewTime modified) = 0;
  [[nodiscard]] virtual Result<void> set_size(const Handle& file, std::uint64_t size) = 0;
  [[nodiscard]] virtual Result<void> allocate(const Handle& file, std::uint64_t offset,
                                              std::uint64_t size) = 0;
  [[nodiscard]] virtual Result<void> advise(const Handle& file, std::uint64_t offset, std::uint64_t size,
                                            Advice advice) = 0;
  [[nodiscard]] virtual Result<void> sync(const Handle& file, bool data_only) = 0;
  [[nodiscard]] virtual Result<void> set_append(const Handle& file, bool append) = 0;
  // Entries of a directory, "." and ".." among them, from where an entry's `next` says; 0
  // is the start. Until `take` says false.
  [[nodiscard]] virtual Result<void> list(const Handle& directory, std::uint64_t from,
                                          const std::function<bool(const DirectoryEntry&)>& take) = 0;
};

}  // namespace tenon::wasi
