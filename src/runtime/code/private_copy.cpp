#include "runtime/code/private_copy.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "artifact/artifact_file.hpp"
#include "base/error.hpp"

namespace tenon::runtime {
namespace {

// Linux 6.3: a file that cannot be executed as a program. Systems may demand it
// (vm.memfd_noexec), and mapping its code is another matter.
constexpr unsigned kNoExecSeal = 8;

// The name shows in /proc/PID/maps, and is at most 249 bytes.
int make_file(const std::string& name) {
  const std::string shown = "tenon:" + std::filesystem::path(name).filename().string().substr(0, 200);
  const int fd = memfd_create(shown.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING | kNoExecSeal);
  if (fd >= 0 || errno != EINVAL) return fd;
  return memfd_create(shown.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

bool write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t count = write(fd, bytes, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

// By reading: a mapping of a file that somebody cuts would end in SIGBUS. No more bytes than
// were asked for: the file may grow as fast as we copy.
bool copy(int from, int to, std::uint64_t size) {
  std::vector<char> buffer(std::size_t{1} << 18);
  for (std::uint64_t offset = 0; offset < size;) {
    const auto wanted = std::min<std::uint64_t>(buffer.size(), size - offset);
    const ssize_t count = pread(from, buffer.data(), wanted, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0;  // it is shorter now; whoever checks the copy says so
    if (!write_all(to, buffer.data(), static_cast<std::size_t>(count))) return false;
    offset += static_cast<std::uint64_t>(count);
  }
  return true;
}

}  // namespace

std::expected<std::shared_ptr<const File>, Error> sealed_copy(const File& file, const std::string& name,
                                                              std::uint64_t size) {
  const auto fail = [&](const char* what) {
    const auto code = errno == EIO ? ErrorCode::io : ErrorCode::out_of_resources;
    return base::fail(Phase::load, code, name + ": " + what + ": " + std::strerror(errno));
  };
  const int fd = make_file(name);
  if (fd < 0) return fail("no file in memory for its private copy");
  auto made = std::make_shared<const File>(fd);
  if (!copy(file.fd(), fd, size)) return fail("cannot be copied into memory");
  // Safety: from here on its bytes are what will be checked, mapped and run.
  if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return fail("its private copy cannot be sealed");
  return made;
}

std::expected<std::shared_ptr<const File>, Error> copy_of_artifact(const File& file,
                                                                   const std::string& name) {
  if (auto checked = artifact::check_artifact(file.fd(), name); !checked)
    return std::unexpected(std::move(checked.error()));
  struct stat status{};
  if (fstat(file.fd(), &status) != 0)
    return base::fail(Phase::load, ErrorCode::io, name + ": cannot be read: " + std::strerror(errno));
  return sealed_copy(file, name, static_cast<std::uint64_t>(status.st_size));
}

}  // namespace tenon::runtime
