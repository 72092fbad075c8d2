// Child processes and temporary files for tests, without a shell.
//
//   tests::TempDir dir;
//   auto result = tests::run({"wat2wasm", "x.wat", "-o", dir / "x.wasm"});
//   if (result.exit_status != 0) std::cerr << result.standard_error;
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::tests {

// A new folder, removed with all that is in it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

struct ProcessResult {
  int exit_status = -1;  // -1 where a signal ended it, or it could not be started
  int signal = 0;        // the signal that ended it, or 0
  std::string standard_output;
  std::string standard_error;
};

// Runs argv[0] (looked up in PATH where it has no slash) to its end, with
// `input` as standard input. Where it cannot be started, standard_error says why.
[[nodiscard]] ProcessResult run(const std::vector<std::string>& argv, std::string_view input = {});

// The whole of a file; empty where it cannot be read.
[[nodiscard]] std::vector<std::uint8_t> read_file(const std::filesystem::path& path);
[[nodiscard]] std::string read_text(const std::filesystem::path& path);
// False where not all could be written.
bool write_file(const std::filesystem::path& path, const std::vector<std::uint8_t>& bytes);
bool write_text(const std::filesystem::path& path, std::string_view text);

}  // namespace tenon::tests
