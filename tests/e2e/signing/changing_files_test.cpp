// Files that somebody changes while they are verified and loaded: what runs was verified.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "signing/signing.hpp"

namespace tenon::e2e {
namespace {

class ChangingFiles : public testing::Test {
 protected:
  ChangingFiles() {
    const auto trailer = trailer_of(one_, key_);
    honest_ = joined(one_, trailer);
    // Other code under the honest signature, as near to it as can be.
    evil_ = joined(artifact_of(2), trailer);
    write(honest_);
  }
  void write(const base::Bytes& bytes) { tests::write_file(path_, bytes); }
  void rename_over(const base::Bytes& bytes) {
    tests::write_file(dir_ / "new", bytes);
    std::filesystem::rename(dir_ / "new", path_);
  }

  // Loads while `change(evil)` and `change(honest)` come in turn, until each was met.
  void load_while(const std::function<void(const base::Bytes&)>& change) {
    std::atomic<bool> stop = false;
    std::jthread changing([&] {
      for (bool is_evil = true; !stop; is_evil = !is_evil) change(is_evil ? evil_ : honest_);
      change(honest_);
    });
    int loaded = 0, refused = 0;
    for (int i = 0; i < 20'000 && (i < 500 || loaded == 0 || refused == 0) && !HasFailure(); ++i) {
      const auto module = Module::load(path_, {.trusted_keys = std::vector{key_.public_key()}});
      if (!module) {
        ++refused;
        EXPECT_EQ(module.error().code, ErrorCode::untrusted) << module.error().message;
        continue;
      }
      ++loaded;
      Store store;
      const auto instance = store.instantiate(*module).value();
      EXPECT_EQ(instance.function<int()>("number").value()().value(), 1);
    }
    stop = true;
    EXPECT_GT(loaded, 0);
    EXPECT_GT(refused, 0);
  }

  const tool::SecretKey key_ = tool::SecretKey::make().value();
  const base::Bytes one_ = artifact_of(1);
  base::Bytes honest_, evil_;
  tests::TempDir dir_;
  std::filesystem::path path_ = dir_ / "plugin.so";
};

TEST_F(ChangingFiles, ARenameOverThePath) {
  load_while([this](const base::Bytes& bytes) { rename_over(bytes); });
}

TEST_F(ChangingFiles, WritingInPlace) {
  const int fd = open(path_.c_str(), O_RDWR);
  ASSERT_GE(fd, 0);
  load_while([fd](const base::Bytes& bytes) {
    EXPECT_EQ(pwrite(fd, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  });
  close(fd);
}

TEST_F(ChangingFiles, GrowingAndShrinking) {
  const int fd = open(path_.c_str(), O_RDWR);
  ASSERT_GE(fd, 0);
  bool is_long = false;
  load_while([&](const base::Bytes&) {
    is_long = !is_long;
    EXPECT_EQ(ftruncate(fd, is_long ? 1 << 20 : 100), 0);
    EXPECT_EQ(pwrite(fd, honest_.data(), honest_.size(), 0), static_cast<ssize_t>(honest_.size()));
    EXPECT_EQ(ftruncate(fd, static_cast<off_t>(honest_.size())), 0);
  });
  close(fd);
}

TEST_F(ChangingFiles, ALinkThatLeadsElsewhere) {
  tests::write_file(dir_ / "honest.so", honest_);
  tests::write_file(dir_ / "evil.so", evil_);
  load_while([this](const base::Bytes& bytes) {
    const auto link = dir_ / "link";
    std::filesystem::create_symlink(&bytes == &evil_ ? "evil.so" : "honest.so", link);
    std::filesystem::rename(link, path_);
  });
}

// After it was loaded nobody can change it.
TEST_F(ChangingFiles, WritingInPlaceLater) {
  const auto module = Module::load(path_, {.trusted_keys = std::vector{key_.public_key()}}).value();
  write(evil_);
  std::filesystem::resize_file(path_, 10);
  Store store;
  const auto instance = store.instantiate(module).value();
  EXPECT_EQ(instance.function<int()>("number").value()().value(), 1);
}

}  // namespace
}  // namespace tenon::e2e
