#include "shared/whole_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace tenon::tools {
namespace {

using Written = std::expected<void, std::string>;

std::unexpected<std::string> fail(const std::string& what, const std::string& path, int error) {
  return std::unexpected(what + " " + path + ": " + std::strerror(error));
}

// "" is the current folder.
std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

// Writes to where a link leads; the link stays. Follows as many links as the system does.
std::string target_of(std::string path) {
  std::error_code error;
  for (int steps = 0; steps < 40; ++steps) {
    const auto target = std::filesystem::read_symlink(path, error);
    if (error) break;
    path = (std::filesystem::path(path).parent_path() / target).string();
  }
  return path;
}

std::string random_word() {
  std::array<char, 13> word;
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof(number), 0) < 0) number = static_cast<std::uint64_t>(::getpid());
  std::snprintf(word.data(), word.size(), "%012llx", static_cast<unsigned long long>(number >> 16));
  return word.data();
}

mode_t less_the_mask(mode_t permissions) {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return permissions & ~mask;
}

// A file on its way. Until it is whole it has no name at all, where the file system can do
// that, so that even a process that is killed leaves nothing behind; elsewhere it has a name
// of its own beside the one that it will get. Each step gives 0, or the error.
class NewFile {
 public:
  explicit NewFile(std::string path) : path_(std::move(path)) {}
  ~NewFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  [[nodiscard]] int fill(base::ByteView bytes, mode_t permissions) {
    if (const int error = open(); error != 0) return error;
    if (const int error = write_all(descriptor_, bytes); error != 0) return error;
    if (::fchmod(descriptor_, permissions) != 0) return errno;
    // Before it gets its name: after a crash no path may name a file without its contents,
    // where there was a whole one.
    return ::fsync(descriptor_) == 0 ? 0 : errno;
  }
  // EEXIST, where the name is taken.
  [[nodiscard]] int take_new_name(const std::string& name) const {
    const std::string source =
        temporary_.empty() ? "/proc/self/fd/" + std::to_string(descriptor_) : temporary_;
    return ::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
  }
  // Takes its path's name, whoever has it. Only a rename can do that, and takes a name.
  [[nodiscard]] int replace() {
    if (temporary_.empty()) {
      const int error = take_new_name(path_);
      if (error != EEXIST) return error;
    }
    while (temporary_.empty()) {
      const std::string name = path_ + "." + random_word();
      const int error = take_new_name(name);
      if (error == 0) temporary_ = name;
      if (error != 0 && error != EEXIST) return error;
    }
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) return errno;
    temporary_.clear();
    return 0;
  }

 private:
  int open() {
    if (::access("/proc/self/fd", X_OK) == 0)
      descriptor_ = ::open(folder_of(path_).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor_ >= 0) return 0;
    std::string name = path_ + ".XXXXXX";
    descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor_ < 0) return errno;
    temporary_ = std::move(name);
    return 0;
  }

  std::string path_;
  std::string temporary_;  // empty: it has no name, or its last
  int descriptor_ = -1;
};

// The new name is in the folder, so the folder has to be synced, too.
int sync_folder_of(const std::string& path) {
  const int folder = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return errno == EACCES ? 0 : errno;                     // written to, but not to be read
  const int error = ::fsync(folder) == 0 || errno == EINVAL ? 0 : errno;  // file systems that need none
  ::close(folder);
  return error;
}

Written write_special(const std::string& path, base::ByteView bytes) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return fail("cannot write", path, errno);
  const int error = write_all(descriptor, bytes);
  const bool is_closed = ::close(descriptor) == 0;
  if (error != 0 || !is_closed) return fail("cannot write", path, error != 0 ? error : errno);
  return {};
}

Written after_naming(const std::string& path) {
  const int error = sync_folder_of(path);
  if (error != 0) return fail("cannot write the folder of", path, error);
  return {};
}

}  // namespace

int write_all(int descriptor, base::ByteView bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0 ? ENOSPC : errno;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return 0;
}

Written replace_file(const std::string& name, base::ByteView bytes, mode_t permissions) {
  const std::string path = target_of(name);
  struct stat existing{};
  if (::stat(path.c_str(), &existing) == 0 && !S_ISREG(existing.st_mode)) return write_special(path, bytes);
  NewFile file(path);
  int error = file.fill(bytes, less_the_mask(permissions));
  if (error == 0) error = file.replace();
  if (error != 0) return fail("cannot write", path, error);
  return after_naming(path);
}

Written create_file(const std::string& name, base::ByteView bytes, mode_t permissions) {
  NewFile file(name);
  int error = file.fill(bytes, permissions);
  if (error == 0) error = file.take_new_name(name);
  if (error == EEXIST) return std::unexpected(name + " is there already, and is not overwritten");
  if (error != 0) return fail("cannot write", name, error);
  return after_naming(name);
}

}  // namespace tenon::tools
