// Guests that race: the host's files change while a path is resolved, or another thread of the
// guest writes to the shared memory that a call reads from.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "wasi/yard.hpp"

namespace tenon::e2e {
namespace {

using tests::WasiGuest;
using u32 = std::uint32_t;

constexpr u32 kCreate = 1, kDirectory = 2, kTruncate = 8;
constexpr std::uint64_t kStat = 1u << 21;
constexpr int kRounds = 4000;

// Does something again and again until it is destroyed.
template <typename Work>
class Meanwhile {
 public:
  explicit Meanwhile(Work work)
      : thread_([this, work = std::move(work)] {
          while (!done_.load(std::memory_order_relaxed)) work();
        }) {}
  ~Meanwhile() {
    done_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

// So often at least, and until it has worked: on a busy machine the other thread may rest for long.
template <typename Step>
void race(const int& worked, Step step) {
  for (int i = 0; i < kRounds || (worked == 0 && i < 500 * kRounds); ++i) step();
}

void exchange(const std::filesystem::path& a, const std::filesystem::path& b) {
  constexpr unsigned kExchange = 2;  // RENAME_EXCHANGE
  syscall(SYS_renameat2, AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), kExchange);
}

class WasiRaces : public testing::TestWithParam<wasi::Resolution> {
 protected:
  WasiRaces() : yard_(GetParam()) {
    tests::write_text(yard_.path("inside/sub/canary"), "decoy");
    std::filesystem::create_directories(yard_.path("inside/sub/directory"));
  }
  // Opens, reads and writes; whatever it gets is the guest's own.
  void use(std::string_view path, const WasiGuest::How& how) {
    u32 opened = 0;
    if (yard_.guest().open(kInside, path, how, opened) != 0) return;
    ++opened_;
    EXPECT_EQ(yard_.guest().call("fd_filestat_get", {opened, 0x100}), 0u);
    EXPECT_EQ(yard_.guest().load<std::uint8_t>(0x110), 4u);  // a regular file
    std::string text;
    yard_.guest().read(opened, text);
    EXPECT_NE(text, Yard::kSecret);
    yard_.guest().write(opened, "mine");
    yard_.guest().call("fd_close", {opened});
  }
  Yard yard_;
  int opened_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Both, WasiRaces,
                         testing::Values(wasi::Resolution::automatic, wasi::Resolution::walk),
                         [](const auto& info) {
                           return info.param == wasi::Resolution::walk ? "walk" : "kernel";
                         });

TEST_P(WasiRaces, ADirectoryBecomesALink) {
  {
    const Meanwhile swap([&] { exchange(yard_.path("inside/sub"), yard_.path("inside/out")); });
    race(opened_, [&] {
      use("sub/canary", {.rights = kToWrite | kStat});
      use("sub/directory/../canary", {});
      use("sub/made", {.open_flags = kCreate, .rights = kToWrite | kStat});
      yard_.guest().path_call("path_create_directory", {kInside}, "sub/new");
      yard_.guest().path_call("path_unlink_file", {kInside}, "sub/canary");
      yard_.guest().two_paths("path_rename", {kInside}, "bait", kInside, "sub/bait");
      yard_.guest().two_paths("path_rename", {kInside}, "sub/bait", kInside, "bait");
      yard_.guest().two_paths("path_link", {kInside, 0}, "sub/canary", kInside, "grabbed");
      yard_.guest().path_call("path_filestat_set_times", {kInside, 1}, "sub/canary", {1, 1, 5});
    });
  }
  EXPECT_GT(opened_, 0);
  yard_.check("a directory that becomes a link");
}

TEST_P(WasiRaces, AFileBecomesALink) {
  {
    const Meanwhile swap([&] { exchange(yard_.path("inside/bait"), yard_.path("inside/leak")); });
    race(opened_, [&] {
      use("bait", {.rights = kToWrite | kStat});
      use("bait", {.rights = kToWrite | kStat, .lookup = 0});
      use("bait", {.open_flags = kTruncate, .rights = kToWrite | kStat});
      yard_.guest().path_call("path_filestat_set_times", {kInside, 1}, "bait", {1, 1, 5});
      yard_.guest().two_paths("path_link", {kInside, 0}, "bait", kOther, "grabbed");
    });
  }
  EXPECT_GT(opened_, 0);
  yard_.check("a file that becomes a link");
}

// A walk that went down and comes back up finds itself elsewhere.
TEST_P(WasiRaces, ADirectoryMovesOut) {
  std::filesystem::create_directories(yard_.path("inside/sub/inner/a/b"));
  std::filesystem::create_directories(yard_.path("hideout"));
  const auto home = yard_.path("inside/sub/inner/a"), away = yard_.path("hideout/a");
  {
    const Meanwhile move([&] {
      rename(home.c_str(), away.c_str());
      rename(away.c_str(), home.c_str());
    });
    race(opened_, [&] {
      use("sub/inner/a/b/../../../../bait", {.rights = kToWrite | kStat});
      use("sub/inner/a/b/../../../../../outside/canary", {.rights = kToWrite | kStat});
      use("sub/inner/a/../../outside/canary", {.rights = kToWrite | kStat});
    });
  }
  EXPECT_GT(opened_, 0);
  yard_.check("a directory that moves out");
}

TEST_P(WasiRaces, ADirectoryBecomesALinkAsItIsListed) {
  {
    const Meanwhile swap([&] { exchange(yard_.path("inside/sub"), yard_.path("inside/out")); });
    race(opened_, [&] {
      u32 opened = 0;
      if (yard_.guest().open(kInside, "sub", {.open_flags = kDirectory, .rights = kAllOfDirectories},
                             opened) != 0)
        return;
      ++opened_;
      yard_.guest().call("fd_readdir", {opened, 0x1000, 4096, 0, 8});
      EXPECT_EQ(base::as_text(yard_.guest().memory().subspan(0x1000, 4096)).find(yard_.outside("")),
                std::string::npos);
      yard_.guest().call("fd_close", {opened});
    });
  }
  EXPECT_GT(opened_, 0);
  yard_.check("a directory that becomes a link as it is listed");
}

TEST_P(WasiRaces, AFileBecomesAFifo) {
  ASSERT_EQ(mkfifo(yard_.path("inside/fifo").c_str(), 0600), 0);
  {
    const Meanwhile swap([&] { exchange(yard_.path("inside/bait"), yard_.path("inside/fifo")); });
    race(opened_, [&] { use("bait", {}); });  // hangs where one is opened as it is
  }
  EXPECT_GT(opened_, 0);
}

// A memory that another thread of the guest writes to as the host reads it.
class WasiSharedMemory : public testing::TestWithParam<wasi::Resolution> {
 protected:
  static const Module& module() {
    static const tests::Guest kGuest(
        tests::wasi_guest_text(
            "wasi_snapshot_preview1",
            R"((import "env" "memory" (memory 64 64 shared)) (export "memory" (memory 0)))"),
        {.optimization_level = 0});
    return kGuest.module();
  }
  WasiSharedMemory()
      : yard_(GetParam()),
        memory_(SharedMemory::create({.limits = {64, 64}, .is_shared = true}, 64 << 16).value()) {
    yard_.use(WasiGuest(module(), yard_.options(), yard_.files(), {}, &memory_));
  }
  // The other thread's writing.
  void put(u32 address, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
      std::atomic_ref(memory_.data()[address + i])
          .store(static_cast<std::uint8_t>(text[i]), std::memory_order_relaxed);
  }
  void put(u32 address, u32 word) { put(address, {reinterpret_cast<const char*>(&word), sizeof word}); }

  Yard yard_;
  SharedMemory memory_;
};

INSTANTIATE_TEST_SUITE_P(Both, WasiSharedMemory,
                         testing::Values(wasi::Resolution::automatic, wasi::Resolution::walk),
                         [](const auto& info) {
                           return info.param == wasi::Resolution::walk ? "walk" : "kernel";
                         });

TEST_P(WasiSharedMemory, APathChangesAsItIsRead) {
  constexpr u32 kPath = 0x100;
  const std::string good = "sub/../sub/inner/./..//file", bad = "../outside/././//././canary";
  ASSERT_EQ(good.size(), bad.size());
  int opened_files = 0;
  {
    const Meanwhile write([&] {
      put(kPath, good);
      std::this_thread::yield();
      put(kPath, bad);
    });
    race(opened_files, [&] {
      if (yard_.guest().call("path_open", {kInside, 1, kPath, good.size(), 0, kToWrite, 0, 0, 8}) != 0)
        return;
      ++opened_files;
      const auto opened = yard_.guest().load<u32>(8);
      std::string text;
      EXPECT_EQ(yard_.guest().read(opened, text), 0u);
      EXPECT_EQ(text, "file");
      yard_.guest().call("fd_close", {opened});
    });
  }
  EXPECT_GT(opened_files, 0);
  yard_.check("a path that changes");
}

TEST_P(WasiSharedMemory, VectorsChangeAsTheyAreRead) {
  u32 file = 0;
  tests::write_text(yard_.path("inside/bait"), std::string(4096, 'x'));
  ASSERT_EQ(yard_.guest().open(kInside, "bait", {.rights = kToWrite | 1u << 2}, file), 0u);
  int good = 0, bad = 0;
  {
    const Meanwhile write([&] {
      put(0x104, 64u);
      put(0x104, 0xFFFFFFF0u);
      put(0x100, 0xFFFFFFF0u);
      put(0x100, 0x1000u);
    });
    int both = 0;
    race(both, [&] {
      const u32 read = yard_.guest().call("fd_pread", {file, 0x100, 1, 0, 8});
      const u32 written = yard_.guest().call("fd_pwrite", {file, 0x100, 1, 0, 8});
      for (const u32 error : {read, written}) {
        EXPECT_TRUE(error == 0 || error == 21) << error;  // fault
        ++(error == 0 ? good : bad);
      }
      both = good > 0 && bad > 0 ? 1 : 0;
    });
  }
  EXPECT_GT(good, 0);
  EXPECT_GT(bad, 0);
  yard_.check("vectors that change");
}

TEST_P(WasiSharedMemory, SubscriptionsChangeAsTheyAreRead) {
  {
    const Meanwhile write([&] {
      put(0x108, 1u);     // to read
      put(0x110, 3u);     // that descriptor
      put(0x108, 0u);     // a clock
      put(0x110, 1u);     // the monotonic one
      put(0x108, 0xFFu);  // nothing that there is
    });
    for (int i = 0; i < kRounds; ++i) {
      const u32 error = yard_.guest().call("poll_oneoff", {0x100, 0x8000, 1, 8});
      EXPECT_TRUE(error == 0 || error == 28) << error;  // invalid
    }
  }
  yard_.check("subscriptions that change");
}

}  // namespace
}  // namespace tenon::e2e
