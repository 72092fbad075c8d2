#include "runtime/memory/image.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/error.hpp"

namespace tenon::runtime {

File::~File() { close(fd_); }

std::expected<void, Error> copy_image(const Image& image, std::uint8_t* base) {
  for (std::uint64_t done = 0; done < image.size;) {
    const ssize_t count = pread(image.file->fd(), base + image.start + done, image.size - done,
                                static_cast<off_t>(image.offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return base::fail(Phase::instantiate, ErrorCode::out_of_resources,
                        std::string("the memory's image cannot be read: ") +
                            (count == 0 ? "the artifact is shorter than it was" : std::strerror(errno)));
    }
    done += static_cast<std::uint64_t>(count);
  }
  return {};
}

}  // namespace tenon::runtime
