// Directories for guests that try to get out: what they are given, and beside it what they must
// never read or change.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "support/wasi_guest.hpp"
#include "wasi/files/host_file_system.hpp"

namespace tenon::e2e {

// The guest's directories and their descriptors.
inline constexpr std::uint32_t kInside = 3;    // read and write
inline constexpr std::uint32_t kReadable = 4;  // read only
inline constexpr std::uint32_t kOther = 5;     // read and write

inline constexpr std::uint64_t kAllRights = ~std::uint64_t{0};
inline constexpr std::uint64_t kAllOfDirectories = kAllRights & ~(std::uint64_t{1} << 6);  // not to write
inline constexpr std::uint64_t kToWrite = 1u << 1 | 1u << 6;                               // and read

class Yard {
 public:
  static constexpr std::string_view kSecret = "CANARY:the guest must never see this";

  explicit Yard(wasi::Resolution resolution);
  // Makes `inside` and `other` as they were in the beginning. The guest keeps its directories.
  void rebuild();
  [[nodiscard]] std::string outside(std::string_view name = "canary") const;
  [[nodiscard]] std::filesystem::path path(std::string_view name) const { return dir_ / name; }
  [[nodiscard]] tests::WasiGuest& guest() { return *guest_; }
  void use(tests::WasiGuest guest) { guest_.emplace(std::move(guest)); }
  [[nodiscard]] std::shared_ptr<wasi::FileSystem> files() const {
    return std::make_shared<wasi::HostFileSystem>(resolution_);
  }
  [[nodiscard]] WasiOptions options() const;

  // Fails the test where the guest has seen or changed something that it must not.
  void check(std::string_view what);

 private:
  // All that is known of a file.
  using Facts =
      std::tuple<std::string, std::uint64_t, std::uint64_t, std::uint64_t, std::int64_t, std::int64_t>;
  [[nodiscard]] std::map<std::string, Facts> look(const std::vector<std::string>& names) const;
  void make_traps() const;

  tests::TempDir dir_;
  wasi::Resolution resolution_;
  std::map<std::string, Facts> before_;  // of what is outside
  std::map<std::string, Facts> inside_;  // as rebuild() leaves it
  std::vector<std::string> secrets_;     // bytes that must not be in the guest's memory
  std::optional<tests::WasiGuest> guest_;
};

}  // namespace tenon::e2e
