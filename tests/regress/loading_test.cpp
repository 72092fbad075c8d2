// What loading an artifact may cost, and what it loads.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include <tenon/store.hpp>

#include "support/wat.hpp"
#include "unit/wasm/module_bytes.hpp"

namespace tenon::regress {
namespace {

using base::Bytes;
using wasm::testing::leb;

// Texts of 16 printable bytes that all have one hash in libstdc++ (Murmur's, of
// 64 bits, with its fixed seed): the second half undoes what the first has done.
std::vector<Bytes> colliding_names(std::size_t count) {
  constexpr std::uint64_t kMultiplier = (std::uint64_t{0xC6A4A793} << 32) + 0x5BD1E995;
  constexpr std::uint64_t kStart = std::uint64_t{0xC70F6907} ^ (16 * kMultiplier);
  constexpr std::uint64_t kTarget = 0x1234567890ABCDEF;
  const auto mix = [](std::uint64_t v) { return v ^ (v >> 47); };
  std::uint64_t inverse = kMultiplier;
  for (int i = 0; i < 6; ++i) inverse *= 2 - kMultiplier * inverse;
  std::uint64_t random = 88172645463325252;
  std::vector<Bytes> names;
  while (names.size() < count) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    std::uint64_t halves[2] = {(random & 0x3F3F3F3F3F3F3F3F) + 0x2121212121212121, 0};
    const std::uint64_t hash = (kStart ^ (mix(halves[0] * kMultiplier) * kMultiplier)) * kMultiplier;
    halves[1] = mix((hash ^ kTarget) * inverse) * inverse;
    if ((halves[1] & 0x8080808080808080) != 0) continue;  // no UTF-8
    Bytes name(16);
    std::memcpy(name.data(), halves, 16);
    names.push_back(std::move(name));
  }
  return names;
}

Bytes module_with_exports(const std::vector<Bytes>& names) {
  using namespace wasm::testing;
  Bytes exports = leb(names.size());
  for (const Bytes& name : names) {
    exports.push_back(16);
    exports.insert(exports.end(), name.begin(), name.end());
    exports.insert(exports.end(), {2, 0});
  }
  return kHeader + section(5, {1, 0, 1}) + section(7, exports);
}

// Whether `work` ends well with so many seconds of processor time.
template <typename Work>
bool ends_within(rlim_t seconds, Work work) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit{seconds, seconds};
    setrlimit(RLIMIT_CPU, &limit);
    _exit(work() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// 50,000 names took 27 seconds in a hash table, and 0.2 anywhere else.
TEST(Loading, CollidingExportNamesCostNoMoreThanOthers) {
  const auto names = colliding_names(50'000);
  const auto hash = [](const Bytes& name) { return std::hash<std::string_view>()(base::as_text(name)); };
  ASSERT_EQ(hash(names[0]), hash(names[1])) << "the names do not collide any more";
  const tests::Guest guest(module_with_exports(names), {.optimization_level = 0});
  EXPECT_TRUE(ends_within(8, [&] {
    const auto module = Module::load(guest.artifact());
    return module && module->exports().size() == names.size();
  }));
}

// A module of less than a megabyte made a message of gigabytes.
TEST(Loading, TheMessageAboutUnknownImportsIsShort) {
  using namespace wasm::testing;
  const std::size_t imports = 20'000;
  const Bytes type = Bytes{1, 0x60} + leb(30) + Bytes(30, 0x7F) + Bytes{0};
  const Bytes list = leb(imports) + repeat(Bytes{1, 'a', 1, 'b', 0, 0}, imports);
  const tests::Guest guest(kHeader + section(1, type) + section(2, list), {.optimization_level = 0});
  Store store;
  const auto refused = store.instantiate(guest.module());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unknown_import);
  EXPECT_LT(refused.error().message.size(), 10'000u);
  EXPECT_NE(refused.error().message.find("more"), std::string::npos) << refused.error().message;
}

// 64 frames of 100,000 bytes each, for every error that a host keeps.
TEST(Loading, LongNamesDoNotFillErrors) {
  const std::string name(50'000, 'n');
  const tests::Guest guest("(module (func $" + name + " (export \"" + name + "\") unreachable))");
  Store store;
  const auto trapped = store.instantiate(guest.module()).value().function<void()>(name).value()();
  ASSERT_FALSE(trapped);
  ASSERT_EQ(trapped.error().backtrace.size(), 1u);
  EXPECT_EQ(trapped.error().backtrace[0].function_name, name.substr(0, 1000));
}

// A file that is put in place of another, again and again: each load gives the
// one or the other. It failed where that came between checking and loading.
TEST(Loading, AFileThatIsReplacedMeanwhileIsTheOldOrTheNew) {
  const tests::Guest one(R"((module (func (export "f") (result i32) i32.const 1)))");
  const tests::Guest two(R"((module (func (export "f") (result i32) i32.const 2)))");
  const tests::TempDir dir;
  const auto replace = [&](const tests::Guest& by) {
    std::filesystem::copy_file(by.artifact(), dir / "new.so",
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::rename(dir / "new.so", dir / "plugin.so");
  };
  replace(one);
  std::atomic<bool> done = false;
  std::thread deployment([&] {
    for (int i = 0; !done; ++i) replace(i % 2 == 0 ? two : one);
  });
  std::set<std::int32_t> seen;
  for (int i = 0; i < 2000; ++i) {
    const auto module = Module::load(dir / "plugin.so");
    ASSERT_TRUE(module) << to_string(module.error());
    Store store;
    seen.insert(store.instantiate(*module).value().function<std::int32_t()>("f").value()().value());
  }
  done = true;
  deployment.join();
  EXPECT_EQ(seen, (std::set<std::int32_t>{1, 2}));
}

// Each of them has the number of a descriptor that another had before, whose
// file the system's loader may still have.
TEST(Loading, NumbersOfDescriptorsThatAreUsedAgainAreNoNamesOfOldFiles) {
  std::vector<std::unique_ptr<tests::Guest>> guests;
  std::vector<std::filesystem::path> paths;
  for (int i = 0; i < 4; ++i) {
    guests.push_back(std::make_unique<tests::Guest>("(module (func (export \"f\") (result i32) (i32.const " +
                                                    std::to_string(i) + ")))"));
    paths.push_back(guests.back()->artifact());
  }
  const auto number_of = [](const Module& module) {
    Store store;
    return store.instantiate(module).value().function<std::int32_t()>("f").value()().value();
  };
  for (int i = 0; i < 4; ++i) {
    auto first = std::make_unique<Module>(Module::load(paths[i]).value());
    const Module second = Module::load(paths[i]).value();  // keeps the object loaded
    first.reset();
    const Module next = Module::load(paths[(i + 1) % 4]).value();
    EXPECT_EQ(number_of(second), i);
    EXPECT_EQ(number_of(next), (i + 1) % 4);
  }
}

}  // namespace
}  // namespace tenon::regress
