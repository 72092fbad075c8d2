#include "wasi/yard.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include <gtest/gtest.h>

namespace tenon::e2e {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(std::uint64_t number) { return {reinterpret_cast<const char*>(&number), sizeof number}; }

std::uint64_t inode_of(const fs::path& path) {
  struct stat found{};
  return lstat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

}  // namespace

Yard::Yard(wasi::Resolution resolution) : resolution_(resolution) {
  fs::create_directories(dir_ / "outside/directory");
  tests::write_text(dir_ / "outside/canary", kSecret);
  tests::write_text(dir_ / "outside/directory/canary", kSecret);
  fs::create_directories(dir_ / "readable/directory");
  tests::write_text(dir_ / "readable/kept", "to be read only");
  tests::write_text(dir_ / "readable/directory/kept", "to be read only");
  fs::create_symlink("kept", dir_ / "readable/link");
  for (const char* name : {"inside", "other"}) fs::create_directories(dir_ / name);
  rebuild();
  before_ = look({"outside", "readable"});
  secrets_ = {std::string(kSecret), "root:x:0:"};
  for (const char* name : {"", "outside", "outside/canary", "outside/directory"})
    secrets_.push_back(bytes_of(inode_of(dir_ / name)));
  guest_.emplace(options(), files());
}

WasiOptions Yard::options() const {
  WasiOptions options;
  options.preopen(dir_ / "inside", "/", DirectoryAccess::read_write)
      .preopen(dir_ / "readable", "/readable", DirectoryAccess::read_only)
      .preopen(dir_ / "other", "/other", DirectoryAccess::read_write);
  return options;
}

std::string Yard::outside(std::string_view name) const { return dir_ / "outside" / name; }

void Yard::rebuild() {
  if (!inside_.empty() && look({"inside", "other"}) == inside_) return;  // which is much quicker
  for (const char* name : {"inside", "other"}) {
    for (const auto& entry : fs::directory_iterator(dir_ / name)) fs::remove_all(entry.path());
  }
  fs::create_directories(dir_ / "inside/sub/inner");
  tests::write_text(dir_ / "inside/bait", "bait");
  tests::write_text(dir_ / "inside/sub/file", "file");
  fs::create_directories(dir_ / "inside/bait_directory");
  tests::write_text(dir_ / "other/file", "file");
  make_traps();
  inside_ = look({"inside", "other"});
}

// Links that lead out, made by whoever had the directory before.
void Yard::make_traps() const {
  const std::vector<std::pair<std::string, std::string>> links = {
      {"up", ".."},
      {"out", "../outside"},
      {"leak", "../outside/canary"},
      {"absolute", outside()},
      {"absolute_directory", outside("")},
      {"root", "/"},
      {"chain1", "chain2"},
      {"chain2", "sub/chain3"},
      {"sub/chain3", "../../outside/canary"},
      {"sub/through", "../up/outside/canary"},
      {"loop", "loop"},
      {"ping", "pong"},
      {"pong", "ping"},
      {"self", "."},
      {"via_self", "self/../../outside/canary"},
      {"mixed", "sub/../../outside"},
      {"slashes", ".//..//outside//canary"},
      {"process_root", "/proc/self/root"},
      {"process_cwd", "/proc/self/cwd"},
      {"process_descriptor", "/proc/self/fd/0"},
      {"dangling", "../outside/made"},
      {"dangling_directory", "../outside/made/further"},
      {"deep", "sub/inner/../../../outside/canary"},
  };
  for (const auto& [name, target] : links) fs::create_symlink(target, dir_ / "inside" / name);
}

std::map<std::string, Yard::Facts> Yard::look(const std::vector<std::string>& names) const {
  std::map<std::string, Facts> found;
  for (const std::string& name : names) {
    std::vector<fs::path> paths = {dir_ / name};
    for (const auto& entry : fs::recursive_directory_iterator(dir_ / name)) paths.push_back(entry.path());
    for (const fs::path& path : paths) {
      struct stat stat{};
      EXPECT_EQ(lstat(path.c_str(), &stat), 0);
      found[path] = {fs::is_regular_file(fs::symlink_status(path)) ? tests::read_text(path) : "",
                     stat.st_mode,
                     stat.st_ino,
                     stat.st_nlink,
                     stat.st_mtim.tv_sec,
                     stat.st_mtim.tv_nsec};
    }
  }
  return found;
}

void Yard::check(std::string_view what) {
  EXPECT_EQ(look({"outside", "readable"}), before_) << what << " changed something outside";
  const std::string_view memory = base::as_text(guest_->memory());
  for (std::size_t i = 0; i < secrets_.size(); ++i) {
    EXPECT_EQ(memory.find(secrets_[i]), std::string_view::npos) << what << " saw secret " << i;
  }
}

}  // namespace tenon::e2e
