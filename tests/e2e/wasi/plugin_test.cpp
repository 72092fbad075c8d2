// Plugins with directories.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using testing::HasSubstr;

// Opens "file" in the first directory, each time anew; `_initialize` does so where the table of
// exports has it.
std::string opener(std::string_view more) {
  return R"((module
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 0) "file")
    (func $open (export "open") (param $flags i32) (param $rights i64) (result i32)
      (call $path_open (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 4) (local.get $flags)
        (local.get $rights) (i64.const 0) (i32.const 0) (i32.const 16)))
    (func (export "close") (result i32) (call $fd_close (i32.load (i32.const 16)))))" +
         std::string(more) + ")";
}

constexpr std::int64_t kRead = 2, kWrite = 64;
constexpr std::int32_t kCreate = 1;

std::int32_t open(const Plugin& plugin, std::int32_t flags, std::int64_t rights) {
  return (*plugin.instance().function<std::int32_t(std::int32_t, std::int64_t)>("open"))(flags, rights)
      .value();
}

TEST(WasiPlugins, HaveTheDirectoriesThatTheyAreGiven) {
  const tests::Guest guest(opener(""));
  const tests::TempDir dir;
  const auto none = Plugin::load(guest.module());
  ASSERT_TRUE(none);
  EXPECT_EQ(open(*none, kCreate, kRead), 8);  // no such descriptor
  const auto reader = Plugin::load(guest.module(), PluginOptions{}.preopen(dir.path(), "/"));
  ASSERT_TRUE(reader);
  EXPECT_EQ(open(*reader, kCreate, kRead), 76);  // not capable
  EXPECT_EQ(open(*reader, 0, kRead), 44);        // no such file
  const auto writer =
      Plugin::load(guest.module(), PluginOptions{}.preopen(dir.path(), "/", DirectoryAccess::read_write));
  ASSERT_TRUE(writer);
  EXPECT_EQ(open(*writer, kCreate, kRead | kWrite), 0);
  EXPECT_EQ(open(*reader, 0, kRead), 0);
}

TEST(WasiPlugins, LoadingSaysWhichDirectoryIsNotThere) {
  const tests::Guest guest(opener(""));
  const auto plugin = Plugin::load(guest.module(), PluginOptions{}.preopen("/no/such/directory", "/"));
  ASSERT_FALSE(plugin);
  EXPECT_EQ(plugin.error().phase, Phase::link);
  EXPECT_THAT(plugin.error().message, HasSubstr("/no/such/directory: there is none of that name"));
}

TEST(WasiPlugins, AFreshPluginMayNotKeepAFileOpen) {
  const tests::TempDir dir;
  tests::write_text(dir / "file", "text");
  const auto options = PluginOptions{}.preopen(dir.path(), "/").isolation(Isolation::fresh_each_call);
  const std::string start = R"((func (export "_initialize") (drop (call $open (i32.const 0) (i64.const 2))))";
  const tests::Guest keeps(opener(start + ")"));
  const auto refused = Plugin::load(keeps.module(), options);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("its descriptor 4: it has to close it first"));
  const tests::Guest closes(opener(start + " (drop (call $fd_close (i32.const 4))))"));
  EXPECT_TRUE(Plugin::load(closes.module(), options));
}

}  // namespace
}  // namespace tenon::e2e
