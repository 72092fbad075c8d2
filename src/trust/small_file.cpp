#include "trust/small_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace tenon::trust {
namespace {

std::unexpected<Error> fail(const std::string& what) { return base::fail(Phase::load, ErrorCode::io, what); }

std::expected<base::Bytes, Error> read_whole(int fd, const std::string& name, std::size_t most) {
  struct stat status{};
  if (fstat(fd, &status) != 0) return fail(name + ": cannot be read: " + std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return fail(name + ": not a regular file");
  base::Bytes bytes(most + 1);
  const auto count = read_at(fd, bytes, 0);
  if (count < 0) return fail(name + ": cannot be read: " + std::strerror(errno));
  if (static_cast<std::size_t>(count) > most)
    return fail(name + ": has more than " + std::to_string(most) + " bytes, so it is not what it should be");
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

}  // namespace

std::int64_t read_at(int fd, std::span<std::uint8_t> to, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < to.size()) {
    const ssize_t count = pread(fd, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return static_cast<std::int64_t>(done);
}

int open_to_read(const std::filesystem::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

std::expected<base::Bytes, Error> read_small_file(const std::filesystem::path& path, std::size_t most) {
  const int fd = open_to_read(path);
  if (fd < 0) return fail(path.string() + ": cannot be opened: " + std::strerror(errno));
  auto bytes = read_whole(fd, path.string(), most);
  close(fd);
  return bytes;
}

}  // namespace tenon::trust
