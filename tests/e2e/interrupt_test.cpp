// Calls that are ended from outside: timeouts and interrupts, wherever the guest is.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

// The thread sanitizer keeps a signal back until the thread calls a function that it knows,
// which guests never do; but not this one.
#if defined(__SANITIZE_THREAD__)
const bool kChosen = set_interrupt_signal(SIGTRAP).has_value();
#endif

// A handler of the host's that was there before ours.
#if !defined(__SANITIZE_THREAD__)
volatile std::sig_atomic_t host_signals = 0;
const bool kHandled = std::signal(SIGURG, [](int) { host_signals = host_signals + 1; }) != SIG_ERR;

#endif

// Takes texts as ArrayBuffers, of which it has room for one.
constexpr char kGuest[] = R"((module
  (import "env" "host" (func $host))
  (memory (export "memory") 1 65536)
  (table $table 1 10000000 funcref)
  (func (export "malloc") (param i32) (result i32)
    (i32.store (i32.const 56) (i32.const 1)) (i32.store (i32.const 60) (local.get 0)) (i32.const 64))
  (func (export "fine") (param i32) (result i32) (local.get 0))
  (func $spin (export "spin") (param i32) (loop $again (br $again)))
  (func (export "spin_deep") (param i32) (call $deep (i32.const 5)))
  (func $deep (param i32)
    (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))) (else (call $spin (i32.const 0)))))
  (func (export "spin_and_store") (param i32)
    (loop $again (i32.store (i32.const 128) (i32.add (i32.load (i32.const 128)) (i32.const 1))) (br $again)))
  (func (export "fill") (param i32)
    (drop (memory.grow (i32.const 32767)))
    (loop $again (memory.fill (i32.const 1024) (i32.const 7) (i32.const 0x7FFF0000)) (br $again)))
  (func (export "copy") (param i32)
    (drop (memory.grow (i32.const 32767)))
    (loop $again (memory.copy (i32.const 1024) (i32.const 2048) (i32.const 0x7FFF0000)) (br $again)))
  (func (export "fill_table") (param i32)
    (drop (table.grow $table (ref.null func) (i32.const 9999999)))
    (loop $again (table.fill $table (i32.const 0) (ref.null func) (i32.const 10000000)) (br $again)))
  (func (export "call_host") (param i32) (result i32) (call $host) (local.get 0))
  (func (export "call_host_for_ever") (param i32) (loop $again (call $host) (br $again)))
  (func (export "trap") (param i32) unreachable)))";

constexpr char kSharedGuest[] = R"((module
  (memory (export "memory") 1 1 shared)
  (func (export "malloc") (param i32) (result i32)
    (i32.store (i32.const 56) (i32.const 1)) (i32.store (i32.const 60) (local.get 0)) (i32.const 64))
  (func (export "wait") (param i32)
    (drop (memory.atomic.wait32 (i32.const 128) (i32.const 0) (i64.const -1))))))";

const tests::Guest& guest() {
  static const tests::Guest kMade(kGuest);
  return kMade;
}

PluginOptions with(std::function<void()> host, std::chrono::nanoseconds timeout = 0ns) {
  PluginOptions options;
  options.host_function("env", "host", [host = std::move(host)] { host(); }).interruptible();
  if (timeout > 0ns) options.timeout(timeout);
  return options;
}

Plugin load(std::chrono::nanoseconds timeout = 0ns, std::function<void()> host = [] {}) {
  return Plugin::load(guest().module(), with(std::move(host), timeout)).value();
}

Error call(Plugin& plugin, std::string_view function) {
  const std::string_view text[] = {"text"};
  const auto result = plugin.call(function, text);
  return result ? Error{.code = ErrorCode::internal, .message = "it returned " + *result} : result.error();
}

// A call of the host that hands on very much looks at the time, too.
TEST(Timeout, EndsInTheMiddleOfALongWrite) {
  const tests::Guest guest(R"((module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 2000)
    (data (i32.const 16) "\00\00\01\00\00\00\00\07")
    (func (export "write") (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 0))))))");
  std::size_t pieces = 0;
  Imports imports;
  WasiOptions wasi;
  wasi.standard_output = [&](std::span<const std::uint8_t>) {
    ++pieces;
    std::this_thread::sleep_for(1ms);
  };
  ASSERT_TRUE(add_wasi(imports, std::move(wasi)));
  StoreOptions options;
  options.timeout = 20ms;
  Store store(options);
  const auto instance = store.instantiate(guest.module(), imports);
  ASSERT_TRUE(instance) << to_string(instance.error());
  const auto done = (*instance->function<void()>("write"))();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::timeout);
  EXPECT_LT(pieces, 1792u) << "all 112 MiB in pieces of 64 KiB";
}

// A host that takes "deadline less now" for it must not lose its limit where it is late.
TEST(Timeout, ThatIsNegativeIsRefused) {
  const tests::Guest guest("(module)");
  const auto refused = Plugin::load(guest.module(), PluginOptions{}.timeout(-5ms));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(refused.error().message, HasSubstr("the timeout is negative"));
}

class Timeouts : public testing::TestWithParam<const char*> {};

TEST_P(Timeouts, EndTheCall) {
  for (int i = 0; i < 3; ++i) {
    Plugin plugin = load(5ms);
    const auto before = Clock::now();
    const Error error = call(plugin, GetParam());
    EXPECT_GE(Clock::now() - before, 5ms);
    EXPECT_EQ(error.code, ErrorCode::timeout) << error.message;
    EXPECT_THAT(error.message, HasSubstr("5 ms (PluginOptions::timeout, --timeout)"));
    EXPECT_EQ(call(plugin, "fine").code, ErrorCode::poisoned);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Timeouts,
                         testing::Values("spin", "spin_deep", "spin_and_store", "fill", "copy", "fill_table",
                                         "call_host_for_ever"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Timeout, NamesTheFunctionThatRan) {
  Plugin plugin = load(5ms);
  const Error error = call(plugin, "spin_deep");
  ASSERT_FALSE(error.backtrace.empty());
  EXPECT_THAT(error.backtrace.back().function_name, HasSubstr("spin"));
}

TEST(Timeout, EndsAHundredCallsInARow) {
  for (int i = 0; i < 100; ++i) {
    Plugin plugin = load(1ms);
    EXPECT_EQ(call(plugin, "spin").code, ErrorCode::timeout);
  }
}

TEST(Timeout, LeavesCallsInTimeAlone) {
  Plugin plugin = load(10s);
  const std::string_view text[] = {"text"};
  for (int i = 0; i < 100'000; ++i) ASSERT_EQ(plugin.call("fine", text).value(), "text");
}

// The watchdog has gone to sleep in between.
TEST(Timeout, EndsACallAfterALongRest) {
  Plugin plugin = load(5ms);
  const std::string_view text[] = {"text"};
  EXPECT_TRUE(plugin.call("fine", text));
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(call(plugin, "spin").code, ErrorCode::timeout);
}

TEST(Timeout, EndsAWait) {
  const tests::Guest guest(kSharedGuest);
  Plugin plugin = Plugin::load(guest.module(), PluginOptions().timeout(5ms)).value();
  EXPECT_EQ(call(plugin, "wait").code, ErrorCode::timeout);
}

TEST(Timeout, EndsAStartFunction) {
  const tests::Guest guest("(module (func $start (loop $again (br $again))) (start $start))");
  const auto plugin = Plugin::load(guest.module(), PluginOptions().timeout(5ms));
  ASSERT_FALSE(plugin);
  EXPECT_EQ(plugin.error().code, ErrorCode::timeout);
}

TEST(Timeout, ComesWhenAHostFunctionReturns) {
  bool returned = false;
  Plugin plugin = load(5ms, [&] {
    const auto until = Clock::now() + 50ms;
    while (Clock::now() < until) {}
    returned = true;
  });
  EXPECT_EQ(call(plugin, "call_host_for_ever").code, ErrorCode::timeout);
  EXPECT_TRUE(returned);
}

// What the outer call waits for ends with it.
TEST(Timeout, EndsAPluginThatAHostFunctionCalled) {
  Plugin inner = load();
  Error inner_error;
  Plugin outer = load(5ms, [&] {
    const Error error = call(inner, "spin");
    if (error.code != ErrorCode::poisoned) inner_error = error;
  });
  const Error error = call(outer, "call_host_for_ever");
  EXPECT_EQ(error.code, ErrorCode::timeout) << error.message;
  EXPECT_EQ(inner_error.code, ErrorCode::timeout) << inner_error.message;
}

TEST(Timeout, EndsAWaitOfAPluginThatAHostFunctionCalled) {
  const tests::Guest waits(kSharedGuest);
  Plugin inner = Plugin::load(waits.module()).value();
  Plugin outer = load(5ms, [&] { static_cast<void>(call(inner, "wait")); });
  EXPECT_EQ(call(outer, "call_host_for_ever").code, ErrorCode::timeout);
}

// A host function may wait for another thread that calls the store.
TEST(Timeout, EndsACallInsideItOnAnotherThread) {
  Store store({.poison_after_trap = false, .timeout = 5ms});
  std::optional<Instance> instance;
  std::optional<ErrorCode> inner;
  Imports imports;
  imports.define("env", "host", HostFunction([&] {
                   std::jthread([&] {
                     const auto done = instance->function<void(std::int32_t)>("spin").value()(0);
                     if (!done) inner = done.error().code;
                   }).join();
                 }));
  instance = store.instantiate(guest().module(), imports).value();
  static_cast<void>(instance->function<std::int32_t(std::int32_t)>("call_host").value()(0));
  EXPECT_EQ(inner, ErrorCode::timeout);
}

#if !defined(__SANITIZE_THREAD__)  // which lets a forked process start no thread
TEST(Timeout, EndsACallInAForkedProcess) {
  Plugin plugin = load(5ms);
  const std::string_view text[] = {"text"};
  EXPECT_TRUE(plugin.call("fine", text));
  const pid_t child = fork();
  if (child == 0) _exit(call(plugin, "spin").code == ErrorCode::timeout ? 0 : 1);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(call(plugin, "spin").code, ErrorCode::timeout);
}
#endif

// Below the plugin layer: each call of the host is one, with all that it calls.
TEST(Timeout, OfAStoreEndsItsCalls) {
  Store store({.timeout = 5ms});
  Imports imports;
  imports.define("env", "host", HostFunction([] {}));
  const auto instance = store.instantiate(guest().module(), imports).value();
  const auto fine = instance.function<std::int32_t(std::int32_t)>("fine").value();
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(fine(i).value(), i);
  const auto done = instance.function<void(std::int32_t)>("spin").value()(0);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::timeout);
  EXPECT_FALSE(store.interrupt_handle().value().interrupt());
  EXPECT_EQ(Store().interrupt_handle().error().code, ErrorCode::invalid_argument);
}

#if !defined(__SANITIZE_THREAD__)
TEST(Interrupt, HandlerThatWasThereBeforeGetsTheSignalsOfTheHost) {
  Plugin plugin = load(5ms);
  host_signals = 0;
  raise(SIGURG);
  EXPECT_EQ(host_signals, 1);
  EXPECT_EQ(call(plugin, "spin").code, ErrorCode::timeout);
  EXPECT_EQ(host_signals, 1);
}
#endif

TEST(Interrupt, EndsACallFromAnotherThread) {
  Plugin plugin = load();
  const InterruptHandle handle = plugin.interrupt_handle().value();
  EXPECT_FALSE(handle.interrupt());  // nothing runs
  std::jthread other([&] {
    while (!handle.interrupt()) std::this_thread::yield();
  });
  EXPECT_EQ(call(plugin, "spin").code, ErrorCode::interrupted);
}

TEST(Interrupt, OfItselfEndsTheCallWhenTheHostFunctionReturns) {
  std::optional<InterruptHandle> handle;
  bool returned = false;
  Plugin plugin = load(0ns, [&] {
    EXPECT_TRUE(handle->interrupt());
    returned = true;
  });
  handle = plugin.interrupt_handle().value();
  EXPECT_EQ(call(plugin, "call_host_for_ever").code, ErrorCode::interrupted);
  EXPECT_TRUE(returned);
}

TEST(Interrupt, OfAPluginThatIsGoneDoesNothing) {
  std::optional<Plugin> plugin(load());
  const InterruptHandle handle = plugin->interrupt_handle().value();
  plugin.reset();
  EXPECT_FALSE(handle.interrupt());
}

TEST(Interrupt, NeedsAPluginThatWasLoadedForIt) {
  const auto plugin = Plugin::load(guest().module(), PluginOptions().host_function("env", "host", [] {}));
  EXPECT_EQ(plugin->interrupt_handle().error().code, ErrorCode::invalid_argument);
}

TEST(Interrupt, SignalIsChosenBeforehand) {
  const Plugin plugin = load();
  EXPECT_EQ(set_interrupt_signal(SIGUSR2).error().code, ErrorCode::invalid_argument);
  for (const int signal : {SIGKILL, SIGSEGV, SIGFPE, SIGABRT, 0, 1000})
    EXPECT_EQ(set_interrupt_signal(signal).error().code, ErrorCode::invalid_argument) << signal;
}

// At every moment of calls that return, call the host and trap, of plugins that come and go.
TEST(Interrupt, AtAnyMomentEndsTheCallThatRunsAndNoOther) {
  constexpr int kThreads = 3, kRounds = 100;
  std::atomic<int> ended = 0;
  std::vector<std::jthread> callers;
  for (int i = 0; i < kThreads; ++i) {
    callers.emplace_back([&, i] {
      std::minstd_rand random(static_cast<unsigned>(i) + 1);
      for (int round = 0; round < kRounds; ++round) {
        Plugin plugin = load();
        std::jthread other(
            [handle = plugin.interrupt_handle().value(), random](const std::stop_token& stop) mutable {
              while (!stop.stop_requested()) {
                const auto until = Clock::now() + std::chrono::microseconds(random() % 200);
                while (Clock::now() < until) {}
                handle.interrupt();
              }
            });
        static constexpr const char* kFunctions[] = {"fine", "call_host", "spin", "spin_deep", "trap"};
        for (int n = 0; n < 1000; ++n) {
          const Error error = call(plugin, kFunctions[n < 990 ? random() % 2 : random() % 5]);
          if (error.code == ErrorCode::internal) continue;  // it returned
          EXPECT_TRUE(error.code == ErrorCode::interrupted || error.code == ErrorCode::trap) << error.message;
          EXPECT_EQ(call(plugin, "fine").code, ErrorCode::poisoned);
          ended += error.code == ErrorCode::interrupted;
          break;
        }
      }
    });
  }
  callers.clear();
  EXPECT_GT(ended, kRounds);
}

}  // namespace
}  // namespace tenon::e2e
