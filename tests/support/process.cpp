#include "support/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

extern char** environ;

namespace tenon::tests {

namespace {

// The child's three standard streams as files: nothing to drain, no deadlock.
class Redirections {
 public:
  explicit Redirections(const TempDir& dir) {
    posix_spawn_file_actions_init(&actions_);
    open(0, dir / "in", O_RDONLY);
    open(1, dir / "out", O_WRONLY | O_CREAT | O_TRUNC);
    open(2, dir / "err", O_WRONLY | O_CREAT | O_TRUNC);
  }
  ~Redirections() { posix_spawn_file_actions_destroy(&actions_); }
  Redirections(const Redirections&) = delete;
  Redirections& operator=(const Redirections&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  void open(int descriptor, const std::filesystem::path& path, int flags) {
    posix_spawn_file_actions_addopen(&actions_, descriptor, path.c_str(), flags, 0600);
  }
  posix_spawn_file_actions_t actions_;
};

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return status;
}

}  // namespace

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "tenon-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("mkdtemp: " + std::string(strerror(errno)));
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

ProcessResult run(const std::vector<std::string>& argv, std::string_view input) {
  TempDir dir;
  write_text(dir / "in", input);
  std::vector<char*> arguments;
  for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  ProcessResult result;
  Redirections streams(dir);
  pid_t child = 0;
  const int error = posix_spawnp(&child, arguments[0], streams.actions(), nullptr, arguments.data(), environ);
  if (error != 0) {
    result.standard_error = argv[0] + ": " + strerror(error);
    return result;
  }
  const int status = wait_for(child);
  if (WIFEXITED(status)) result.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  result.standard_output = read_text(dir / "out");
  result.standard_error = read_text(dir / "err");
  return result;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  const std::string text = read_text(path);
  return {text.begin(), text.end()};
}

bool write_text(const std::filesystem::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  return out.flush().good();
}

bool write_file(const std::filesystem::path& path, const std::vector<std::uint8_t>& bytes) {
  return write_text(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace tenon::tests
