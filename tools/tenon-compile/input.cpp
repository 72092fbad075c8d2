#include "input.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/error.hpp"
#include "shared/whole_file.hpp"
#include "wasm/module.hpp"

namespace tenon::tools {

namespace {

constexpr std::uint64_t kMaxInput = std::uint64_t{1} << 30;  // as the reader's limit on modules

std::unexpected<Error> io_error(Phase phase, const std::string& what, const std::string& path, int error) {
  return base::fail(phase, ErrorCode::io, what + " " + path + ": " + std::strerror(error));
}

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

std::unexpected<Error> too_large(const std::string& path, const std::string& size) {
  return base::fail(Phase::read, ErrorCode::limit_exceeded,
                    path + " has " + size + "; the limit for a module is 1 GiB");
}

std::expected<base::Bytes, Error> read_all(int descriptor, const std::string& path) {
  struct stat status{};
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
      static_cast<std::uint64_t>(status.st_size) > kMaxInput)
    return too_large(path, std::to_string(status.st_size) + " bytes");
  base::Bytes bytes;
  for (;;) {
    const std::size_t old = bytes.size();
    bytes.resize(old + (1 << 16));
    const auto count = ::read(descriptor, bytes.data() + old, 1 << 16);
    if (count < 0 && errno != EINTR) return io_error(Phase::read, "cannot read", path, errno);
    bytes.resize(old + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return bytes;
    if (bytes.size() > kMaxInput) return too_large(path, "more than 1 GiB");
  }
}

bool is_text(const base::Bytes& bytes, const std::string& path) {
  const bool has_magic = bytes.size() >= 4 && std::memcmp(bytes.data(), "\0asm", 4) == 0;
  return !has_magic && path.ends_with(".wat");
}

// No shell is involved: the path is one argument whatever is in it.
std::expected<base::Bytes, Error> run_wat2wasm(const std::string& path, bool checks) {
  File output(memfd_create("tenon-wat", MFD_CLOEXEC));
  File messages(memfd_create("tenon-wat-errors", MFD_CLOEXEC));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, messages.get(), STDERR_FILENO);
  std::string argument = path.starts_with("-") ? "./" + path : path;
  const char* arguments[] = {"wat2wasm",   "--enable-all",   "--debug-names",
                             "--output=-", argument.c_str(), checks ? nullptr : "--no-check",
                             nullptr};
  pid_t child = 0;
  const int failed =
      posix_spawnp(&child, "wat2wasm", &actions, nullptr, const_cast<char**>(arguments), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    return base::fail(Phase::read, ErrorCode::io,
                      path +
                          " is WebAssembly text, and wat2wasm, which turns it into binary, is not installed "
                          "(Debian: apt install wabt)");
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    lseek(output.get(), 0, SEEK_SET);
    return read_all(output.get(), path);
  }
  lseek(messages.get(), 0, SEEK_SET);
  auto text = read_all(messages.get(), path);
  auto line = text ? std::string(base::as_text(*text)) : std::string();
  line = line.substr(0, line.find('\n'));
  return base::fail(Phase::read, ErrorCode::malformed, line.empty() ? path + ": wat2wasm failed" : line);
}

// wat2wasm's errors name lines. But it refuses what it does not know of WebAssembly 3.0
// yet; about that our own validator has to speak.
std::expected<base::Bytes, Error> read_text(const std::string& path) {
  auto checked = run_wat2wasm(path, true);
  if (checked) return checked;
  auto unchecked = run_wat2wasm(path, false);
  return unchecked && wasm::read_module(*unchecked, wasm::default_features()) ? unchecked : checked;
}

}  // namespace

namespace {

// A shell's <(…) is a pipe that has its other end already.
bool is_of_this_process(const std::string& path) {
  return path.starts_with("/dev/fd/") || path.starts_with("/proc/") || path == "/dev/stdin";
}

}  // namespace

std::expected<base::Bytes, Error> read_input(const std::string& path) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input");
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode) && !is_of_this_process(path)) {
    return base::fail(
        Phase::read, ErrorCode::io,
        path + " is a pipe, which may have nobody at its other end; read it as standard input: -");
  }
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return io_error(Phase::read, "cannot open", path, errno);
  auto bytes = read_all(file.get(), path);
  if (bytes && is_text(*bytes, path)) return read_text(path);
  return bytes;
}

bool is_same_file(const std::string& input, const std::string& output) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(output, ignored) &&
         std::filesystem::equivalent(input, output, ignored);
}

std::expected<void, Error> write_output(const std::string& name, base::ByteView bytes) {
  constexpr mode_t kProgram = 0755;
  if (name == "-") {
    const int error = write_all(STDOUT_FILENO, bytes);
    return error == 0 ? std::expected<void, Error>()
                      : io_error(Phase::compile, "cannot write", "standard output", error);
  }
  if (auto done = replace_file(name, bytes, kProgram); !done)
    return base::fail(Phase::compile, ErrorCode::io, std::move(done.error()));
  return {};
}

}  // namespace tenon::tools
