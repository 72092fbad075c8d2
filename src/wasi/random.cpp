#include "wasi/random.hpp"

#include <cerrno>

#include <sys/random.h>

namespace tenon::wasi {

bool fill_random(std::span<std::uint8_t> buffer) {
  while (!buffer.empty()) {
    const ssize_t count = getrandom(buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    buffer = buffer.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace tenon::wasi
