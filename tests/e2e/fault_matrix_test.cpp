// Each way in which a guest or a host function can fail, a hundred times in one process.
// The host goes on, the next call is right, and what the process holds of memory, mappings
// and descriptors is what it was.
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "regress/binary_guest.hpp"
#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;

constexpr int kTimes = 100;

struct Level {
  std::uint64_t resident = 0;  // bytes
  std::ptrdiff_t mappings = 0;
  std::ptrdiff_t descriptors = 0;

  static Level now() {
    Level level;
    std::uint64_t size = 0;
    std::ifstream("/proc/self/statm") >> size >> level.resident;
    level.resident *= static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) ++level.mappings;
    for (const auto& one : std::filesystem::directory_iterator("/proc/self/fd")) {
      static_cast<void>(one);
      ++level.descriptors;
    }
    return level;
  }
};

// Does it a hundred times, after some for what is made once.
template <typename Fault>
void keeps_level(Fault&& fault) {
#if defined(__SANITIZE_ADDRESS__)
  constexpr std::uint64_t kMore = std::uint64_t{300} << 20;  // what is freed is kept for a while
  constexpr std::ptrdiff_t kMoreMappings = 1000;
#else
  constexpr std::uint64_t kMore = std::uint64_t{8} << 20;
  constexpr std::ptrdiff_t kMoreMappings = 4;  // of the C library's heap
#endif
  for (int i = 0; i < 5; ++i) fault();
  const Level before = Level::now();
  for (int i = 0; i < kTimes && !testing::Test::HasFatalFailure(); ++i) fault();
  const Level after = Level::now();
  EXPECT_LE(after.resident, before.resident + kMore);
  EXPECT_LE(after.mappings, before.mappings + kMoreMappings);
  EXPECT_EQ(after.descriptors, before.descriptors);
}

// ---- Traps

constexpr char kTraps[] = R"((module
  (type $number (func (result i32)))
  (memory 1)
  (data $passive "abc")
  (table $table 3 funcref)
  (table $any 2 externref)
  (tag $tag (param i32))
  (func $one (type $number) (i32.const 1))
  (func $other (param i64))
  (elem (table $table) (i32.const 0) func $one)
  (elem (table $table) (i32.const 2) func $other)
  (func (export "fine") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func (export "unreachable") unreachable)
  (func (export "divide by zero") (drop (i32.div_s (i32.const 7) (i32.load (i32.const 0)))))
  (func (export "overflow") (drop (i64.div_s (i64.const 0x8000000000000000) (i64.sub (i64.load (i32.const 0)) (i64.const 1)))))
  (func (export "convert too large") (drop (i32.trunc_f64_s (f64.add (f64.const 1e30) (f64.load (i32.const 0))))))
  (func (export "convert NaN") (drop (i32.trunc_f32_u (f32.div (f32.load (i32.const 0)) (f32.const 0)))))
  (func (export "load outside") (drop (i32.load (i32.const 65533))))
  (func (export "load far outside") (drop (i64.load offset=4294967295 (i32.const -1))))
  (func (export "store outside") (i64.store (i32.const 65536) (i64.const 1)))
  (func (export "fill outside") (memory.fill (i32.const 65000) (i32.const 1) (i32.const 1000)))
  (func (export "copy outside") (memory.copy (i32.const 0) (i32.const 65000) (i32.const 1000)))
  (func (export "init outside") (memory.init $passive (i32.const 0) (i32.const 2) (i32.const 2)))
  (func (export "table get outside") (drop (table.get $any (i32.const 2))))
  (func (export "table set outside") (table.set $any (i32.const -1) (ref.null extern)))
  (func (export "table copy outside") (table.copy $table $table (i32.const 1) (i32.const 0) (i32.const 3)))
  (func (export "call undefined") (drop (call_indirect $table (type $number) (i32.const 3))))
  (func (export "call uninitialized") (drop (call_indirect $table (type $number) (i32.const 1))))
  (func (export "call mismatch") (drop (call_indirect $table (type $number) (i32.const 2))))
  (func (export "recurse") (drop (call $down (i64.const 0))))
  (func $down (param i64) (result i64) (i64.add (i64.const 1) (call $down (i64.add (local.get 0) (i64.const 1)))))
  (func (export "unaligned") (drop (i32.atomic.load (i32.const 1))))
  (func (export "wait unshared") (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
  (func (export "throw") (throw $tag (i32.const 7)))))";

// What no text format reader at hand can write.
regress::Bytes nulls() {
  regress::BinaryModule module;
  module.function("fine", {ValueType::i32}, {ValueType::i32}, {0x20, 0, 0x41, 1, 0x6A});
  module.function("nothing", {}, {}, {});
  module.function("call null", {}, {}, {0xD0, 1, 0x14, 1});
  module.function("null is not null", {}, {}, {0xD0, 0x70, 0xD4, 0x1A});
  module.function("throw null", {}, {}, {0xD0, 0x69, 0x0A});
  return module.bytes();
}

struct TrapCase {
  const char* function;
  std::optional<TrapCode> trap;  // none: an exception that nothing catches
  bool is_in_bytes = false;
};

void PrintTo(const TrapCase& one, std::ostream* out) { *out << one.function; }

constexpr TrapCase kTrapCases[] = {
    {"unreachable", TrapCode::unreachable},
    {"divide by zero", TrapCode::integer_divide_by_zero},
    {"overflow", TrapCode::integer_overflow},
    {"convert too large", TrapCode::integer_overflow},
    {"convert NaN", TrapCode::invalid_conversion_to_integer},
    {"load outside", TrapCode::out_of_bounds_memory_access},
    {"load far outside", TrapCode::out_of_bounds_memory_access},
    {"store outside", TrapCode::out_of_bounds_memory_access},
    {"fill outside", TrapCode::out_of_bounds_memory_access},
    {"copy outside", TrapCode::out_of_bounds_memory_access},
    {"init outside", TrapCode::out_of_bounds_memory_access},
    {"table get outside", TrapCode::out_of_bounds_table_access},
    {"table set outside", TrapCode::out_of_bounds_table_access},
    {"table copy outside", TrapCode::out_of_bounds_table_access},
    {"call undefined", TrapCode::undefined_element},
    {"call uninitialized", TrapCode::uninitialized_element},
    {"call mismatch", TrapCode::indirect_call_type_mismatch},
    {"recurse", TrapCode::stack_exhaustion},
    {"unaligned", TrapCode::unaligned_atomic},
    {"wait unshared", TrapCode::expected_shared_memory},
    {"throw", std::nullopt},
    {"call null", TrapCode::null_function_reference, true},
    {"null is not null", TrapCode::null_reference, true},
    {"throw null", TrapCode::null_exception_reference, true},
};

class Traps : public testing::TestWithParam<TrapCase> {
 protected:
  static const Module& module(bool is_in_bytes) {
    // Strict: a load whose result nobody needs traps all the same.
    static const tests::Guest kText(kTraps, {.strict = true});
    static const tests::Guest kBytes(base::ByteView(nulls()), {.strict = true});
    return (is_in_bytes ? kBytes : kText).module();
  }
  static void fails(const Instance& instance) {
    const auto done = instance.function<void()>(GetParam().function).value()();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().trap, GetParam().trap) << to_string(done.error());
    if (!GetParam().trap) {
      EXPECT_EQ(done.error().code, ErrorCode::uncaught_exception);
    }
  }
  static void is_right(const Instance& instance) {
    ASSERT_EQ(instance.function<std::int32_t(std::int32_t)>("fine").value()(41), 42);
  }
};

TEST_P(Traps, LeaveTheInstanceUsableWhereTheyShould) {
  Store store({.poison_after_trap = false});
  const Instance instance = store.instantiate(module(GetParam().is_in_bytes)).value();
  keeps_level([&] {
    fails(instance);
    is_right(instance);
  });
}

TEST_P(Traps, LeaveOtherStoresAlone) {
  Store other;
  const Instance neighbour = other.instantiate(module(GetParam().is_in_bytes)).value();
  keeps_level([&] {
    Store store;
    const Instance instance = store.instantiate(module(GetParam().is_in_bytes)).value();
    fails(instance);
    EXPECT_EQ(instance.function<std::int32_t(std::int32_t)>("fine").value()(1).error().code,
              ErrorCode::poisoned);
    is_right(neighbour);
  });
}

INSTANTIATE_TEST_SUITE_P(All, Traps, testing::ValuesIn(kTrapCases), [](const auto& info) {
  std::string name = info.param.function;
  std::ranges::replace(name, ' ', '_');
  return name;
});

// ---- Plugins

// Takes texts as ArrayBuffers, of which it has room for one.
constexpr char kPlugin[] = R"((module
  (import "env" "host" (func $host))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1 65536)
  (table $table 1 10000000 externref)
  (func (export "malloc") (param i32) (result i32)
    (i32.store (i32.const 56) (i32.const 1)) (i32.store (i32.const 60) (local.get 0)) (i32.const 64))
  (func (export "fine") (param i32) (result i32) (local.get 0))
  (func (export "spin") (param i32) (loop $again (br $again)))
  (func (export "fill") (param i32)
    (drop (memory.grow (i32.const 32767)))
    (loop $again (memory.fill (i32.const 1024) (i32.const 7) (i32.const 0x7FFF0000)) (br $again)))
  (func (export "grow") (param i32) (local $at i32)
    (loop $again
      (i32.store (local.get $at) (i32.const 1))
      (local.set $at (i32.add (local.get $at) (i32.const 65536)))
      (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    unreachable)
  (func (export "allocate") (param i32)
    (loop $again
      (drop (memory.grow (i32.const 3)))
      (drop (table.grow $table (ref.null extern) (i32.const 1000)))
      (br $again)))
  (func (export "print") (param i32)
    (i32.store (i32.const 128) (i32.const 1024)) (i32.store (i32.const 132) (i32.const 60000))
    (memory.fill (i32.const 1024) (i32.const 65) (i32.const 60000))
    (loop $again (drop (call $write (i32.const 1) (i32.const 128) (i32.const 1) (i32.const 136))) (br $again)))
  (func (export "call_host") (param i32) (result i32) (call $host) (local.get 0))
  (func (export "call_host_for_ever") (param i32) (loop $again (call $host) (br $again)))))";

constexpr char kWaits[] = R"((module
  (memory (export "memory") 1 1 shared)
  (func (export "malloc") (param i32) (result i32)
    (i32.store (i32.const 56) (i32.const 1)) (i32.store (i32.const 60) (local.get 0)) (i32.const 64))
  (func (export "fine") (param i32) (result i32) (local.get 0))
  (func (export "wait") (param i32)
    (drop (memory.atomic.wait32 (i32.const 128) (i32.const 0) (i64.const -1))))))";

const tests::Guest& plugin_guest() {
  static const tests::Guest kMade(kPlugin);
  return kMade;
}

Plugin load(std::function<void()> host, PluginOptions options = {}) {
  options.host_function("env", "host", [host = std::move(host)] { host(); })
      .interruptible()
      .log([](auto, auto) {});
  return Plugin::load(plugin_guest().module(), options).value();
}

std::expected<std::string, Error> call(Plugin& plugin, std::string_view function) {
  const std::string_view text[] = {"text"};
  return plugin.call(function, text);
}

ErrorCode code(Plugin& plugin, std::string_view function) {
  const auto result = call(plugin, function);
  return result ? ErrorCode::internal : result.error().code;
}

struct PluginCase {
  const char* function;
  ErrorCode code;
  std::chrono::milliseconds timeout{0};
  std::uint64_t memory_limit = std::uint64_t{3} << 30;
};

void PrintTo(const PluginCase& one, std::ostream* out) { *out << one.function; }

class Plugins : public testing::TestWithParam<PluginCase> {};

TEST_P(Plugins, AreStoppedAndLeaveOthersAlone) {
  Plugin other = load([] {});
  PluginOptions options;
  options.memory_limit(GetParam().memory_limit);
  if (GetParam().timeout > 0ms) options.timeout(GetParam().timeout);
  keeps_level([&] {
    Plugin plugin = load([] { std::this_thread::sleep_for(7ms); }, options);
    EXPECT_FALSE(plugin.stopped());
    EXPECT_EQ(code(plugin, GetParam().function), GetParam().code);
    EXPECT_TRUE(plugin.stopped());
    EXPECT_EQ(code(plugin, "fine"), ErrorCode::poisoned);
    ASSERT_EQ(call(other, "fine"), "text");
  });
}

INSTANTIATE_TEST_SUITE_P(All, Plugins,
                         testing::Values(PluginCase{"spin", ErrorCode::timeout, 5ms},
                                         PluginCase{"fill", ErrorCode::timeout, 5ms},
                                         PluginCase{"call_host_for_ever", ErrorCode::timeout, 5ms},
                                         PluginCase{"print", ErrorCode::timeout, 5ms},
                                         PluginCase{"allocate", ErrorCode::timeout, 20ms, 16 << 20},
                                         PluginCase{"grow", ErrorCode::out_of_resources, 0ms, 16 << 20}),
                         [](const auto& info) { return std::string(info.param.function); });

TEST(Waits, AreEndedByATimeout) {
  const tests::Guest guest(kWaits);
  keeps_level([&] {
    Plugin plugin = Plugin::load(guest.module(), PluginOptions().timeout(5ms)).value();
    EXPECT_EQ(code(plugin, "wait"), ErrorCode::timeout);
    Plugin next = Plugin::load(guest.module(), PluginOptions().timeout(5s)).value();
    ASSERT_EQ(call(next, "fine"), "text");
  });
}

// ---- Host functions

TEST(HostFunctions, MayThrow) {
  keeps_level([&] {
    Plugin plugin = load([] { throw std::runtime_error("mine"); });
    const auto result = call(plugin, "call_host");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::host_error);
    EXPECT_THAT(result.error().message, testing::HasSubstr("mine"));
    EXPECT_EQ(code(plugin, "fine"), ErrorCode::poisoned);
  });
}

TEST(HostFunctions, MayCallTheirPluginInVain) {
  keeps_level([&] {
    std::optional<Plugin> plugin;
    int refused = 0;
    plugin = load([&] {
      refused += code(*plugin, "fine") == ErrorCode::invalid_argument;
      refused += !plugin->collect();
    });
    ASSERT_EQ(call(*plugin, "call_host"), "text");
    EXPECT_EQ(refused, 2);
    ASSERT_EQ(call(*plugin, "fine"), "text");
  });
}

TEST(HostFunctions, MayInterruptTheirOwnCall) {
  keeps_level([&] {
    std::optional<Plugin> plugin;
    plugin = load([&] { EXPECT_TRUE(plugin->interrupt_handle()->interrupt()); });
    EXPECT_EQ(code(*plugin, "call_host_for_ever"), ErrorCode::interrupted);
    EXPECT_EQ(code(*plugin, "fine"), ErrorCode::poisoned);
  });
}

// The call goes on to its end, and everything is freed then.
TEST(HostFunctions, MayDestroyTheirPlugin) {
  keeps_level([&] {
    std::optional<Plugin> plugin;
    const auto life = std::make_shared<int>(1);
    plugin = load([&plugin, life] { plugin.reset(); });
    ASSERT_EQ(call(*plugin, "call_host"), "text");
    EXPECT_FALSE(plugin);
    EXPECT_EQ(life.use_count(), 1);
  });
}

TEST(HostFunctions, MayReplaceTheirPlugin) {
  keeps_level([&] {
    std::optional<Plugin> plugin;
    plugin = load([&] { *plugin = load([] {}); });
    EXPECT_EQ(code(*plugin, "call_host"), ErrorCode::internal);
    ASSERT_EQ(call(*plugin, "call_host"), "text");
  });
}

// That breaks the precondition of ~Store: it is not freed, and nothing worse happens.
TEST(HostFunctions, ThatDestroyTheirStoreDoNoHarm) {
  for (int i = 0; i < 10; ++i) {
    std::optional<Store> store(std::in_place);
    const auto instance = store
                              ->instantiate(plugin_guest().module(),
                                            Imports()
                                                .define("env", "host", HostFunction([&] { store.reset(); }))
                                                .unknown(UnknownImports::trap))
                              .value();
    const auto call_host = instance.function<std::int32_t(std::int32_t)>("call_host").value();
    EXPECT_EQ(call_host(7), 7);
    EXPECT_FALSE(store);
  }
}

}  // namespace
}  // namespace tenon::e2e
