// The setters of WasiOptions that connect streams.
#include <unistd.h>

#include <cerrno>

#include <tenon/wasi.hpp>

namespace tenon {
namespace {

// What cannot be written is lost, as where nobody reads.
std::function<void(std::span<const std::uint8_t>)> writer_of(int descriptor) {
  return [descriptor](std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
      const ssize_t count = write(descriptor, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  };
}

std::function<void(std::span<const std::uint8_t>)> appender_to(std::string& text) {
  return [&text](std::span<const std::uint8_t> bytes) {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
}

std::size_t read_standard_input(std::span<std::uint8_t> room) {
  ssize_t count = 0;
  do {
    count = read(STDIN_FILENO, room.data(), room.size());
  } while (count < 0 && errno == EINTR);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace

WasiOptions& WasiOptions::inherit_standard_streams() & {
  standard_input = read_standard_input;
  standard_output = writer_of(STDOUT_FILENO);
  standard_error = writer_of(STDERR_FILENO);
  return *this;
}

WasiOptions& WasiOptions::capture(std::string& output, std::string& error) & {
  standard_output = appender_to(output);
  standard_error = appender_to(error);
  return *this;
}

}  // namespace tenon
