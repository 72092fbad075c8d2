// What goes to standard error, and the writing of plain bytes.
#include <cerrno>
#include <iostream>

#include <unistd.h>

#include "base/bytes.hpp"
#include "base/utf8.hpp"
#include "verbs.hpp"

namespace tenon::tool {

int report(const Error& error) {
  std::cerr << "tenon: " << base::printable(to_string(error), 4096) << '\n' << format_backtrace(error);
  return kFailed;
}

int usage_error(std::string_view message) {
  std::cerr << "tenon: usage: " << base::printable(message, 4096) << '\n';
  return kUsage;
}

void log_line(LogStream, std::string_view line) {
  std::cerr << "[plugin] " + base::printable(line, 64 * 1024) + '\n';
}

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::function<void(std::span<const std::uint8_t>)> output_to(int descriptor) {
  return [descriptor](std::span<const std::uint8_t> bytes) { write_all(descriptor, base::as_text(bytes)); };
}

}  // namespace tenon::tool
