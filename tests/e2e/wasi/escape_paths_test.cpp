// Every path that might lead out, given to every function that takes one: each function with each
// path, by the kernel's resolution and by our own walk.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include <gtest/gtest.h>

#include "wasi/yard.hpp"

namespace tenon::e2e {
namespace {

using tests::WasiGuest;
using u32 = std::uint32_t;

constexpr u32 kCreate = 1, kDirectory = 2, kTruncate = 8;

// Does with a descriptor what can be done.
void use(WasiGuest& guest, u32 descriptor) {
  std::string text;
  guest.read(descriptor, text);
  guest.write(descriptor, "overwritten");
  guest.call("fd_filestat_get", {descriptor, 0x100});
  guest.call("fd_filestat_set_size", {descriptor, 1});
  guest.call("fd_readdir", {descriptor, 0x1000, 4096, 0, 8});
  for (const char* below : {"canary", "outside/canary", "../outside/canary"}) {
    u32 opened = 0;
    if (guest.open(descriptor, below, {.rights = kToWrite}, opened) != 0) continue;
    guest.read(opened, text);
    guest.write(opened, "overwritten");
    guest.call("fd_close", {opened});
  }
  guest.call("fd_close", {descriptor});
}

void open_and_use(WasiGuest& guest, u32 directory, std::string_view path, const WasiGuest::How& how) {
  u32 descriptor = 0;
  if (guest.open(directory, path, how, descriptor) == 0) use(guest, descriptor);
}

struct Operation {
  const char* name;
  void (*run)(WasiGuest&, u32 directory, std::string_view path);
};

const Operation kOperations[] = {
    {"open to read", [](WasiGuest& g, u32 d, std::string_view p) { open_and_use(g, d, p, {}); }},
    {"open to write",
     [](WasiGuest& g, u32 d, std::string_view p) { open_and_use(g, d, p, {.rights = kToWrite}); }},
    {"open to write, without following",
     [](WasiGuest& g, u32 d, std::string_view p) {
       open_and_use(g, d, p, {.rights = kToWrite, .lookup = 0});
     }},
    {"open with every right",
     [](WasiGuest& g, u32 d, std::string_view p) { open_and_use(g, d, p, {.rights = kAllRights}); }},
    {"open to create",
     [](WasiGuest& g, u32 d, std::string_view p) {
       open_and_use(g, d, p, {.open_flags = kCreate, .rights = kToWrite});
     }},
    {"open to truncate",
     [](WasiGuest& g, u32 d, std::string_view p) { open_and_use(g, d, p, {.open_flags = kTruncate}); }},
    {"open as a directory",
     [](WasiGuest& g, u32 d, std::string_view p) {
       open_and_use(g, d, p, {.open_flags = kDirectory, .rights = kAllOfDirectories});
     }},
    {"stat",
     [](WasiGuest& g, u32 d, std::string_view p) { g.path_call("path_filestat_get", {d, 1}, p, {0x100}); }},
    {"stat, without following",
     [](WasiGuest& g, u32 d, std::string_view p) { g.path_call("path_filestat_get", {d, 0}, p, {0x100}); }},
    {"set times", [](WasiGuest& g, u32 d,
                     std::string_view p) { g.path_call("path_filestat_set_times", {d, 1}, p, {1, 1, 5}); }},
    {"set times, without following",
     [](WasiGuest& g, u32 d, std::string_view p) {
       g.path_call("path_filestat_set_times", {d, 0}, p, {1, 1, 5});
     }},
    {"create a directory",
     [](WasiGuest& g, u32 d, std::string_view p) { g.path_call("path_create_directory", {d}, p); }},
    {"remove a directory",
     [](WasiGuest& g, u32 d, std::string_view p) { g.path_call("path_remove_directory", {d}, p); }},
    {"unlink", [](WasiGuest& g, u32 d, std::string_view p) { g.path_call("path_unlink_file", {d}, p); }},
    {"rename from",
     [](WasiGuest& g, u32 d, std::string_view p) {
       g.two_paths("path_rename", {d}, p, kInside, "grabbed");
       open_and_use(g, kInside, "grabbed", {.rights = kToWrite});
       open_and_use(g, kInside, "grabbed", {.open_flags = kDirectory, .rights = kAllOfDirectories});
     }},
    {"rename from, to another",
     [](WasiGuest& g, u32 d, std::string_view p) {
       g.two_paths("path_rename", {d}, p, kOther, "grabbed");
       open_and_use(g, kOther, "grabbed", {.rights = kToWrite});
     }},
    {"rename to",
     [](WasiGuest& g, u32 d, std::string_view p) {
       g.two_paths("path_rename", {kInside}, "bait", d, p);
       g.two_paths("path_rename", {kInside}, "bait_directory", d, p);
     }},
    {"link from",
     [](WasiGuest& g, u32 d, std::string_view p) {
       for (const u32 follow : {0u, 1u}) g.two_paths("path_link", {d, follow}, p, kInside, "grabbed");
       open_and_use(g, kInside, "grabbed", {.rights = kToWrite});
     }},
    {"link to",
     [](WasiGuest& g, u32 d, std::string_view p) { g.two_paths("path_link", {kInside, 0}, "bait", d, p); }},
    {"symlink at",
     [](WasiGuest& g, u32 d, std::string_view p) { g.two_paths("path_symlink", {}, "bait", d, p); }},
    {"symlink to",
     [](WasiGuest& g, u32 d, std::string_view p) {
       g.two_paths("path_symlink", {}, p, kInside, "made");
       g.two_paths("path_symlink", {}, p, kInside, "sub/made");
       for (const char* made : {"made", "sub/made", "made/canary"})
         open_and_use(g, d, made, {.rights = kToWrite});
     }},
    {"read a link",
     [](WasiGuest& g, u32 d, std::string_view p) { g.path_call("path_readlink", {d}, p, {0x100, 512, 8}); }},
};

std::vector<std::string> paths(const Yard& yard) {
  std::vector<std::string> made = {
      "..", "../", "../.", "./..", "../outside", "../outside/", "../outside/canary", "./../outside/canary",
      "../../../../../../../../etc/passwd", "sub/../../outside/canary", "sub/inner/../../../outside/canary",
      "sub/inner/../../../outside", "sub/./../.././outside/canary", "sub//..//..//outside//canary",
      "..//outside/canary", "nothing/../../outside/canary", "bait/../../outside/canary",
      "../inside/../outside/canary", "../inside/bait/../../outside/canary", "/", "//", "/.", "/..",
      "/etc/passwd", "//etc/passwd", "/./etc/passwd", "/proc/self/root/etc/passwd", "/proc/self/cwd",
      "/dev/null",
      // The traps.
      "up", "up/", "up/.", "up/outside/canary", "up/outside", "out", "out/", "out/canary", "out/directory",
      "out/../outside/canary", "leak", "leak/", "leak/.", "absolute", "absolute_directory",
      "absolute_directory/", "absolute_directory/canary", "root", "root/", "root/etc/passwd", "chain1",
      "chain1/", "sub/chain3", "sub/through", "sub/../leak", "loop", "loop/", "loop/canary", "ping",
      "ping/canary", "self/self/../outside/canary", "self/self/self/leak", "via_self", "mixed",
      "mixed/canary", "mixed/directory/canary", "slashes", "process_root", "process_root/etc/passwd",
      "process_cwd", "process_cwd/", "process_descriptor", "dangling", "dangling/", "dangling_directory",
      "dangling_directory/file", "deep", "self/deep", "out/made", "up/made", "mixed/made",
      "absolute_directory/made"};
  for (const std::string& absolute : {yard.outside(), yard.outside("")}) {
    for (const char* before : {"", "/", "root", "root/", "process_root", "up/.."})
      made.push_back(before + absolute);
  }
  return made;
}

class WasiEscapes : public testing::TestWithParam<wasi::Resolution> {};

INSTANTIATE_TEST_SUITE_P(Both, WasiEscapes,
                         testing::Values(wasi::Resolution::automatic, wasi::Resolution::walk),
                         [](const auto& info) {
                           return info.param == wasi::Resolution::walk ? "walk" : "kernel";
                         });

void try_all(Yard& yard, u32 directory, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    for (const Operation& operation : kOperations) {
      std::ranges::fill(yard.guest().memory().first(0x50000), 0);
      operation.run(yard.guest(), directory, path);
      yard.check(std::string(operation.name) + " \"" + path + '"');
      if (testing::Test::HasFailure()) return;
      yard.rebuild();
    }
  }
}

TEST_P(WasiEscapes, NoPathLeadsOut) {
  Yard yard(GetParam());
  try_all(yard, kInside, paths(yard));
}

// A directory that was opened is a root as well, also for paths that lead to what the guest
// may otherwise have.
TEST_P(WasiEscapes, NoPathLeadsOutOfADirectoryBelow) {
  Yard yard(GetParam());
  u32 below = 0;
  ASSERT_EQ(yard.guest().open(kInside, "sub", {.open_flags = kDirectory, .rights = kAllOfDirectories}, below),
            0u);
  std::filesystem::rename(yard.path("inside/sub"), yard.path("outside/moved"));
  for (const char* path : {"..", "../canary", "../../outside/canary", "inner/../../canary"}) {
    for (const WasiGuest::How& how :
         {WasiGuest::How{}, WasiGuest::How{.rights = kToWrite},
          WasiGuest::How{.open_flags = kDirectory, .rights = kAllOfDirectories}}) {
      u32 opened = 0;
      EXPECT_EQ(yard.guest().open(below, path, how, opened), 63u) << path;
    }
    EXPECT_NE(yard.guest().path_call("path_filestat_get", {below, 1}, path, {0x100}), 0u) << path;
  }
  u32 opened = 0;
  EXPECT_EQ(yard.guest().open(below, "inner/../file", opened), 0u);
}

// What the guest has to do with it is none of its business; but a host may give /proc.
TEST_P(WasiEscapes, MagicLinksAreNotFollowed) {
  Yard yard(GetParam());
  const int held = open(yard.outside().c_str(), O_RDWR | O_CLOEXEC);
  const int directory = open(yard.outside("").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  auto options = yard.options();
  options.preopen("/proc/self", "/proc", DirectoryAccess::read_write);
  yard.use(WasiGuest(options, yard.files()));
  constexpr u32 kProc = 6;
  std::vector<std::string> paths = {"root/etc/passwd",
                                    "root",
                                    "cwd",
                                    "cwd/",
                                    "exe",
                                    "fd/0",
                                    "fd/1",
                                    "task/../root/etc/passwd",
                                    "ns/mnt",
                                    "../self/root/etc/passwd",
                                    "../1/root/etc/passwd"};
  paths.push_back("root" + yard.outside());
  paths.push_back("fd/" + std::to_string(held));
  paths.push_back("fd/" + std::to_string(directory));
  paths.push_back("fd/" + std::to_string(directory) + "/canary");
  for (const std::string& path : paths) {
    for (const WasiGuest::How& how :
         {WasiGuest::How{}, WasiGuest::How{.rights = kToWrite}, WasiGuest::How{.open_flags = kDirectory}}) {
      open_and_use(yard.guest(), kProc, path, how);
      yard.check(path);
    }
  }
  // Nor are the process's own files opened, which are no links.
  options.preopen("/", "/", DirectoryAccess::read_only);
  yard.use(WasiGuest(options, yard.files()));
  u32 opened = 0;
  for (const char* path : {"mem", "maps", "environ", "cmdline", "task/../mem"})
    EXPECT_EQ(yard.guest().open(kProc, path, opened), 2u) << path;  // acces
  for (const char* path : {"proc/self/mem", "proc/thread-self/mem", "proc/meminfo", "proc/./self/maps"})
    EXPECT_EQ(yard.guest().open(kProc + 1, path, opened), 2u) << path;
  EXPECT_EQ(yard.guest().open(kProc, "mem", {.rights = kToWrite}, opened), 2u);
  close(held);
  close(directory);
}

}  // namespace
}  // namespace tenon::e2e
