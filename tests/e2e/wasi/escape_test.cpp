// Ways out of WASI's sandbox that are no paths: rights, descriptors, special files, and what a
// guest may pass as a pointer, a length or a count.
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

#include <gtest/gtest.h>

#include "wasi/yard.hpp"

namespace tenon::e2e {
namespace {

using tests::WasiGuest;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u32 kSuccess = 0, kAccess = 2, kBadDescriptor = 8, kFault = 21, kFileTooLarge = 22, kInvalid = 28,
              kNameTooLong = 37, kNoEntry = 44, kNotDirectory = 54, kNotCapable = 76;
constexpr u32 kCreate = 1, kDirectory = 2, kExclusive = 4, kTruncate = 8;
constexpr u64 kRead = 1u << 1, kWrite = 1u << 6, kSetSize = 1u << 22, kAllocate = 1u << 8,
              kSetTimes = 1u << 23;
constexpr u32 kMemorySize = WasiGuest::kMemorySize;

// Each fails the test by itself where it gets out; what it may have changed outside is looked for
// behind it.
struct Escape {
  const char* name;
  void (*run)(Yard&);
};

u32 open(Yard& yard, u32 directory, std::string_view path, const WasiGuest::How& how, u32& opened) {
  return yard.guest().open(directory, path, how, opened);
}
u32 open(Yard& yard, u32 directory, std::string_view path, const WasiGuest::How& how) {
  u32 opened = 0;
  return yard.guest().open(directory, path, how, opened);
}

// A file of the read-only directory, as the guest gets it with what it asks for.
u32 open_kept(Yard& yard, u64 rights) {
  u32 opened = 0;
  EXPECT_EQ(open(yard, kReadable, "kept", {.rights = rights}, opened), kSuccess);
  return opened;
}

const Escape kEscapes[] = {
    // What a read-only directory must not give.
    {"open to write",
     [](Yard& y) { EXPECT_EQ(open(y, kReadable, "kept", {.rights = kRead | kWrite}), kNotCapable); }},
    {"open to write only",
     [](Yard& y) { EXPECT_EQ(open(y, kReadable, "kept", {.rights = kWrite}), kNotCapable); }},
    {"open with every right",
     [](Yard& y) { EXPECT_EQ(open(y, kReadable, "kept", {.rights = kAllRights}), kNotCapable); }},
    {"open to truncate, to read",
     [](Yard& y) { EXPECT_EQ(open(y, kReadable, "kept", {.open_flags = kTruncate}), kNotCapable); }},
    {"open to truncate, without rights",
     [](Yard& y) {
       EXPECT_EQ(open(y, kReadable, "kept", {.open_flags = kTruncate, .rights = 0}), kNotCapable);
     }},
    {"open to create",
     [](Yard& y) { EXPECT_EQ(open(y, kReadable, "new", {.open_flags = kCreate}), kNotCapable); }},
    {"open to create anew",
     [](Yard& y) {
       EXPECT_EQ(open(y, kReadable, "new", {.open_flags = kCreate | kExclusive}), kNotCapable);
     }},
    {"open to append",
     [](Yard& y) { EXPECT_EQ(open(y, kReadable, "kept", {.rights = kWrite, .flags = 1}), kNotCapable); }},
    {"open through a link to write",
     [](Yard& y) { EXPECT_EQ(open(y, kReadable, "link", {.rights = kToWrite}), kNotCapable); }},
    {"only rights to set the size",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead | kSetSize);
       EXPECT_EQ(y.guest().call("fd_filestat_set_size", {file, 0}), kNotCapable);
     }},
    {"only rights to allocate",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead | kAllocate);
       EXPECT_EQ(y.guest().call("fd_allocate", {file, 0, 1 << 16}), kNotCapable);
     }},
    {"only rights to set times",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead | kSetTimes);
       EXPECT_EQ(y.guest().call("fd_filestat_set_times", {file, 1, 1, 5}), kNotCapable);
     }},
    {"write to what is open to read",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead);
       EXPECT_EQ(y.guest().write(file, "x"), kBadDescriptor);
       EXPECT_EQ(y.guest().call("fd_pwrite", {file, 0, 0, 0, 8}), kBadDescriptor);
     }},
    {"set a flag to append",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead | 1u << 3);
       y.guest().call("fd_fdstat_set_flags", {file, 1});
       EXPECT_EQ(y.guest().write(file, "x"), kBadDescriptor);
     }},
    {"create a directory",
     [](Yard& y) {
       EXPECT_EQ(y.guest().path_call("path_create_directory", {kReadable}, "new"), kNotCapable);
     }},
    {"remove a directory",
     [](Yard& y) {
       EXPECT_EQ(y.guest().path_call("path_remove_directory", {kReadable}, "directory"), kNotCapable);
     }},
    {"unlink",
     [](Yard& y) { EXPECT_EQ(y.guest().path_call("path_unlink_file", {kReadable}, "kept"), kNotCapable); }},
    {"make a symbolic link",
     [](Yard& y) {
       EXPECT_EQ(y.guest().two_paths("path_symlink", {}, "kept", kReadable, "new"), kNotCapable);
     }},
    {"set times by path",
     [](Yard& y) {
       EXPECT_EQ(y.guest().path_call("path_filestat_set_times", {kReadable, 1}, "kept", {1, 1, 5}),
                 kNotCapable);
     }},
    {"set the directory's own times",
     [](Yard& y) { EXPECT_EQ(y.guest().call("fd_filestat_set_times", {kReadable, 1, 1, 5}), kNotCapable); }},
    {"rename inside",
     [](Yard& y) {
       EXPECT_EQ(y.guest().two_paths("path_rename", {kReadable}, "kept", kReadable, "new"), kNotCapable);
     }},
    {"link inside",
     [](Yard& y) {
       EXPECT_EQ(y.guest().two_paths("path_link", {kReadable, 0}, "kept", kReadable, "new"), kNotCapable);
     }},
    // Across directories of different access.
    {"rename out of it",
     [](Yard& y) {
       EXPECT_EQ(y.guest().two_paths("path_rename", {kReadable}, "kept", kInside, "kept"), kNotCapable);
     }},
    {"rename into it",
     [](Yard& y) {
       EXPECT_EQ(y.guest().two_paths("path_rename", {kInside}, "bait", kReadable, "kept"), kNotCapable);
     }},
    {"rename a directory into it",
     [](Yard& y) {
       EXPECT_EQ(y.guest().two_paths("path_rename", {kInside}, "sub", kReadable, "sub"), kNotCapable);
     }},
    {"link out of it, to write there",
     [](Yard& y) {
       EXPECT_EQ(y.guest().two_paths("path_link", {kReadable, 0}, "kept", kInside, "mine"), kNotCapable);
       EXPECT_NE(open(y, kInside, "mine", {.rights = kToWrite}), kSuccess);
     }},
    {"link into it",
     [](Yard& y) {
       EXPECT_EQ(y.guest().two_paths("path_link", {kInside, 0}, "bait", kReadable, "new"), kNotCapable);
     }},
    {"symbolic link to it from beside",
     [](Yard& y) {
       EXPECT_EQ(y.guest().two_paths("path_symlink", {}, "../readable/kept", kInside, "mine"), kSuccess);
       EXPECT_NE(open(y, kInside, "mine", {.rights = kToWrite}), kSuccess);
       EXPECT_NE(open(y, kInside, "mine", {}), kSuccess);
     }},
    // Below it.
    {"write below a directory of it",
     [](Yard& y) {
       u32 below = 0;
       ASSERT_EQ(
           open(y, kReadable, "directory", {.open_flags = kDirectory, .rights = kAllOfDirectories}, below),
           kSuccess);
       EXPECT_EQ(open(y, below, "kept", {.rights = kToWrite}), kNotCapable);
       EXPECT_EQ(open(y, below, "kept", {.open_flags = kTruncate}), kNotCapable);
       EXPECT_EQ(open(y, below, "new", {.open_flags = kCreate}), kNotCapable);
       EXPECT_EQ(y.guest().path_call("path_unlink_file", {below}, "kept"), kNotCapable);
       EXPECT_EQ(y.guest().path_call("path_create_directory", {below}, "new"), kNotCapable);
     }},
    {"write below its own name",
     [](Yard& y) {
       u32 same = 0;
       ASSERT_EQ(open(y, kReadable, ".", {.open_flags = kDirectory, .rights = kAllOfDirectories}, same),
                 kSuccess);
       EXPECT_EQ(open(y, same, "kept", {.rights = kToWrite}), kNotCapable);
       EXPECT_EQ(y.guest().two_paths("path_rename", {same}, "kept", kInside, "kept"), kNotCapable);
     }},
    // Rights that grow.
    {"widen a directory's rights",
     [](Yard& y) {
       EXPECT_EQ(y.guest().call("fd_fdstat_set_rights", {kReadable, kAllRights, kAllRights}), kNotCapable);
     }},
    {"widen what it passes on",
     [](Yard& y) {
       EXPECT_EQ(y.guest().call("fd_fdstat_get", {kReadable, 0x100}), kSuccess);
       const auto base = y.guest().load<u64>(0x108), inheriting = y.guest().load<u64>(0x110);
       EXPECT_EQ(y.guest().call("fd_fdstat_set_rights", {kReadable, base, inheriting | kWrite}), kNotCapable);
       EXPECT_EQ(y.guest().call("fd_fdstat_set_rights", {kReadable, base | 1u << 10, inheriting}),
                 kNotCapable);
       EXPECT_EQ(open(y, kReadable, "kept", {.rights = kToWrite}), kNotCapable);
     }},
    {"widen a file's rights",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead);
       EXPECT_EQ(y.guest().call("fd_fdstat_set_rights", {file, kRead | kWrite, 0}), kNotCapable);
       EXPECT_EQ(y.guest().write(file, "x"), kBadDescriptor);
     }},
    {"narrow rights and open again",
     [](Yard& y) {
       u32 narrow = 0;
       ASSERT_EQ(open(y, kInside, ".",
                      {.open_flags = kDirectory, .rights = kAllOfDirectories, .inheriting = kRead}, narrow),
                 kSuccess);
       EXPECT_EQ(open(y, narrow, "bait", {.rights = kToWrite}), kNotCapable);
       u32 again = 0;
       ASSERT_EQ(
           open(y, narrow, ".",
                {.open_flags = kDirectory, .rights = kAllOfDirectories, .inheriting = kAllRights}, again),
           kSuccess);
       EXPECT_EQ(open(y, again, "bait", {.rights = kToWrite}), kNotCapable);
     }},
    {"give up the right to open",
     [](Yard& y) {
       ASSERT_EQ(y.guest().call("fd_fdstat_set_rights", {kOther, 0, 0}), kSuccess);
       EXPECT_EQ(open(y, kOther, "file", {}), kNotCapable);
       EXPECT_EQ(y.guest().call("fd_fdstat_set_rights", {kOther, 1u << 13, 0}), kNotCapable);
     }},
    // Descriptors in one another's places.
    {"renumber a file over a directory",
     [](Yard& y) {
       u32 file = 0;
       ASSERT_EQ(open(y, kReadable, "kept", {}, file), kSuccess);
       ASSERT_EQ(y.guest().call("fd_renumber", {file, kInside}), kSuccess);
       EXPECT_EQ(open(y, kInside, "kept", {.rights = kToWrite}), kNotDirectory);
       EXPECT_EQ(y.guest().write(kInside, "overwritten"), kBadDescriptor);
       EXPECT_EQ(y.guest().call("fd_prestat_get", {kInside, 0x100}), kBadDescriptor);
     }},
    {"renumber a read-only directory over one to write",
     [](Yard& y) {
       ASSERT_EQ(y.guest().call("fd_renumber", {kReadable, kInside}), kSuccess);
       EXPECT_EQ(open(y, kInside, "kept", {.rights = kToWrite}), kNotCapable);
       EXPECT_EQ(open(y, kInside, "new", {.open_flags = kCreate}), kNotCapable);
       EXPECT_EQ(open(y, kReadable, "kept", {}), kBadDescriptor);
     }},
    {"renumber a directory to write over a read-only one",
     [](Yard& y) {
       ASSERT_EQ(y.guest().call("fd_renumber", {kInside, kReadable}), kSuccess);
       EXPECT_EQ(open(y, kReadable, "kept", {.rights = kToWrite}), kNoEntry);  // it was in the other
       EXPECT_EQ(open(y, kInside, ".", {}), kBadDescriptor);
     }},
    {"renumber a directory over itself",
     [](Yard& y) {
       ASSERT_EQ(y.guest().call("fd_renumber", {kReadable, kReadable}), kSuccess);
       EXPECT_EQ(open(y, kReadable, "kept", {.rights = kToWrite}), kNotCapable);
     }},
    {"close a directory and open one in its place",
     [](Yard& y) {
       ASSERT_EQ(y.guest().call("fd_close", {kInside}), kSuccess);
       u32 opened = 0;
       ASSERT_EQ(open(y, kReadable, ".", {.open_flags = kDirectory, .rights = kAllOfDirectories}, opened),
                 kSuccess);
       EXPECT_EQ(opened, kInside);
       EXPECT_EQ(y.guest().call("fd_prestat_get", {kInside, 8}), kBadDescriptor);
       EXPECT_EQ(open(y, kInside, "kept", {.rights = kToWrite}), kNotCapable);
     }},
    {"descriptors of the host",
     [](Yard& y) {
       const int held = ::open(y.outside().c_str(), O_RDWR | O_CLOEXEC);
       std::string text;
       EXPECT_EQ(y.guest().read(static_cast<u32>(held), text), kBadDescriptor);
       for (const u32 number : {6u, 7u, 100u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu})
         EXPECT_EQ(y.guest().read(number, text), kBadDescriptor);
       close(held);
     }},
    {"use a file as a directory",
     [](Yard& y) {
       const u32 file = open_kept(y, kAllRights & ~kWrite);
       EXPECT_NE(open(y, file, "../outside/canary", {}), kSuccess);
       EXPECT_NE(open(y, file, "", {}), kSuccess);
       EXPECT_NE(open(y, file, ".", {}), kSuccess);
     }},
    // Special files.
    {"a FIFO",
     [](Yard& y) {
       const std::string fifo = y.path("inside/fifo");
       ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
       // Whoever opens one for a moment wakes those who wait at its other end.
       const int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
       ASSERT_GE(inotify_add_watch(watch, fifo.c_str(), IN_OPEN), 0);
       for (const u64 rights : {kRead, kWrite, kRead | kWrite})
         EXPECT_EQ(open(y, kInside, "fifo", {.rights = rights}), kAccess);
       EXPECT_EQ(open(y, kInside, "fifo", {.open_flags = kCreate | kTruncate, .rights = kToWrite}), kAccess);
       EXPECT_EQ(y.guest().path_call("path_filestat_get", {kInside, 1}, "fifo", {0x100}), kSuccess);
       char event[512];
       EXPECT_EQ(read(watch, event, sizeof event), -1) << "it was opened";
       close(watch);
     }},
    {"a FIFO behind a link",
     [](Yard& y) {
       ASSERT_EQ(mkfifo(y.path("inside/fifo").c_str(), 0600), 0);
       std::filesystem::create_symlink("fifo", y.path("inside/to_fifo"));
       EXPECT_EQ(open(y, kInside, "to_fifo", {}), kAccess);
     }},
    {"a socket",
     [](Yard& y) {
       const std::string path = y.path("inside/socket");
       sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
       if (path.size() >= sizeof address.sun_path) return;
       path.copy(address.sun_path, path.size());
       const int socket_made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
       ASSERT_EQ(bind(socket_made, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
       EXPECT_EQ(open(y, kInside, "socket", {.rights = kToWrite}), kAccess);
       close(socket_made);
     }},
    {"a device",
     [](Yard& y) {
       if (mknod(y.path("inside/device").c_str(), S_IFCHR | 0600, makedev(1, 5)) != 0)
         return;  // who is not root cannot
       EXPECT_EQ(open(y, kInside, "device", {}), kAccess);
       EXPECT_EQ(open(y, kInside, "device", {.open_flags = kTruncate, .rights = kToWrite}), kAccess);
       EXPECT_EQ(y.guest().path_call("path_filestat_get", {kInside, 1}, "device", {0x100}), kSuccess);
     }},
    // Paths that are no paths.
    {"a zero byte inside",
     [](Yard& y) {
       const std::string_view path("bait\0/../../outside/canary", 26);
       EXPECT_EQ(open(y, kInside, path, {}), kInvalid);
       EXPECT_EQ(y.guest().path_call("path_unlink_file", {kInside}, path), kInvalid);
       EXPECT_EQ(y.guest().two_paths("path_symlink", {}, std::string_view("a\0b", 3), kInside, "made"),
                 kInvalid);
     }},
    {"a zero byte at the end",
     [](Yard& y) { EXPECT_EQ(open(y, kInside, std::string_view("bait\0", 5), {}), kInvalid); }},
    {"only a zero byte",
     [](Yard& y) { EXPECT_EQ(open(y, kInside, std::string_view("\0", 1), {}), kInvalid); }},
    {"a path that is too long",
     [](Yard& y) {
       EXPECT_EQ(open(y, kInside, std::string(4096, 'x'), {}), kNameTooLong);
       EXPECT_EQ(open(y, kInside, std::string(4095, 'x'), {}), kNameTooLong);
       EXPECT_EQ(y.guest().call("path_unlink_file", {kInside, 0, 0xFFFFFFFF}), kNameTooLong);
     }},
    {"a name that is too long",
     [](Yard& y) {
       EXPECT_EQ(open(y, kInside, std::string(256, 'x'), {.open_flags = kCreate}), kNameTooLong);
     }},
    {"a very deep path",
     [](Yard& y) {
       std::string path;
       for (int i = 0; i < 1000; ++i) path += "d/";
       EXPECT_NE(open(y, kInside, path, {}), kSuccess);
     }},
    {"down and up a thousand times",
     [](Yard& y) {
       std::string path;
       for (int i = 0; i < 500; ++i) path += "sub/../";
       EXPECT_EQ(open(y, kInside, path + "bait", {}), kSuccess);
       EXPECT_NE(open(y, kInside, path + "../outside/canary", {}), kSuccess);
     }},
    {"deeper than a walk goes",
     [](Yard& y) {
       std::string path;
       u32 directory = kInside;
       for (int i = 0; i < 200; ++i) path += "d/";
       std::filesystem::create_directories(y.path("inside") / path);
       const u32 error = open(y, directory, path, {.open_flags = kDirectory});
       EXPECT_TRUE(error == kSuccess || error == kNameTooLong) << error;
     }},
    {"sixty links",
     [](Yard& y) {
       for (int i = 0; i < 60; ++i)
         std::filesystem::create_symlink(i == 0 ? "bait" : "l" + std::to_string(i - 1),
                                         y.path("inside/l" + std::to_string(i)));
       EXPECT_EQ(open(y, kInside, "l59", {}), 32u);
       EXPECT_EQ(open(y, kInside, "l20", {}), kSuccess);
     }},
    {"links that grow",
     [](Yard& y) {
       std::filesystem::create_symlink("grow/grow/../../outside/canary", y.path("inside/grow"));
       EXPECT_NE(open(y, kInside, "grow", {}), kSuccess);
     }},
    {"bytes that are no UTF-8",
     [](Yard& y) {
       EXPECT_EQ(open(y, kInside, "\xFF\xFE", {.open_flags = kCreate}), kSuccess);
       EXPECT_EQ(open(y, kInside, "\xC0\xAE\xC0\xAE/outside/canary", {}), 44u);
     }},
    {"a backslash", [](Yard& y) { EXPECT_EQ(open(y, kInside, "..\\outside\\canary", {}), 44u); }},
    // Pointers, lengths and counts.
    {"a path outside the memory",
     [](Yard& y) {
       for (const u64 at :
            {u64{kMemorySize}, u64{kMemorySize - 3}, u64{0x7FFFFFFF}, u64{0x80000000}, u64{0xFFFFFFFF}})
         EXPECT_EQ(y.guest().call("path_open", {kInside, 1, at, 4, 0, kRead, 0, 0, 8}), kFault);
     }},
    {"a place for the descriptor outside the memory",
     [](Yard& y) {
       y.guest().store(0x100, "made");
       for (const u64 at : {u64{kMemorySize - 3}, u64{kMemorySize}, u64{0xFFFFFFFF}})
         EXPECT_EQ(y.guest().call("path_open", {kInside, 1, 0x100, 4, kCreate, kRead, 0, 0, at}), kFault);
       EXPECT_FALSE(std::filesystem::exists(y.path("inside/made")));
     }},
    {"vectors at the end of the address space",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead | 1u << 2);
       for (const u64 at : {u64{0xFFFFFFFF}, u64{0xFFFFFFF8}, u64{0xFFFFFFFC}, u64{kMemorySize - 7}}) {
         EXPECT_EQ(y.guest().call("fd_read", {file, at, 1, 8}), kFault);
         EXPECT_EQ(y.guest().call("fd_pread", {file, at, 2, 0, 8}), kFault);
       }
     }},
    {"a buffer that wraps around",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead);
       for (const auto& [buffer, size] : std::vector<std::pair<u32, u32>>{{0xFFFFFFF0, 0x20},
                                                                          {0x1000, 0xFFFFFFFF},
                                                                          {0xFFFFFFFF, 0xFFFFFFFF},
                                                                          {kMemorySize - 1, 2},
                                                                          {0, kMemorySize + 1}}) {
         y.guest().store(0x100, {buffer, size});
         EXPECT_EQ(y.guest().call("fd_read", {file, 0x100, 1, 8}), kFault);
       }
     }},
    {"too many vectors",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead);
       for (const u32 count : {1025u, 0x10000u, 0x20000000u, 0x80000000u, 0xFFFFFFFFu})
         EXPECT_EQ(y.guest().call("fd_read", {file, 0, count, 8}), kInvalid);
     }},
    {"vectors that are more than 32 bits together",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead);
       std::vector<u32> vectors;
       for (int i = 0; i < 1024; ++i) vectors.insert(vectors.end(), {0, kMemorySize});
       y.guest().store(0x1000, vectors);
       EXPECT_EQ(y.guest().call("fd_read", {file, 0x1000, 1024, 8}), kInvalid);
     }},
    {"buffers over the vectors themselves",
     [](Yard& y) {
       u32 file = 0;
       tests::write_file(y.path("inside/bait"), std::vector<std::uint8_t>(64, 0xFF));
       ASSERT_EQ(open(y, kInside, "bait", {}, file), kSuccess);
       y.guest().store(0x100, {0x100, 32, 0x120, 32});
       EXPECT_EQ(y.guest().call("fd_read", {file, 0x100, 2, 8}), kSuccess);
       EXPECT_EQ(y.guest().load<u32>(8), 64u);
     }},
    {"a result over the vectors",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead);
       y.guest().store(0x100, {0x200, 5});
       EXPECT_EQ(y.guest().call("fd_read", {file, 0x100, 1, 0x104}), kSuccess);
       EXPECT_EQ(y.guest().load<u32>(0x104), 5u);
     }},
    {"offsets that are negative",
     [](Yard& y) {
       const u32 file = open_kept(y, kRead | 1u << 2);
       EXPECT_EQ(y.guest().call("fd_pread", {file, 0x100, 0, ~u64{0}, 8}), kInvalid);
       EXPECT_EQ(y.guest().call("fd_pread", {file, 0x100, 0, u64{1} << 63, 8}), kInvalid);
       EXPECT_EQ(y.guest().call("fd_seek", {file, u64{1} << 63, 0, 8}), kInvalid);
     }},
    {"sizes that are negative",
     [](Yard& y) {
       u32 file = 0;
       ASSERT_EQ(open(y, kInside, "bait", {.rights = kToWrite | kSetSize | kAllocate}, file), kSuccess);
       EXPECT_EQ(y.guest().call("fd_filestat_set_size", {file, ~u64{0}}), kInvalid);
       EXPECT_EQ(y.guest().call("fd_allocate", {file, ~u64{0}, 1}), kInvalid);
       EXPECT_NE(y.guest().call("fd_allocate", {file, (u64{1} << 63) - 1, (u64{1} << 63) - 1}), kSuccess);
       EXPECT_EQ(std::filesystem::file_size(y.path("inside/bait")), 4u);
     }},
    {"a directory's room outside the memory",
     [](Yard& y) {
       for (const auto& [at, size] : std::vector<std::pair<u64, u64>>{
                {kMemorySize, 1}, {kMemorySize - 8, 9}, {0xFFFFFFFF, 0xFF}, {0x1000, kMemorySize}})
         EXPECT_EQ(y.guest().call("fd_readdir", {kInside, at, size, 0, 8}), kFault);
       EXPECT_EQ(y.guest().call("fd_readdir", {kInside, 0, 0xFFFFFFFF, 0, 8}), kInvalid);
     }},
    {"any place in a directory",
     [](Yard& y) {
       for (u64 cookie = 1; cookie != 0; cookie <<= 1) {
         y.guest().call("fd_readdir", {kInside, 0x1000, 4096, cookie, 8});
         y.guest().call("fd_readdir", {kInside, 0x1000, 4096, cookie - 1, 8});
       }
     }},
    {"a link's text outside the memory",
     [](Yard& y) {
       EXPECT_EQ(y.guest().path_call("path_readlink", {kInside}, "self", {kMemorySize, 1, 8}), kFault);
       EXPECT_EQ(y.guest().path_call("path_readlink", {kInside}, "self", {0xFFFFFFFF, 0xFFFFFFFF, 8}),
                 kFault);
     }},
    {"a name longer than a directory's",
     [](Yard& y) {
       EXPECT_EQ(y.guest().call("fd_prestat_dir_name", {kInside, kMemorySize - 1, 1}), kSuccess);
       EXPECT_EQ(y.guest().call("fd_prestat_dir_name", {kInside, kMemorySize, 0xFFFFFFFF}), kFault);
     }},
    {"too many subscriptions",
     [](Yard& y) {
       for (const u32 count : {0u, 1025u, 0x10000000u, 0xFFFFFFFFu})
         EXPECT_EQ(y.guest().call("poll_oneoff", {0x100, 0x8000, count, 8}), kInvalid);
     }},
    {"subscriptions outside the memory",
     [](Yard& y) {
       EXPECT_EQ(y.guest().call("poll_oneoff", {kMemorySize - 47, 0x8000, 1, 8}), kFault);
       EXPECT_EQ(y.guest().call("poll_oneoff", {0x100, kMemorySize - 31, 1, 8}), kFault);
       EXPECT_EQ(y.guest().call("poll_oneoff", {0xFFFFFFFF, 0xFFFFFFFF, 1, 8}), kFault);
     }},
    {"subscriptions to what is not open",
     [](Yard& y) {
       y.guest().store(0x100, std::vector<u32>(12, 0));
       y.guest().store(0x108, {1, 0, 77});
       EXPECT_EQ(y.guest().call("poll_oneoff", {0x100, 0x8000, 1, 8}), kSuccess);
       EXPECT_EQ(y.guest().load<std::uint16_t>(0x8008), kBadDescriptor);
     }},
    {"more random bytes than anybody needs",
     [](Yard& y) { EXPECT_NE(y.guest().call("random_get", {0, 0xFFFFFFFF}), kSuccess); }},
    // What would end the host.
    {"a file larger than the process may make",
     [](Yard& y) {
       rlimit before{};
       ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
       const rlimit small{.rlim_cur = 4096, .rlim_max = before.rlim_max};
       u32 file = 0;
       ASSERT_EQ(open(y, kInside, "bait", {.rights = kToWrite | kSetSize | kAllocate | 1u << 2}, file),
                 kSuccess);
       ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
       y.guest().store(0x100, {0x1000, 16});
       EXPECT_EQ(y.guest().call("fd_pwrite", {file, 0x100, 1, 1 << 20, 8}), kFileTooLarge);
       EXPECT_EQ(y.guest().call("fd_filestat_set_size", {file, 1 << 20}), kFileTooLarge);
       EXPECT_EQ(y.guest().call("fd_allocate", {file, 0, 1 << 20}), kFileTooLarge);
       ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
     }},
    {"as many files as it can open",
     [](Yard& y) {
       u32 error = kSuccess;
       int opened = 0;
       for (; error == kSuccess && opened < 100'000; ++opened) error = open(y, kInside, "bait", {});
       EXPECT_EQ(error, 33u);
       EXPECT_LT(opened, 300);
     }},
};

class WasiTricks : public testing::TestWithParam<std::tuple<wasi::Resolution, std::size_t>> {};

INSTANTIATE_TEST_SUITE_P(Both, WasiTricks,
                         testing::Combine(testing::Values(wasi::Resolution::automatic,
                                                          wasi::Resolution::walk),
                                          testing::Range<std::size_t>(0, std::size(kEscapes))),
                         [](const auto& info) {
                           std::string name = kEscapes[std::get<1>(info.param)].name;
                           std::ranges::replace_if(name, [](char c) { return std::isalnum(c) == 0; }, '_');
                           return (std::get<0>(info.param) == wasi::Resolution::walk ? "walk_" : "kernel_") +
                                  name;
                         });

TEST_P(WasiTricks, DoNotWork) {
  const Escape& escape = kEscapes[std::get<1>(GetParam())];
  Yard yard(std::get<0>(GetParam()));
  escape.run(yard);
  yard.check(escape.name);
}

}  // namespace
}  // namespace tenon::e2e
