#include "wasi/files/beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <climits>
#include <optional>
#include <string_view>
#include <vector>

#include "wasi/files/host_errno.hpp"

namespace tenon::wasi {
namespace {

// The kernel gives up where something was renamed at the same time, anywhere on the machine.
constexpr int kTries = 8;
constexpr int kMaxLinks = 40;           // as the kernel's
constexpr std::size_t kMaxDepth = 128;  // of directories that a walk holds open

std::unexpected<Errno> leads_out() { return std::unexpected(Errno::not_permitted); }

// Nullopt where the kernel cannot say, and we have to walk.
std::optional<Result<Handle>> open_by_kernel(int directory, const std::string& path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int i = 0; i < kTries; ++i) {
    const long number = syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
    if (number >= 0) return Handle(static_cast<int>(number));
    if (errno == EAGAIN || errno == EINTR) continue;
    // A filter's answer, or the file's own: the walk will tell.
    if (errno == ENOSYS || errno == EPERM) return std::nullopt;
    if (errno == EXDEV) return leads_out();
    return host_failure();
  }
  return std::nullopt;
}

class Walk {
 public:
  Walk(int root, int flags, mode_t mode) : root_(root), flags_(flags | O_NOFOLLOW), mode_(mode) {
    follows_last_ = (flags & O_NOFOLLOW) == 0 && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
  }

  Result<Handle> open(std::string_view path) {
    if (path.empty()) return std::unexpected(Errno::no_entry);
    if (auto ok = push(path); !ok) return std::unexpected(ok.error());
    while (pending_.size() > 1) {
      const std::string component = take();
      if (auto ok = enter(component); !ok) return std::unexpected(ok.error());
    }
    return open_last();
  }

 private:
  // The path's components are the next to come.
  Result<void> push(std::string_view path) {
    // Safety: an absolute path is the host's.
    if (path.starts_with('/')) return leads_out();
    std::vector<std::string> components;
    for (std::size_t at = 0; at < path.size();) {
      const std::size_t end = std::min(path.find('/', at), path.size());
      if (end > at) components.emplace_back(path.substr(at, end - at));
      at = end + 1;
    }
    // What a slash follows is a directory, and followed if it is a link.
    if (path.ends_with('/')) components.emplace_back(".");
    pending_.insert(pending_.end(), components.rbegin(), components.rend());
    return {};
  }

  std::string take() {
    std::string component = std::move(pending_.back());
    pending_.pop_back();
    return component;
  }

  [[nodiscard]] int here() const { return inside_.empty() ? root_ : inside_.back().number(); }

  // Safety: the directory above is the one that we came from, not the one that the file
  // system names now.
  Result<void> go_up() {
    if (inside_.empty()) return leads_out();
    inside_.pop_back();
    return {};
  }

  Result<void> enter(const std::string& component) {
    if (component == ".") return {};
    if (component == "..") return go_up();
    if (inside_.size() == kMaxDepth) return std::unexpected(Errno::name_too_long);
    Handle next(openat(here(), component.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (next.number() >= 0) {
      inside_.push_back(std::move(next));
      return {};
    }
    return expand(component, errno);
  }

  // Puts a link's target in place of the component, or gives the error that opening it gave.
  Result<void> expand(const std::string& component, int error) {
    if (error != ELOOP && error != ENOTDIR) return std::unexpected(from_host_errno(error));
    std::array<char, PATH_MAX> target;
    const ssize_t size = readlinkat(here(), component.c_str(), target.data(), target.size());
    if (size < 0) return std::unexpected(from_host_errno(error));
    if (static_cast<std::size_t>(size) == target.size()) return std::unexpected(Errno::name_too_long);
    if (++links_ > kMaxLinks) return std::unexpected(Errno::loop);
    if (size == 0) return std::unexpected(Errno::no_entry);
    return push({target.data(), static_cast<std::size_t>(size)});
  }

  Result<Handle> open_last() {
    for (;;) {
      std::string component = take();
      if (!pending_.empty()) {  // of a link's target
        if (auto ok = enter(component); !ok) return std::unexpected(ok.error());
        continue;
      }
      if (component == "..") {
        if (auto ok = go_up(); !ok) return std::unexpected(ok.error());
        component = ".";
      }
      Handle last(openat(here(), component.c_str(), flags_ | O_CLOEXEC, mode_));
      const int error = errno;
      const bool is_open = last.number() >= 0;
      if (is_open && !(follows_last_ && is_link(last))) return last;
      if (!is_open && !follows_last_) return std::unexpected(from_host_errno(error));
      if (auto ok = expand(component, is_open ? ELOOP : error); !ok) return std::unexpected(ok.error());
    }
  }

  // With O_PATH a link itself can be opened.
  [[nodiscard]] bool is_link(const Handle& handle) const {
    struct stat found{};
    return (flags_ & O_PATH) != 0 && fstat(handle.number(), &found) == 0 && S_ISLNK(found.st_mode);
  }

  int root_;
  int flags_;
  mode_t mode_;
  bool follows_last_;
  int links_ = 0;
  std::vector<std::string> pending_;  // the next one last
  std::vector<Handle> inside_;        // the directories from the root to where we are
};

}  // namespace

Result<Handle> open_beneath(int directory, const std::string& path, int flags, mode_t mode,
                            Resolution resolution) {
  if (resolution == Resolution::automatic) {
    if (auto opened = open_by_kernel(directory, path, flags | O_CLOEXEC, mode)) return std::move(*opened);
  }
  return Walk(directory, flags, mode).open(path);
}

}  // namespace tenon::wasi
