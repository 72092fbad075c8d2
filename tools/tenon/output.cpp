// What goes to standard error, and the writing of plain bytes.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <mutex>

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

int failed(std::string_view verb, std::string_view message) {
  std::cerr << "tenon: " << verb << ": " << base::printable(message, 4096) << '\n';
  return kFailed;
}

void say(std::string_view text) {
  static std::mutex mutex;  // without C's stdio the streams have none
  const std::lock_guard lock(mutex);
  std::cerr << text;
}

void log_line(LogStream stream, std::string_view line) {
  const std::string who = stream == LogStream::warning ? "[tenon] " : "[plugin] ";
  say(who + base::printable(line, 64 * 1024) + '\n');
}

namespace {

int failed_write = 0;  // the first errno of a guest's output that was lost

void write_all(int descriptor, std::string_view text) {
  while (!text.empty() && failed_write == 0) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) failed_write = count == 0 ? EIO : errno;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
}

}  // namespace

std::function<void(std::span<const std::uint8_t>)> output_to(int descriptor) {
  return [descriptor](std::span<const std::uint8_t> bytes) { write_all(descriptor, base::as_text(bytes)); };
}

bool can_write() { return std::cout.good() && failed_write == 0; }

int finish(int status) {
  errno = 0;
  std::cout.flush();
  if (can_write()) return status;
  const int error = failed_write != 0 ? failed_write : errno;
  std::cerr << "tenon: write: cannot write the output"
            << (error != 0 ? ": " + std::string(std::strerror(error)) : "") << '\n';
  return kFailed;
}

}  // namespace tenon::tool
