// The host's own files, as a FileSystem.
#pragma once

#include "wasi/files/beneath.hpp"
#include "wasi/files/file_system.hpp"

namespace tenon::wasi {

// Holds no state: any number of threads may use one.
class HostFileSystem final : public FileSystem {
 public:
  explicit HostFileSystem(Resolution resolution = Resolution::automatic) : resolution_(resolution) {}

  Result<Handle> open_root(const std::string& host_path) override;
  Result<Opened> open(const Handle& directory, const std::string& path, const OpenRequest& request) override;
  Result<FileStat> stat(const Handle& directory, const std::string& path, bool follow) override;
  Result<void> set_times(const Handle& directory, const std::string& path, bool follow, NewTime accessed,
                         NewTime modified) override;
  Result<void> create_directory(const Handle& directory, const std::string& path) override;
  Result<void> remove_directory(const Handle& directory, const std::string& path) override;
  Result<void> unlink(const Handle& directory, const std::string& path) override;
  Result<void> rename(const Handle& from, const std::string& from_path, const Handle& to,
                      const std::string& to_path) override;
  Result<void> link(const Handle& from, const std::string& from_path, const Handle& to,
                    const std::string& to_path) override;
  Result<void> symlink(const std::string& target, const Handle& directory, const std::string& path) override;
  Result<std::string> read_link(const Handle& directory, const std::string& path) override;

  Result<std::uint64_t> read(const Handle& file, std::span<const iovec> buffers,
                             std::optional<std::uint64_t> offset) override;
  Result<std::uint64_t> write(const Handle& file, std::span<const iovec> buffers,
                              std::optional<std::uint64_t> offset) override;
  Result<std::uint64_t> seek(const Handle& file, std::int64_t offset, Whence whence) override;
  Result<FileStat> stat(const Handle& file) override;
  Result<void> set_times(const Handle& file, NewTime accessed, NewTime modified) override;
  Result<void> set_size(const Handle& file, std::uint64_t size) override;
  Result<void> allocate(const Handle& file, std::uint64_t offset, std::uint64_t size) override;
  Result<void> advise(const Handle& file, std::uint64_t offset, std::uint64_t size, Advice advice) override;
  Result<void> sync(const Handle& file, bool data_only) override;
  Result<void> set_append(const Handle& file, bool append) override;
  Result<void> list(const Handle& directory, std::uint64_t from,
                    const std::function<bool(const DirectoryEntry&)>& take) override;

 private:
  struct Place;
  // Where a path's last component is. What gives `if_dots` is "." or "..", which name no place
  // in a directory.
  [[nodiscard]] Result<Place> place_of(const Handle& directory, const std::string& path, Errno if_dots) const;
  [[nodiscard]] Result<Handle> beneath(const Handle& directory, const std::string& path, int flags) const;
  [[nodiscard]] Result<void> check_openable(const Handle& directory, const std::string& path,
                                            const OpenRequest& request) const;

  Resolution resolution_;
};

}  // namespace tenon::wasi
