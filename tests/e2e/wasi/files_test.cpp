// Files and directories of WASI preview 1, each test by the kernel's resolution of paths and
// by our own walk.
#include <algorithm>
#include <set>

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/wasi_guest.hpp"
#include "wasi/files/host_file_system.hpp"
#include "wasi/wasi.hpp"

namespace tenon::e2e {
namespace {

using tests::WasiGuest;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u32 kSuccess = 0, kBadDescriptor = 8, kExists = 20, kInvalid = 28, kIsDirectory = 31, kLoop = 32,
              kTooManyDescriptors = 33, kNoEntry = 44, kNotDirectory = 54, kNotEmpty = 55, kNotSupported = 58,
              kNotPermitted = 63, kNotSeekable = 70, kNotCapable = 76;
constexpr u32 kCreate = 1, kDirectory = 2, kExclusive = 4, kTruncate = 8;
constexpr u64 kRightRead = 1u << 1, kRightSeek = 1u << 2, kRightTell = 1u << 5, kRightWrite = 1u << 6;
constexpr u32 kRoot = 3;  // the first directory that a guest is given

class WasiFiles : public testing::TestWithParam<wasi::Resolution> {
 protected:
  void SetUp() override {
    tests::write_text(dir_ / "hello", "hello, world");
    std::filesystem::create_directories(dir_ / "sub/inner");
    tests::write_text(dir_ / "sub/file", "below");
    std::filesystem::create_symlink("sub/file", dir_ / "link");
    std::filesystem::create_directory_symlink("sub", dir_ / "way");
    guest_.emplace(WasiOptions{}.preopen(dir_.path(), "/", DirectoryAccess::read_write), files());
  }
  static std::shared_ptr<wasi::FileSystem> files() {
    return std::make_shared<wasi::HostFileSystem>(GetParam());
  }
  u32 open(std::string_view path, const WasiGuest::How& how = {}) {
    u32 number = 0;
    error_ = guest_->open(kRoot, path, how, number);
    return number;
  }
  u32 open_error(std::string_view path, const WasiGuest::How& how = {}) {
    open(path, how);
    return error_;
  }
  std::string read(u32 descriptor) {
    std::string text;
    EXPECT_EQ(guest_->read(descriptor, text), kSuccess);
    return text;
  }
  // The entries of a directory, read with a room of that size.
  std::vector<std::string> list(u32 descriptor, u32 room) {
    std::vector<std::string> names;
    for (u64 cookie = 0;;) {
      EXPECT_EQ(guest_->call("fd_readdir", {descriptor, 0x40000, room, cookie, 8}), kSuccess);
      const u32 used = guest_->load<u32>(8);
      u32 at = 0;
      while (at + 24 <= used) {
        const u32 size = guest_->load<u32>(0x40000 + at + 16);
        if (at + 24 + size > used) break;
        names.emplace_back(base::as_text(guest_->memory().subspan(0x40000 + at + 24, size)));
        cookie = guest_->load<u64>(0x40000 + at);
        at += 24 + size;
      }
      if (used < room) return names;
    }
  }

  tests::TempDir dir_;
  std::optional<WasiGuest> guest_;
  u32 error_ = 0;
};

// Safety: a guest that may write what is around a directory may put a link in its place, and
// wait for the next guest to be given what that leads to.
TEST_P(WasiFiles, DirectoriesInOthersStayThere) {
  const tests::TempDir secret;
  tests::write_text(secret / "key", "outside");
  const auto options = [&] {
    return WasiOptions{}
        .preopen(dir_.path(), "/", DirectoryAccess::read_write)
        .preopen(dir_ / "sub/inner", "/inner", DirectoryAccess::read_write);
  };
  const auto shared = options();
  WasiGuest first(shared, files());
  tests::write_text(dir_ / "sub/inner/mine", "inside");
  std::filesystem::rename(dir_ / "sub/inner", dir_ / "moved");
  std::filesystem::create_directory_symlink(secret.path(), dir_ / "sub/inner");
  u32 number = 0;
  // Of the same options: the directory that the host gave, wherever it is now.
  WasiGuest second(shared, files());
  EXPECT_EQ(second.open(kRoot + 1, "mine", {}, number), kSuccess);
  EXPECT_EQ(second.open(kRoot + 1, "key", {}, number), kNoEntry);
  // Of others, which open it anew.
  Imports imports;
  const auto refused = wasi::add(imports, options(), files());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("a link on its way leads out of a directory"));
  // A link that stays inside is followed.
  std::filesystem::remove(dir_ / "sub/inner");
  std::filesystem::create_directory_symlink("../moved", dir_ / "sub/inner");
  WasiGuest third(options(), files());
  EXPECT_EQ(third.open(kRoot + 1, "mine", {}, number), kSuccess);
}

INSTANTIATE_TEST_SUITE_P(Both, WasiFiles,
                         testing::Values(wasi::Resolution::automatic, wasi::Resolution::walk),
                         [](const auto& info) {
                           return info.param == wasi::Resolution::walk ? "walk" : "kernel";
                         });

TEST_P(WasiFiles, APreopenHasItsName) {
  EXPECT_EQ(guest_->call("fd_prestat_get", {kRoot, 8}), kSuccess);
  EXPECT_EQ(guest_->load<u32>(8), 0u);
  EXPECT_EQ(guest_->load<u32>(12), 1u);
  EXPECT_EQ(guest_->call("fd_prestat_dir_name", {kRoot, 16, 1}), kSuccess);
  EXPECT_EQ(guest_->load<char>(16), '/');
  EXPECT_EQ(guest_->call("fd_prestat_dir_name", {kRoot, 16, 0}), 37u);
  EXPECT_EQ(guest_->call("fd_prestat_get", {kRoot + 1, 8}), kBadDescriptor);
  EXPECT_EQ(guest_->call("fd_prestat_get", {1, 8}), kBadDescriptor);
}

TEST_P(WasiFiles, ReadsByEveryPath) {
  for (const char* path : {"hello", "./hello", "sub/../hello", "sub/inner/../..//hello", "way/../hello"})
    EXPECT_EQ(read(open(path)), "hello, world") << path;
  for (const char* path : {"sub/file", "link", "way/file", "way/inner/../file", "sub/./file"})
    EXPECT_EQ(read(open(path)), "below") << path;
}

TEST_P(WasiFiles, ErrorsOfOpening) {
  EXPECT_EQ(open_error("nothing"), kNoEntry);
  EXPECT_EQ(open_error(""), kNoEntry);
  EXPECT_EQ(open_error("nothing/file"), kNoEntry);
  EXPECT_EQ(open_error("hello/file"), kNotDirectory);
  EXPECT_EQ(open_error("hello/"), kNotDirectory);
  EXPECT_EQ(open_error("hello", {.open_flags = kDirectory}), kNotDirectory);
  EXPECT_EQ(open_error("link", {.lookup = 0}), kLoop);
  EXPECT_EQ(open_error("hello", {.open_flags = 16}), kInvalid);
  EXPECT_EQ(open_error("hello", {.flags = 32}), kInvalid);
  EXPECT_EQ(open_error("hello", {.lookup = 2}), kInvalid);
  EXPECT_EQ(open_error("hello", {.open_flags = kCreate | kExclusive}), kExists);
  EXPECT_EQ(open_error("link", {.open_flags = kCreate | kExclusive}), kExists);
  EXPECT_EQ(open_error("sub", {.rights = kRightRead | kRightWrite}), kIsDirectory);
  EXPECT_EQ(open_error("sub", {.open_flags = kDirectory, .rights = kRightRead | kRightWrite}), kIsDirectory);
  EXPECT_EQ(open_error("sub", {.open_flags = kDirectory, .rights = kRightRead}), kSuccess);
  EXPECT_EQ(open_error("none", {.open_flags = kDirectory, .rights = kRightWrite}), kNoEntry);
  EXPECT_EQ(open_error("hello", {.open_flags = kDirectory, .rights = kRightWrite}), kNotDirectory);
  EXPECT_NE(open_error("new/", {.open_flags = kCreate}), kSuccess);
  EXPECT_FALSE(std::filesystem::exists(dir_ / "new"));
  u32 number = 0;
  EXPECT_EQ(guest_->open(1, "hello", number), kNotDirectory);
  EXPECT_EQ(guest_->open(77, "hello", number), kBadDescriptor);
}

TEST_P(WasiFiles, WritesSeeksAndTruncates) {
  const u64 rights =
      kRightRead | kRightWrite | kRightSeek | kRightTell | 1u << 22 | 1u << 21 | 1u << 8 | 1u << 3;
  const u32 file = open("new", {.open_flags = kCreate | kExclusive, .rights = rights});
  ASSERT_EQ(error_, kSuccess);
  EXPECT_EQ(guest_->write(file, "0123456789"), kSuccess);
  EXPECT_EQ(guest_->call("fd_tell", {file, 8}), kSuccess);
  EXPECT_EQ(guest_->load<u64>(8), 10u);
  EXPECT_EQ(guest_->call("fd_seek", {file, 2, 0, 8}), kSuccess);
  EXPECT_EQ(read(file), "23456789");
  EXPECT_EQ(guest_->call("fd_seek", {file, static_cast<u64>(-3), 2, 8}), kSuccess);
  EXPECT_EQ(guest_->load<u64>(8), 7u);
  EXPECT_EQ(guest_->call("fd_seek", {file, static_cast<u64>(-30), 1, 8}), kInvalid);
  EXPECT_EQ(guest_->call("fd_seek", {file, 0, 3, 8}), kInvalid);
  guest_->store(0x100, {0x200, 2});
  guest_->store(0x200, "ab");
  EXPECT_EQ(guest_->call("fd_pwrite", {file, 0x100, 1, 4, 8}), kSuccess);
  EXPECT_EQ(guest_->call("fd_pread", {file, 0x100, 1, 3, 8}), kSuccess);
  EXPECT_EQ(base::as_text(guest_->memory().subspan(0x200, 2)), "3a");
  EXPECT_EQ(guest_->call("fd_filestat_set_size", {file, 6}), kSuccess);
  EXPECT_EQ(tests::read_text(dir_ / "new"), "0123ab");
  EXPECT_EQ(guest_->call("fd_allocate", {file, 0, 16}), kSuccess);
  EXPECT_EQ(std::filesystem::file_size(dir_ / "new"), 16u);
  EXPECT_EQ(guest_->call("fd_fdstat_set_flags", {file, 1}), kSuccess);  // append
  EXPECT_EQ(guest_->call("fd_filestat_set_size", {file, 3}), kSuccess);
  EXPECT_EQ(guest_->write(file, "end"), kSuccess);
  EXPECT_EQ(tests::read_text(dir_ / "new"), "012end");
  EXPECT_EQ(guest_->call("fd_fdstat_set_flags", {file, 2}), kNotSupported);  // dsync
  EXPECT_EQ(guest_->call("fd_close", {file}), kSuccess);
  EXPECT_EQ(guest_->write(file, "late"), kBadDescriptor);
  EXPECT_EQ(open_error("new", {.open_flags = kTruncate}), kSuccess);
  EXPECT_EQ(tests::read_text(dir_ / "new"), "");
}

TEST_P(WasiFiles, CreatesThroughALinkToNothing) {
  std::filesystem::create_symlink("sub/later", dir_ / "dangling");
  EXPECT_EQ(open_error("dangling", {.open_flags = kCreate}), kSuccess);
  EXPECT_TRUE(std::filesystem::exists(dir_ / "sub/later"));
}

TEST_P(WasiFiles, ADescriptorDoesWhatItsRightsSay) {
  const u32 file = open("hello", {.rights = kRightRead});
  ASSERT_EQ(error_, kSuccess);
  EXPECT_EQ(guest_->call("fd_seek", {file, 0, 0, 8}), kNotCapable);
  EXPECT_EQ(guest_->call("fd_tell", {file, 8}), kNotCapable);
  EXPECT_EQ(guest_->write(file, "x"), kBadDescriptor);
  EXPECT_EQ(guest_->call("fd_filestat_get", {file, 8}), kNotCapable);
  EXPECT_EQ(guest_->call("fd_filestat_set_size", {file, 0}), kNotCapable);
  EXPECT_EQ(guest_->call("fd_fdstat_set_rights", {file, kRightRead | kRightWrite, 0}), kNotCapable);
  EXPECT_EQ(guest_->call("fd_fdstat_set_rights", {file, 0, 0}), kSuccess);
  std::string text;
  EXPECT_EQ(guest_->read(file, text), kBadDescriptor);
  EXPECT_EQ(guest_->call("fd_fdstat_set_rights", {file, kRightRead, 0}), kNotCapable);
  EXPECT_EQ(guest_->call("fd_pread", {0, 0x100, 0, 0, 8}), kNotSeekable);
}

TEST_P(WasiFiles, ReadsDirectoriesWithAnyRoom) {
  std::set<std::string> wanted = {".", "..", "sub", "hello", "link", "way"};
  for (int i = 0; i < 300; ++i) {
    const std::string name = "file with a long name " + std::to_string(i);
    tests::write_text(dir_ / name, "");
    wanted.insert(name);
  }
  for (const u32 room : {64u, 256u, 4096u, 1u << 16}) {
    const auto names = list(kRoot, room);
    EXPECT_EQ(names.size(), wanted.size()) << room;
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), wanted) << room;
  }
  EXPECT_EQ(list(open("sub/inner", {.open_flags = kDirectory}), 128), list(open("way/inner"), 4096));
  EXPECT_EQ(guest_->call("fd_readdir", {open("hello"), 0x40000, 64, 0, 8}), kNotDirectory);
  EXPECT_EQ(guest_->call("fd_readdir", {kRoot, 0x40000, 64, ~u64{0}, 8}), kInvalid);
}

TEST_P(WasiFiles, MakesAndRemovesDirectories) {
  EXPECT_EQ(guest_->path_call("path_create_directory", {kRoot}, "sub/made/"), kSuccess);
  EXPECT_TRUE(std::filesystem::is_directory(dir_ / "sub/made"));
  EXPECT_EQ(guest_->path_call("path_create_directory", {kRoot}, "sub/made"), kExists);
  EXPECT_EQ(guest_->path_call("path_create_directory", {kRoot}, "."), kExists);
  EXPECT_EQ(guest_->path_call("path_remove_directory", {kRoot}, "sub"), kNotEmpty);
  EXPECT_EQ(guest_->path_call("path_remove_directory", {kRoot}, "hello"), kNotDirectory);
  EXPECT_EQ(guest_->path_call("path_remove_directory", {kRoot}, "way/made"), kSuccess);
  EXPECT_EQ(guest_->path_call("path_unlink_file", {kRoot}, "sub"), kIsDirectory);
  EXPECT_EQ(guest_->path_call("path_unlink_file", {kRoot}, "hello/"), kNotDirectory);
  EXPECT_EQ(guest_->path_call("path_unlink_file", {kRoot}, "hello"), kSuccess);
  EXPECT_FALSE(std::filesystem::exists(dir_ / "hello"));
  EXPECT_EQ(guest_->path_call("path_unlink_file", {kRoot}, "way"), kSuccess);  // the link, not its target
  EXPECT_TRUE(std::filesystem::exists(dir_ / "sub/file"));
}

TEST_P(WasiFiles, LinksAndRenames) {
  EXPECT_EQ(guest_->two_paths("path_rename", {kRoot}, "hello", kRoot, "sub/moved"), kSuccess);
  EXPECT_EQ(tests::read_text(dir_ / "sub/moved"), "hello, world");
  EXPECT_EQ(guest_->two_paths("path_rename", {kRoot}, "sub/moved/", kRoot, "x"), kNotDirectory);
  EXPECT_EQ(guest_->two_paths("path_rename", {kRoot}, "sub/moved", kRoot, "x/"), kNotDirectory);
  EXPECT_EQ(guest_->two_paths("path_link", {kRoot, 0}, "sub/moved", kRoot, "again"), kSuccess);
  EXPECT_EQ(std::filesystem::hard_link_count(dir_ / "again"), 2u);
  EXPECT_EQ(guest_->two_paths("path_link", {kRoot, 1}, "sub/moved", kRoot, "third"), kInvalid);
  EXPECT_EQ(guest_->two_paths("path_link", {kRoot, 0}, "again", kRoot, "link"), kExists);
  // The target comes first, and then the directory.
  EXPECT_EQ(guest_->two_paths("path_symlink", {}, "file", kRoot, "sub/made"), kSuccess);
  EXPECT_EQ(read(open("sub/made")), "below");
  EXPECT_EQ(guest_->path_call("path_readlink", {kRoot}, "sub/made", {0x100, 64, 8}), kSuccess);
  EXPECT_EQ(base::as_text(guest_->memory().subspan(0x100, guest_->load<u32>(8))), "file");
  EXPECT_EQ(guest_->path_call("path_readlink", {kRoot}, "sub/made", {0x100, 2, 8}), kSuccess);
  EXPECT_EQ(guest_->load<u32>(8), 2u);
  EXPECT_EQ(guest_->path_call("path_readlink", {kRoot}, "sub/file", {0x100, 64, 8}), kInvalid);
}

TEST_P(WasiFiles, SaysWhatAFileIs) {
  struct stat wanted{};
  ASSERT_EQ(stat((dir_ / "hello").c_str(), &wanted), 0);
  EXPECT_EQ(guest_->path_call("path_filestat_get", {kRoot, 1}, "hello", {0x100}), kSuccess);
  EXPECT_EQ(guest_->load<u64>(0x108), wanted.st_ino);
  EXPECT_EQ(guest_->load<std::uint8_t>(0x110), 4u);
  EXPECT_EQ(guest_->load<u64>(0x118), 1u);
  EXPECT_EQ(guest_->load<u64>(0x120), 12u);
  EXPECT_EQ(guest_->path_call("path_filestat_get", {kRoot, 0}, "link", {0x100}), kSuccess);
  EXPECT_EQ(guest_->load<std::uint8_t>(0x110), 7u);
  EXPECT_EQ(guest_->path_call("path_filestat_get", {kRoot, 1}, "link", {0x100}), kSuccess);
  EXPECT_EQ(guest_->load<std::uint8_t>(0x110), 4u);
  EXPECT_EQ(guest_->path_call("path_filestat_get", {kRoot, 1}, ".", {0x100}), kSuccess);
  EXPECT_EQ(guest_->load<std::uint8_t>(0x110), 3u);
  EXPECT_EQ(guest_->call("fd_filestat_get", {open("sub/file"), 0x100}), kSuccess);
  EXPECT_EQ(guest_->load<u64>(0x120), 5u);
  EXPECT_EQ(guest_->call("fd_filestat_get", {1, 0x100}), kSuccess);
  EXPECT_EQ(guest_->load<std::uint8_t>(0x110), 2u);
}

TEST_P(WasiFiles, SetsTimes) {
  const u64 second = 1'000'000'000;
  EXPECT_EQ(
      guest_->path_call("path_filestat_set_times", {kRoot, 1}, "link", {5 * second, 7 * second + 9, 1 | 4}),
      kSuccess);
  EXPECT_EQ(guest_->path_call("path_filestat_get", {kRoot, 1}, "sub/file", {0x100}), kSuccess);
  EXPECT_EQ(guest_->load<u64>(0x128), 5 * second);
  EXPECT_EQ(guest_->load<u64>(0x130), 7 * second + 9);
  EXPECT_EQ(guest_->path_call("path_filestat_set_times", {kRoot, 0}, "link", {second, 3 * second, 4}),
            kSuccess);
  EXPECT_EQ(guest_->path_call("path_filestat_get", {kRoot, 0}, "link", {0x100}), kSuccess);
  EXPECT_EQ(guest_->load<u64>(0x130), 3 * second);
  EXPECT_EQ(guest_->path_call("path_filestat_get", {kRoot, 1}, "link", {0x100}), kSuccess);
  EXPECT_EQ(guest_->load<u64>(0x130), 7 * second + 9);
  EXPECT_EQ(guest_->path_call("path_filestat_set_times", {kRoot, 1}, "link", {0, 0, 1 | 2}), kInvalid);
  const u32 file = open("sub/file", {.rights = kRightRead | 1u << 23});
  EXPECT_EQ(guest_->call("fd_filestat_set_times", {file, 0, 11 * second, 4}), kSuccess);
  EXPECT_EQ(guest_->path_call("path_filestat_get", {kRoot, 1}, "sub/file", {0x100}), kSuccess);
  EXPECT_EQ(guest_->load<u64>(0x130), 11 * second);
}

TEST_P(WasiFiles, SyncsAndAdvises) {
  const u32 file = open("hello", {.rights = 1u << 0 | 1u << 4 | 1u << 7});
  ASSERT_EQ(error_, kSuccess);
  EXPECT_EQ(guest_->call("fd_sync", {file}), kSuccess);
  EXPECT_EQ(guest_->call("fd_datasync", {file}), kSuccess);
  EXPECT_EQ(guest_->call("fd_advise", {file, 0, 0, 1}), kSuccess);
  EXPECT_EQ(guest_->call("fd_advise", {file, 0, 0, 6}), kInvalid);
  EXPECT_EQ(guest_->call("fd_advise", {file, ~u64{0}, 0, 1}), kInvalid);
  EXPECT_EQ(guest_->call("fd_sync", {1}), kNotCapable);
}

// The name by which the host gave the directory goes along.
TEST_P(WasiFiles, GivenDirectoriesAreRenumbered) {
  const u32 below = open("sub", {.open_flags = kDirectory, .rights = 1u << 13});  // to open below it
  ASSERT_EQ(guest_->call("fd_renumber", {below, kRoot}), kSuccess);
  EXPECT_EQ(guest_->call("fd_fdstat_get", {below, 0x100}), kBadDescriptor);
  EXPECT_EQ(guest_->call("fd_prestat_get", {kRoot, 0x100}), kBadDescriptor);
  EXPECT_EQ(read(open("file")), "below");

  guest_.emplace(WasiOptions{}.preopen(dir_.path(), "/named"), files());
  ASSERT_EQ(guest_->call("fd_renumber", {kRoot, 0}), kSuccess);
  EXPECT_EQ(guest_->call("fd_prestat_get", {kRoot, 0x100}), kBadDescriptor);
  ASSERT_EQ(guest_->call("fd_prestat_get", {0, 0x100}), kSuccess);
  EXPECT_EQ(guest_->load<u32>(0x104), 6u);
  u32 file = 0;
  EXPECT_EQ(guest_->open(0, "hello", file), kSuccess);
}

TEST_P(WasiFiles, DescriptorsAreRenumberedAndLimited) {
  const u32 first = open("hello"), second = open("sub/file");
  EXPECT_EQ(guest_->call("fd_renumber", {first, second}), kSuccess);
  EXPECT_EQ(read(second), "hello, world");
  EXPECT_EQ(guest_->call("fd_close", {first}), kBadDescriptor);
  EXPECT_EQ(open("sub/file"), first);  // the lowest that is free
  EXPECT_EQ(guest_->call("fd_renumber", {first, 200}), kBadDescriptor);
  EXPECT_EQ(guest_->call("fd_renumber", {first, 0}), kSuccess);
  EXPECT_EQ(read(0), "below");

  WasiOptions few;
  few.preopen(dir_.path(), ".").descriptor_limit = 6;
  guest_.emplace(few, files());
  EXPECT_EQ(open("hello"), 4u);
  EXPECT_EQ(open("hello"), 5u);
  EXPECT_EQ(open_error("hello"), kTooManyDescriptors);
  EXPECT_EQ(guest_->call("fd_close", {4}), kSuccess);
  EXPECT_EQ(open("hello"), 4u);
}

TEST_P(WasiFiles, AFullTableMakesNoFile) {
  WasiOptions few;
  few.preopen(dir_.path(), ".", DirectoryAccess::read_write).descriptor_limit = 4;
  guest_.emplace(few, files());
  EXPECT_EQ(open_error("made", {.open_flags = kCreate}), kTooManyDescriptors);
  EXPECT_FALSE(std::filesystem::exists(dir_ / "made"));
}

TEST_P(WasiFiles, AbsoluteTargetsAreRefused) {
  EXPECT_EQ(guest_->two_paths("path_symlink", {}, "/etc/passwd", kRoot, "made"), kNotPermitted);
  EXPECT_FALSE(std::filesystem::is_symlink(dir_ / "made"));
  std::filesystem::create_symlink("/etc/passwd", dir_ / "absolute");
  EXPECT_EQ(guest_->path_call("path_readlink", {kRoot}, "absolute", {0x100, 64, 8}), kNotPermitted);
}

TEST_P(WasiFiles, TheUnstableVersionHasItsOwnLayouts) {
  const tests::Guest module(tests::wasi_guest_text("wasi_unstable"), {.optimization_level = 0});
  guest_.emplace(module.module(), WasiOptions{}.preopen(dir_.path(), "/"), files());
  std::memset(guest_->memory().data(), 0xAA, 0x200);
  EXPECT_EQ(guest_->path_call("path_filestat_get", {kRoot, 1}, "hello", {0x100}), kSuccess);
  EXPECT_EQ(guest_->load<u32>(0x110), 4u);   // type
  EXPECT_EQ(guest_->load<u32>(0x114), 1u);   // links
  EXPECT_EQ(guest_->load<u64>(0x118), 12u);  // size
  EXPECT_EQ(guest_->load<u64>(0x138), 0xAAAAAAAAAAAAAAAAu);
  const u32 file = open("hello");
  EXPECT_EQ(guest_->call("fd_seek", {file, 4, 2, 8}), kSuccess);  // from the start
  EXPECT_EQ(guest_->load<u64>(8), 4u);
  EXPECT_EQ(guest_->call("fd_seek", {file, 4, 0, 8}), kSuccess);  // from here
  EXPECT_EQ(guest_->load<u64>(8), 8u);
  EXPECT_EQ(guest_->call("fd_seek", {file, 0, 1, 8}), kSuccess);  // from the end
  EXPECT_EQ(guest_->load<u64>(8), 12u);
}

TEST(WasiPreopens, OneThatCannotBeOpenedIsAnError) {
  Imports imports;
  const auto added = add_wasi(imports, WasiOptions{}.preopen("/no/such/directory", "/"));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(added.error().message, testing::HasSubstr("/no/such/directory: there is none of that name"));
}

TEST(WasiSnapshots, HoldPreopensAndNoOpenFiles) {
  const tests::TempDir dir, other;
  tests::write_text(dir / "file", "first");
  tests::write_text(other / "file", "second");
  WasiGuest guest(WasiOptions{}.preopen(dir.path(), "/", DirectoryAccess::read_write));
  u32 file = 0;
  ASSERT_EQ(guest.open(kRoot, "file", file), kSuccess);
  const auto refused = guest.instance().snapshot();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(refused.error().message,
              testing::HasSubstr("an open file, and the guest has one, its descriptor 4"));
  ASSERT_EQ(guest.call("fd_close", {file}), kSuccess);
  const Snapshot snapshot = guest.instance().snapshot().value();
  ASSERT_EQ(guest.open(kRoot, "file", file), kSuccess);
  ASSERT_EQ(guest.call("fd_close", {kRoot}), kSuccess);
  ASSERT_TRUE(guest.instance().reset(snapshot));
  EXPECT_EQ(guest.call("fd_close", {file}), kBadDescriptor);
  EXPECT_EQ(guest.open(kRoot, "file", file), kSuccess);
  // Each way to change a descriptor is undone.
  using Call = std::pair<std::string, std::vector<u64>>;
  for (const auto& [name, arguments] :
       {Call{"fd_fdstat_set_rights", {kRoot, 0, 0}}, Call{"fd_fdstat_set_flags", {1, 4}},
        Call{"fd_renumber", {0, 1}}, Call{"fd_renumber", {kRoot, 1}}, Call{"fd_renumber", {2, kRoot}},
        Call{"fd_close", {2}}}) {
    ASSERT_TRUE(guest.instance().reset(snapshot));
    ASSERT_EQ(guest.call(name, arguments), kSuccess);
    ASSERT_TRUE(guest.instance().reset(snapshot));
    for (u32 number = 0; number < 4; ++number) {
      EXPECT_EQ(guest.call("fd_fdstat_get", {number, 0x100}), kSuccess) << name;
      EXPECT_EQ(guest.load<std::uint16_t>(0x102), 0u) << name;
      EXPECT_NE(guest.load<u64>(0x108), 0u) << name;
    }
    EXPECT_EQ(guest.write(1, ""), kSuccess) << name;
  }
}

// An instance in the state of a snapshot has the directories that it was given itself, with no
// more rights.
TEST(WasiSnapshots, CarryNoDirectoryToAnotherInstance) {
  const tests::TempDir dir, other;
  tests::write_text(dir / "file", "first");
  tests::write_text(other / "file", "second");
  WasiGuest guest(WasiOptions{}.preopen(dir.path(), "/", DirectoryAccess::read_write));
  const Snapshot snapshot = guest.instance().snapshot().value();
  const auto start = [&](WasiOptions options) {
    Imports imports;
    EXPECT_TRUE(add_wasi(imports, std::move(options)));
    return imports;
  };
  Store store;
  const Imports none = start({}), reading = start(WasiOptions{}.preopen(other.path(), "/"));
  const auto open = [&](const Instance& instance, u32 flags) {
    const auto bytes = instance.memory()->data();
    std::memcpy(bytes.data(), "file", 4);
    const auto function =
        instance
            .function<std::int32_t(std::int32_t, std::int32_t, std::int32_t, std::int32_t, std::int32_t,
                                   std::int64_t, std::int64_t, std::int32_t, std::int32_t)>("path_open")
            .value();
    return static_cast<u32>(function(3, 0, 0, 4, static_cast<std::int32_t>(flags), 2, 0, 0, 8).value());
  };
  const auto without = store.instantiate(snapshot, none).value();
  EXPECT_EQ(open(without, 0), kBadDescriptor);
  const auto read_only = store.instantiate(snapshot, reading).value();
  EXPECT_EQ(open(read_only, kTruncate), kNotCapable);
  EXPECT_EQ(open(read_only, 0), kSuccess);
  EXPECT_EQ(tests::read_text(other / "file"), "second");
}

}  // namespace
}  // namespace tenon::e2e
