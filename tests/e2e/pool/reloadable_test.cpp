// Plugins that are replaced while they are in use.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "pool/guest.hpp"
#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
namespace fs = std::filesystem;

const tests::Guest& version(char number) {
  static std::map<char, tests::Guest> made;
  if (const auto found = made.find(number); found != made.end()) return found->second;
  return made.try_emplace(number, version_guest(number)).first->second;
}

// A plugin's file in a folder of its own, and ways to put another there.
class Deployed {
 public:
  explicit Deployed(char number) { rename_over(number); }
  void rename_over(char number) const {
    fs::copy_file(version(number).artifact(), dir_ / "new", fs::copy_options::overwrite_existing);
    fs::rename(dir_ / "new", path());
  }
  // The same file, which may be mapped, gets other bytes.
  void write_in_place(char number) const {
    const auto bytes = tests::read_file(version(number).artifact());
    tests::write_file(path(), bytes);
  }
  void cut(std::uintmax_t size) const {
    const int fd = open(path().c_str(), O_WRONLY);
    ASSERT_EQ(ftruncate(fd, static_cast<off_t>(size)), 0);
    close(fd);
  }
  fs::path path() const { return dir_ / "plugin.so"; }
  const tests::TempDir& folder() const { return dir_; }

 private:
  tests::TempDir dir_;
};

Reloadable load(const fs::path& path, ReloadableOptions options = {}) {
  options.pool.config = "config";
  auto made = Reloadable::load(path, PluginOptions{}, options);
  if (!made) throw std::runtime_error(to_string(made.error()));
  return std::move(*made);
}

std::string ask(Reloadable& plugin) {
  auto answer = plugin.execute("key", "payload");
  return answer ? *answer : to_string(answer.error());
}

// Every call would fail on one without.
TEST(ReloadableTest, ANewVersionHasTheTransformToo) {
  const Deployed file('1');
  auto plugin = load(file.path());
  const tests::Guest other(R"((module (memory (export "memory") 1)
    (func (export "malloc") (param i32) (result i32) (i32.const 64)) (func (export "init") (param i32))))");
  const auto refused = plugin.reload(other.module());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unknown_export) << refused.error().message;
  EXPECT_EQ(ask(plugin), "1");
  EXPECT_EQ(plugin.statistics().failed_makes, 0u);
  EXPECT_EQ(plugin.statistics().failed_reloads, 1u);
}

TEST(ReloadableTest, TheNewVersionTakesOver) {
  const Deployed file('1');
  auto plugin = load(file.path());
  EXPECT_EQ(ask(plugin), "1");
  file.rename_over('2');
  EXPECT_EQ(ask(plugin), "1");
  ASSERT_TRUE(plugin.reload());
  EXPECT_EQ(ask(plugin), "2");
  ASSERT_TRUE(plugin.reload(version('3').artifact()));
  EXPECT_EQ(ask(plugin), "3");
  ASSERT_TRUE(plugin.reload(version('4').module()));
  EXPECT_EQ(ask(plugin), "4");
  EXPECT_EQ(plugin.module().info().source_sha256, version('4').module().info().source_sha256);
  ASSERT_TRUE(plugin.reload()) << "the path of load";
  EXPECT_EQ(ask(plugin), "2");
  EXPECT_EQ(plugin.statistics().calls, 6u);
  EXPECT_EQ(plugin.statistics().reloads, 4u);
  EXPECT_EQ(plugin.statistics().members, 1u);
}

TEST(ReloadableTest, LeasesEndOnTheirVersion) {
  const Deployed file('1');
  auto plugin = std::make_optional(load(file.path()));
  auto lease = plugin->borrow().value();
  ASSERT_TRUE(plugin->reload(version('2').artifact()));
  EXPECT_EQ(lease.execute("", "").value(), "1");
  EXPECT_EQ(ask(*plugin), "2");
  EXPECT_EQ(plugin->statistics().in_use, 1u);
  plugin.reset();
  EXPECT_EQ(lease.execute("", "").value(), "1");
}

TEST(ReloadableTest, WhoWaitsGetsTheNewVersion) {
  const Deployed file('1');
  auto plugin = load(file.path(), {.pool = {.maximum = 1}});
  const auto lease = plugin.borrow().value();
  std::string answer;
  {
    std::jthread waits([&] { answer = plugin.borrow(1h).value().execute("", "").value(); });
    while (plugin.statistics().waits == 0) std::this_thread::yield();
    ASSERT_TRUE(plugin.reload(version('2').artifact()));
  }
  EXPECT_EQ(answer, "2");
}

TEST(ReloadableTest, AVersionThatFailsLeavesTheOldOne) {
  const Deployed file('1');
  auto plugin = load(file.path());
  const auto expect_refused = [&](ErrorCode code) {
    const auto done = plugin.reload();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, code) << done.error().message;
    EXPECT_THAT(done.error().message, HasSubstr("(the version in use stays)"));
    EXPECT_EQ(ask(plugin), "1");
  };
  file.rename_over('x');
  expect_refused(ErrorCode::trap);
  file.cut(fs::file_size(file.path()) / 2);
  expect_refused(ErrorCode::corrupt_artifact);
  tests::write_text(file.path(), "no ELF file at all, but not quite empty either");
  expect_refused(ErrorCode::not_an_artifact);
  fs::remove(file.path());
  expect_refused(ErrorCode::io);
  EXPECT_EQ(plugin.statistics().failed_reloads, 4u);
  file.rename_over('2');
  ASSERT_TRUE(plugin.reload());
  EXPECT_EQ(ask(plugin), "2");

  EXPECT_EQ(Reloadable::load(file.folder() / "none.so").error().code, ErrorCode::io);
  EXPECT_EQ(Reloadable::load(version('x').artifact(), {}, {.pool = {.config = ""}}).error().code,
            ErrorCode::trap);
}

// In a file that is mapped, other bytes are other code, and missing ones are SIGBUS.
TEST(ReloadableTest, AFileThatIsWrittenInPlaceChangesNothing) {
  const Deployed file('1');
  auto plugin = load(file.path(), {.pool = {.maximum = 2}});
  EXPECT_EQ(ask(plugin), "1");
  file.cut(0);
  EXPECT_EQ(ask(plugin), "1");
  const auto first = plugin.borrow().value();
  EXPECT_EQ(ask(plugin), "1") << "a new instance, with a new image of its memory";
  file.write_in_place('2');
  EXPECT_EQ(ask(plugin), "1");
  ASSERT_TRUE(plugin.reload());
  EXPECT_EQ(ask(plugin), "2");
}

TEST(PrivateCopy, IsAllThatIsMapped) {
  const Deployed file('1');
  const auto module = Module::load(file.path(), {.private_copy = true}).value();
  const std::string maps = tests::read_text("/proc/self/maps");
  EXPECT_THAT(maps, HasSubstr("memfd:tenon:plugin.so"));
  EXPECT_THAT(maps, testing::Not(HasSubstr(file.path().string())));
  file.cut(100);
  Store store;
  EXPECT_TRUE(store.instantiate(module));
  const auto refused = Module::load(file.path(), {.private_copy = true});
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt_artifact);
  EXPECT_THAT(refused.error().message, HasSubstr(file.path().string()));
  EXPECT_EQ(Module::load("/dev/zero", {.private_copy = true}).error().code, ErrorCode::not_an_artifact);
}

// Safety: what was checked stays what runs.
TEST(PrivateCopy, CannotBeWritten) {
  const Deployed file('1');
  const auto module = Module::load(file.path(), {.private_copy = true}).value();
  int sealed = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    if (!fs::read_symlink(entry.path(), ignored).string().starts_with("/memfd:tenon:plugin.so")) continue;
    const int fd = open(entry.path().c_str(), O_RDWR);
    EXPECT_EQ(write(fd, "x", 1), -1);
    EXPECT_EQ(ftruncate(fd, 0), -1);
    close(fd);
    ++sealed;
  }
  EXPECT_EQ(sealed, 1);
}

std::size_t lines_of_maps() {
  const std::string maps = tests::read_text("/proc/self/maps");
  return static_cast<std::size_t>(std::ranges::count(maps, '\n'));
}
std::size_t open_files() {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), {}));
}

// TENON_RELOADS=10000 for more.
TEST(ReloadableTest, ReloadsLoseNoCallAndLeaveNothingBehind) {
  const char* const wanted = std::getenv("TENON_RELOADS");
  const auto reloads = wanted != nullptr ? std::strtol(wanted, nullptr, 10) : 500L;
  const Deployed file('1');
  auto plugin = load(file.path(), {.pool = {.maximum = 2}});
  std::atomic<bool> done = false;
  std::atomic<int> failed = 0;
  std::atomic<std::uint64_t> calls = 0;
  std::size_t maps = 0, files = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        while (!done) {
          const std::string answer = ask(plugin);
          if (answer != "1" && answer != "2") ++failed;
          ++calls;
        }
      });
    }
    for (int i = 0; i < reloads; ++i) {
      if (i == std::min(reloads, 100L) / 2) maps = lines_of_maps(), files = open_files();
      const auto reloaded = plugin.reload(version(i % 2 == 0 ? '2' : '1').artifact());
      if (!reloaded) done = true;
      ASSERT_TRUE(reloaded) << to_string(reloaded.error());
      const auto before = calls.load();
      while (i % 16 == 0 && calls < before + 2) std::this_thread::yield();
    }
    done = true;
  }
  EXPECT_EQ(failed, 0);
  EXPECT_GT(calls, 2u);
  EXPECT_LE(lines_of_maps(), maps + 40);
  EXPECT_LE(open_files(), files + 4);
  EXPECT_LE(plugin.statistics().members, 2u);
}

// What the watching thread tells.
class Reports {
 public:
  std::function<void(std::expected<void, Error>)> callback() {
    return [this](std::expected<void, Error> done) {
      const std::lock_guard lock(mutex_);
      reports_.push_back(std::move(done));
      more_.notify_all();
    };
  }
  std::expected<void, Error> next() {
    std::unique_lock lock(mutex_);
    if (!more_.wait_for(lock, 60s, [&] { return !reports_.empty(); })) {
      return std::unexpected(Error{.message = "nothing was reported"});
    }
    auto report = std::move(reports_.front());
    reports_.pop_front();
    return report;
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::expected<void, Error>> reports_;
};

// One change may be reported twice, where a rename is seen before its notification is read.
void expect_version(Reloadable& plugin, Reports& reports, const std::string& expected) {
  do {
    const auto report = reports.next();
    ASSERT_TRUE(report) << to_string(report.error());
  } while (ask(plugin) != expected);
}

TEST(Watching, SeesAFileThatIsRenamedOver) {
  const Deployed file('1');
  Reports reports;
  auto plugin = load(file.path(), {.watch = true, .on_reload = reports.callback()});
  for (const char number : {'2', '1', '3'}) {
    file.rename_over(number);
    expect_version(plugin, reports, std::string(1, number));
  }
}

TEST(Watching, SeesAFileThatIsWrittenInPlaceAndRefusesHalfAFile) {
  const Deployed file('1');
  Reports reports;
  auto plugin = load(file.path(), {.watch = true, .on_reload = reports.callback()});
  file.write_in_place('2');
  ASSERT_TRUE(reports.next());
  EXPECT_EQ(ask(plugin), "2");

  file.cut(fs::file_size(file.path()) / 2);
  EXPECT_EQ(reports.next().error().code, ErrorCode::corrupt_artifact);
  EXPECT_EQ(ask(plugin), "2");

  const auto bytes = tests::read_file(version('3').artifact());
  {
    std::ofstream out(file.path(), std::ios::binary);
    const auto half = static_cast<std::streamsize>(bytes.size() / 2);
    out.write(reinterpret_cast<const char*>(bytes.data()), half).flush();
    EXPECT_EQ(ask(plugin), "2");
    out.write(reinterpret_cast<const char*>(bytes.data()) + half,
              static_cast<std::streamsize>(bytes.size()) - half);
  }
  ASSERT_TRUE(reports.next());
  EXPECT_EQ(ask(plugin), "3");
}

TEST(Watching, OtherFilesInTheFolderAreNobodysBusiness) {
  const Deployed file('1');
  Reports reports;
  auto plugin = load(file.path(), {.watch = true, .on_reload = reports.callback()});
  for (int i = 0; i < 100; ++i) tests::write_text(file.folder() / ("other" + std::to_string(i)), "text");
  EXPECT_EQ(plugin.statistics().reloads, 0u);
  file.rename_over('2');
  expect_version(plugin, reports, "2");
  EXPECT_LE(plugin.statistics().reloads, 2u);
  EXPECT_EQ(plugin.statistics().failed_reloads, 0u);
}

// As Kubernetes replaces what it mounts: plugin.so -> current/plugin.so, current -> one.
TEST(Watching, SeesALinkOnTheWayThatIsReplaced) {
  const tests::TempDir dir;
  for (const char number : {'1', '2'}) {
    fs::create_directory(dir / std::string(1, number));
    fs::copy_file(version(number).artifact(), dir / (std::string(1, number) + "/plugin.so"));
  }
  fs::create_symlink("1", dir / "current");
  fs::create_symlink("current/plugin.so", dir / "plugin.so");
  Reports reports;
  auto plugin = load(dir / "plugin.so", {.watch = true, .on_reload = reports.callback()});
  EXPECT_EQ(ask(plugin), "1");
  fs::create_symlink("2", dir / "next");
  fs::rename(dir / "next", dir / "current");
  expect_version(plugin, reports, "2");
}

TEST(Watching, AFolderThatGoesAwayIsReported) {
  auto file = std::make_unique<Deployed>('1');
  Reports reports;
  auto plugin = load(file->path(), {.watch = true, .on_reload = reports.callback()});
  file.reset();
  const auto report = reports.next();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::io);
  EXPECT_THAT(report.error().message, HasSubstr("watched no longer"));
  EXPECT_EQ(ask(plugin), "1");
}

TEST(Watching, ManualReloadsAndThoseOfTheWatchComeOneByOne) {
  const Deployed file('1');
  std::atomic<int> failed = 0;
  auto plugin = load(file.path(), {.watch = true, .on_reload = [&](std::expected<void, Error> done) {
                                     if (!done) ++failed;
                                     throw std::runtime_error("is lost");
                                   }});
  for (int i = 0; i < 20; ++i) {
    file.rename_over(i % 2 == 0 ? '2' : '1');
    ASSERT_TRUE(plugin.reload());
    EXPECT_EQ(ask(plugin), i % 2 == 0 ? "2" : "1");
  }
  EXPECT_EQ(failed, 0);
}

TEST(Watching, EndsWithTheReloadable) {
  const Deployed file('1');
  for (int i = 0; i < 50; ++i) {
    auto plugin = load(file.path(), {.watch = true});
    if (i % 2 == 0) file.rename_over('2');
    Reloadable moved = std::move(plugin);
    EXPECT_THAT(ask(moved), testing::AnyOf("1", "2"));
  }
  EXPECT_EQ(Reloadable::load("/none/plugin.so", {}, {.watch = true}).error().code, ErrorCode::io);
}

}  // namespace
}  // namespace tenon::e2e
