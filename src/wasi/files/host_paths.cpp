// HostFileSystem's functions that take a path. Those that open it, or look at it, hand all of
// it to open_beneath. The rest open what is before the last component that way, and act on the
// last, in that directory, without following it.
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdio>

#include "wasi/files/host_errno.hpp"
#include "wasi/files/host_file_system.hpp"
#include "wasi/files/host_stat.hpp"
#include "wasi/files/host_times.hpp"

namespace tenon::wasi {
namespace {

constexpr mode_t kFileMode = 0666, kDirectoryMode = 0777;  // less the host's umask

int flags_of(const OpenRequest& request) {
  int flags = request.write ? (request.read ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (request.create) flags |= O_CREAT;
  if (request.exclusive) flags |= O_EXCL;
  if (request.truncate) flags |= O_TRUNC;
  if (request.directory) flags |= O_DIRECTORY;
  if (!request.follow) flags |= O_NOFOLLOW;
  if (request.append) flags |= O_APPEND;
  if (request.data_sync) flags |= O_DSYNC;
  if (request.sync) flags |= O_SYNC;
  // Safety: nothing that was put in the file's place may keep us waiting, or become the
  // host's terminal.
  return flags | O_NONBLOCK | O_NOCTTY;
}

// Safety: what is neither a file nor a directory may do something as soon as it is opened. And the
// files of /proc are this process itself, its memory (/proc/self/mem) among them, also for a guest
// that was given all of "/" to read.
Result<FileType> openable_type(int file) {
  const auto found = stat_of(file);
  if (!found) return std::unexpected(found.error());
  if (found->type == FileType::directory || found->type == FileType::symbolic_link) return found->type;
  if (found->type != FileType::regular_file) return std::unexpected(Errno::access);
  struct statfs system{};
  if (fstatfs(file, &system) != 0) return host_failure();
  if (system.f_type == PROC_SUPER_MAGIC) return std::unexpected(Errno::access);
  return found->type;
}

}  // namespace

// A name in a directory.
struct HostFileSystem::Place {
  Handle parent;              // none where it is the directory of the call itself
  int directory = 0;          // its number
  std::string name;           // without a slash, and neither "." nor ".."
  bool is_directory = false;  // a slash follows it

  // Nothing that a slash follows is a file.
  [[nodiscard]] Result<void> check_directory(Errno if_directory) const {
    if (!is_directory) return {};
    struct stat found{};
    if (fstatat(directory, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return host_failure();
    if (!S_ISDIR(found.st_mode)) return std::unexpected(Errno::not_directory);
    if (if_directory == Errno::success) return {};
    return std::unexpected(if_directory);
  }
};

Result<Handle> HostFileSystem::beneath(const Handle& directory, const std::string& path, int flags) const {
  return open_beneath(directory.number(), path, flags, kFileMode, resolution_);
}

Result<HostFileSystem::Place> HostFileSystem::place_of(const Handle& directory, const std::string& path,
                                                       Errno if_dots) const {
  if (path.empty()) return std::unexpected(Errno::no_entry);
  // As open_beneath has it; a path of slashes alone has no last component.
  if (path.starts_with('/')) return std::unexpected(Errno::not_permitted);
  const std::size_t end = path.find_last_not_of('/') + 1;
  const std::size_t slash = path.rfind('/', end - 1);
  const std::size_t start = slash == std::string::npos ? 0 : slash + 1;
  Place place{.parent = {},
              .directory = directory.number(),
              .name = path.substr(start, end - start),
              .is_directory = end < path.size()};
  if (start != 0) {
    auto parent = beneath(directory, path.substr(0, start), O_PATH | O_DIRECTORY);
    if (!parent) return std::unexpected(parent.error());
    place.parent = std::move(*parent);
    place.directory = place.parent.number();
  }
  // Safety: ".." is not in the directory.
  if (place.name == "." || place.name == "..") return std::unexpected(if_dots);
  return place;
}

// Without opening it.
Result<void> HostFileSystem::check_openable(const Handle& directory, const std::string& path,
                                            const OpenRequest& request) const {
  const auto probe = beneath(directory, path, O_PATH | (request.follow ? 0 : O_NOFOLLOW));
  if (!probe) {
    const bool is_new = request.create && probe.error() == Errno::no_entry;
    return is_new ? Result<void>() : std::unexpected(probe.error());
  }
  if (request.create && request.exclusive) return std::unexpected(Errno::exists);
  const auto type = openable_type(probe->number());
  if (!type) return std::unexpected(type.error());
  if (*type == FileType::symbolic_link) return std::unexpected(Errno::loop);
  return {};
}

Result<Opened> HostFileSystem::open(const Handle& directory, const std::string& path,
                                    const OpenRequest& request) {
  if (auto ok = check_openable(directory, path, request); !ok) return std::unexpected(ok.error());
  auto handle = beneath(directory, path, flags_of(request));
  if (!handle) return std::unexpected(handle.error());
  // Safety: it may be another one than we looked at.
  const auto type = openable_type(handle->number());
  if (!type) return std::unexpected(type.error());
  return Opened{std::move(*handle), *type};
}

Result<FileStat> HostFileSystem::stat(const Handle& directory, const std::string& path, bool follow) {
  const auto found = beneath(directory, path, O_PATH | (follow ? 0 : O_NOFOLLOW));
  if (!found) return std::unexpected(found.error());
  return stat_of(found->number());
}

Result<void> HostFileSystem::set_times(const Handle& directory, const std::string& path, bool follow,
                                       NewTime accessed, NewTime modified) {
  const auto found = beneath(directory, path, O_PATH | (follow ? 0 : O_NOFOLLOW));
  if (!found) return std::unexpected(found.error());
  const auto times = host_times(accessed, modified);
  return checked(utimensat(found->number(), "", times.data(), AT_EMPTY_PATH));
}

Result<void> HostFileSystem::create_directory(const Handle& directory, const std::string& path) {
  const auto place = place_of(directory, path, Errno::exists);
  if (!place) return std::unexpected(place.error());
  return checked(mkdirat(place->directory, place->name.c_str(), kDirectoryMode));
}

Result<void> HostFileSystem::remove_directory(const Handle& directory, const std::string& path) {
  const auto place = place_of(directory, path, Errno::invalid);
  if (!place) return std::unexpected(place.error());
  return checked(unlinkat(place->directory, place->name.c_str(), AT_REMOVEDIR));
}

Result<void> HostFileSystem::unlink(const Handle& directory, const std::string& path) {
  const auto place = place_of(directory, path, Errno::is_directory);
  if (!place) return std::unexpected(place.error());
  if (auto ok = place->check_directory(Errno::is_directory); !ok) return ok;
  return checked(unlinkat(place->directory, place->name.c_str(), 0));
}

Result<void> HostFileSystem::rename(const Handle& from, const std::string& from_path, const Handle& to,
                                    const std::string& to_path) {
  const auto source = place_of(from, from_path, Errno::busy);
  if (!source) return std::unexpected(source.error());
  const auto target = place_of(to, to_path, Errno::busy);
  if (!target) return std::unexpected(target.error());
  if (auto ok = source->check_directory(Errno::success); !ok) return ok;
  if (target->is_directory) {
    struct stat found{};
    if (fstatat(source->directory, source->name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
      return host_failure();
    if (!S_ISDIR(found.st_mode)) return std::unexpected(Errno::not_directory);
  }
  return checked(renameat(source->directory, source->name.c_str(), target->directory, target->name.c_str()));
}

Result<void> HostFileSystem::link(const Handle& from, const std::string& from_path, const Handle& to,
                                  const std::string& to_path) {
  const auto source = place_of(from, from_path, Errno::not_permitted);
  if (!source) return std::unexpected(source.error());
  const auto target = place_of(to, to_path, Errno::exists);
  if (!target) return std::unexpected(target.error());
  if (auto ok = source->check_directory(Errno::not_permitted); !ok) return ok;
  if (auto ok = target->check_directory(Errno::exists); !ok) return ok;
  return checked(linkat(source->directory, source->name.c_str(), target->directory, target->name.c_str(), 0));
}

Result<void> HostFileSystem::symlink(const std::string& target, const Handle& directory,
                                     const std::string& path) {
  // Safety: it means a path of the host's to whoever follows it there.
  if (target.starts_with('/')) return std::unexpected(Errno::not_permitted);
  const auto place = place_of(directory, path, Errno::exists);
  if (!place) return std::unexpected(place.error());
  if (auto ok = place->check_directory(Errno::exists); !ok) return ok;
  return checked(symlinkat(target.c_str(), place->directory, place->name.c_str()));
}

Result<std::string> HostFileSystem::read_link(const Handle& directory, const std::string& path) {
  const auto place = place_of(directory, path, Errno::invalid);
  if (!place) return std::unexpected(place.error());
  if (place->is_directory) return std::unexpected(Errno::invalid);
  std::array<char, PATH_MAX> target;
  const ssize_t size = readlinkat(place->directory, place->name.c_str(), target.data(), target.size());
  if (size < 0) return host_failure();
  // Safety: the guest has no business with the host's paths.
  if (size > 0 && target[0] == '/') return std::unexpected(Errno::not_permitted);
  return std::string(target.data(), static_cast<std::size_t>(size));
}

}  // namespace tenon::wasi
