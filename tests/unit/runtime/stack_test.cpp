// A guest that uses up the stack traps, on every kind of thread, and whatever
// it calls when little is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <climits>
#include <functional>
#include <thread>
#include <utility>

#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon {
namespace {

using tests::Guest;

constexpr std::string_view kRecursions = R"((module
  (import "h" "f" (func $f (param i32)))
  (memory 1)
  (table $t 1 funcref)
  (func $plain (export "plain") (param i32) (result i32)
    (i32.add (call $plain (i32.add (local.get 0) (i32.const 1))) (local.get 0)))
  (func $host (export "host") (param i32) (result i32)
    (call $f (local.get 0))
    (i32.add (call $host (i32.add (local.get 0) (i32.const 1))) (local.get 0)))
  (func $builtin (export "builtin") (param i32) (result i32)
    (memory.fill (i32.const 0) (local.get 0) (i32.const 100))
    (i32.add (call $builtin (i32.add (local.get 0) (i32.const 1))) (local.get 0)))
  (func $grow (export "grow") (param i32) (result i32)
    (drop (table.grow $t (ref.null func) (i32.const 0)))
    (i32.add (call $grow (i32.add (local.get 0) (i32.const 1))) (local.get 0)))))";

Imports with_deep_host() {
  // Uses most of the reserve: the thunk must have left that much.
  return std::move(Imports{}.function("h", "f", [](std::int32_t i) {
    [[maybe_unused]] volatile char room[64 * 1024];
    room[0] = static_cast<char>(i);
  }));
}

void expect_all_exhaust(const Guest& guest) {
  Store store({.poison_after_trap = false});
  auto instance = store.instantiate(guest.module(), with_deep_host()).value();
  for (const char* name : {"plain", "host", "builtin", "grow"}) {
    for (int round = 0; round < 3; ++round) {
      const auto result = instance.function<std::int32_t(std::int32_t)>(name).value()(0);
      ASSERT_FALSE(result) << name;
      EXPECT_EQ(result.error().trap, TrapCode::stack_exhaustion) << result.error().message;
      EXPECT_GT(result.error().backtrace.size(), 10u) << name;
    }
  }
}

TEST(Stack, MainThread) { expect_all_exhaust(Guest(kRecursions)); }

TEST(Stack, WorkerThreads) {
  const Guest guest(kRecursions);
  for (int i = 0; i < 3; ++i) std::thread([&] { expect_all_exhaust(guest); }).join();
}

void on_thread(const pthread_attr_t& attributes, std::function<void()> body) {
  pthread_t thread;
  auto start = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, start, &body), 0);
  pthread_join(thread, nullptr);
}

std::optional<Error> call_plain(const Guest& guest) {
  Store store;
  auto instance = store.instantiate(guest.module(), with_deep_host()).value();
  const auto result = instance.function<std::int32_t(std::int32_t)>("plain").value()(0);
  return result ? std::nullopt : std::optional(result.error());
}

// Guests run on a stack of ours: the thread's may be small and have no guard.
TEST(Stack, OfTheThreadMayBeSmallAndWithoutAGuard) {
  const Guest guest(kRecursions);
  for (std::size_t size :
       {static_cast<std::size_t>(PTHREAD_STACK_MIN) + (64u << 10), std::size_t{256u << 10}}) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size);
    pthread_attr_setguardsize(&attributes, 0);
    on_thread(attributes, [&] {
      const auto error = call_plain(guest);
      ASSERT_TRUE(error);
      EXPECT_EQ(error->trap, TrapCode::stack_exhaustion) << error->message;
      EXPECT_GT(error->backtrace.size(), 10u);
    });
    pthread_attr_destroy(&attributes);
  }
}

ucontext_t home, fiber;
std::function<void()> fiber_body;
void run_fiber() { fiber_body(); }

void on_fiber(std::function<void()> body) {
  constexpr std::size_t kSize = 1 << 20;
  void* const stack = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  fiber_body = std::move(body);
  getcontext(&fiber);
  fiber.uc_stack = {.ss_sp = stack, .ss_flags = 0, .ss_size = kSize};
  fiber.uc_link = &home;
  makecontext(&fiber, run_fiber, 0);
  swapcontext(&home, &fiber);
  munmap(stack, kSize);
}

TEST(Stack, GuestsAreCalledFromFibers) {
  const Guest guest(kRecursions);
  std::optional<Error> error;
  on_fiber([&] { error = call_plain(guest); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->trap, TrapCode::stack_exhaustion) << error->message;
}

// The fiber's guest would overwrite the frames of the one that waits.
TEST(Stack, AFiberOfAHostFunctionIsRefused) {
  const Guest guest(kRecursions);
  Store store;
  std::optional<Error> error;
  Imports imports;
  imports.function("h", "f", [&](std::int32_t) -> std::expected<void, Error> {
    on_fiber([&] { error = call_plain(guest); });
    return std::unexpected(Error{.message = "enough"});
  });
  auto instance = store.instantiate(guest.module(), imports).value();
  EXPECT_FALSE(instance.function<std::int32_t(std::int32_t)>("host").value()(0));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::unsupported) << error->message;
}

// Guest, host, guest, host…: the limit counts for all activations together.
TEST(Stack, NestedActivationsExhaustToo) {
  const Guest guest(R"((module (import "h" "f" (func $f (param i32) (result i32)))
    (func (export "run") (param i32) (result i32) (call $f (local.get 0)))))");
  Store store({.poison_after_trap = false});
  std::optional<Instance> instance;
  Imports imports;
  imports.function("h", "f", [&](std::int32_t depth) -> std::expected<std::int32_t, Error> {
    return instance->function<std::int32_t(std::int32_t)>("run").value()(depth + 1);
  });
  instance = store.instantiate(guest.module(), imports).value();
  const auto result = instance->function<std::int32_t(std::int32_t)>("run").value()(0);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().trap, TrapCode::stack_exhaustion) << result.error().message;
}

// What a nested call on another thread leaves behind must not be the limit of the
// one that goes on here.
TEST(Stack, ACallOnAnotherThreadLeavesTheLimitAlone) {
  const Guest guest(kRecursions);
  const Guest other("(module (func (export \"nop\") (result i32) (i32.const 1)))");
  Store store({.poison_after_trap = false});
  auto nop = store.instantiate(other.module()).value().function<std::int32_t()>("nop").value();
  bool first = true;
  Imports imports;
  imports.function("h", "f", [&](std::int32_t) {
    [[maybe_unused]] volatile char room[64 * 1024];
    room[0] = 1;
    if (std::exchange(first, false)) std::thread([&] { EXPECT_EQ(nop().value(), 1); }).join();
  });
  auto instance = store.instantiate(guest.module(), imports).value();
  const auto result = instance.function<std::int32_t(std::int32_t)>("host").value()(0);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().trap, TrapCode::stack_exhaustion);
}

constexpr std::size_t kStackLimit = 400'000;

// How deep a function of frames of the same size gets.
std::int32_t depth_of(const Guest& guest, StoreOptions options, std::string_view function = "count") {
  options.poison_after_trap = false;
  Store store(options);
  auto instance = store.instantiate(guest.module()).value();
  const auto result = instance.function<void()>(function).value()();
  EXPECT_EQ(result.error().trap, TrapCode::stack_exhaustion);
  return std::get<Global>(*instance.find_export("depth")).get().i32();
}

constexpr std::string_view kCounter = R"((module
  (global $depth (export "depth") (mut i32) (i32.const 0))
  (func $count (export "count")
    (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
    (call $count)
    (global.set $depth (i32.add (global.get $depth) (i32.const 0))))))";

// Without a call of the host, so that no check but the guard's sees it.
TEST(Stack, AStoreMayUseLess) {
  const Guest guest(kCounter, {.optimization_level = 0});
  const std::int32_t all = depth_of(guest, {});
  const std::int32_t some = depth_of(guest, {.stack_limit = 4 * kStackLimit});
  const std::int32_t few = depth_of(guest, {.stack_limit = kStackLimit});
  EXPECT_GT(all, some);
  EXPECT_NEAR(static_cast<double>(some) / few, 4.0, 0.1);
  // As much as the store's reserve and a little, whatever was asked for.
  EXPECT_GT(depth_of(guest, {.stack_limit = 0}), 100);
  EXPECT_EQ(depth_of(guest, {.stack_limit = std::size_t{1} << 50}), all);
}

TEST(Stack, ItsLimitIsNamed) {
  const Guest guest(kRecursions);
  Store store({.stack_limit = kStackLimit});
  auto instance = store.instantiate(guest.module(), with_deep_host()).value();
  const auto error = instance.function<std::int32_t(std::int32_t)>("plain").value()(0).error();
  EXPECT_THAT(error.message, testing::HasSubstr("the limit is 400000 bytes: StoreOptions::stack_limit"));
  Store unlimited;
  instance = unlimited.instantiate(guest.module(), with_deep_host()).value();
  EXPECT_THAT(instance.function<std::int32_t(std::int32_t)>("plain").value()(0).error().message,
              testing::HasSubstr("bytes here, as the thread itself)"));
}

// Host functions count on their reserve there, too.
TEST(Stack, HostFunctionsHaveTheirReserveInAStoreThatMayUseLess) {
  const Guest guest(kRecursions);
  Store store({.stack_limit = kStackLimit, .poison_after_trap = false});
  auto instance = store.instantiate(guest.module(), with_deep_host()).value();
  for (const char* name : {"plain", "host", "builtin", "grow"}) {
    const auto result = instance.function<std::int32_t(std::int32_t)>(name).value()(0);
    EXPECT_EQ(result.error().trap, TrapCode::stack_exhaustion) << name;
  }
}

// Calls of the same store, one inside the other, share the limit; a store with a smaller
// limit that is called from inside another has its own.
TEST(Stack, NestedCallsKeepTheLimitOfTheirStore) {
  const Guest guest(R"((module (import "h" "f" (func $f (param i32) (result i32)))
    (func (export "run") (param i32) (result i32) (call $f (local.get 0)))))");
  const auto nesting = [&](std::size_t limit) {
    std::int32_t deepest = 0;
    Store store({.stack_limit = limit, .poison_after_trap = false});
    std::optional<Instance> instance;
    Imports imports;
    imports.function("h", "f", [&](std::int32_t depth) -> std::expected<std::int32_t, Error> {
      deepest = depth;
      return instance->function<std::int32_t(std::int32_t)>("run").value()(depth + 1);
    });
    instance = store.instantiate(guest.module(), imports).value();
    const auto result = instance->function<std::int32_t(std::int32_t)>("run").value()(0);
    EXPECT_EQ(result.error().trap, TrapCode::stack_exhaustion);
    return deepest;
  };
  const std::int32_t some = nesting(8 * kStackLimit), few = nesting(kStackLimit);
  EXPECT_GT(few, 1);
  EXPECT_GT(some, 4 * few);

  const Guest counter(kCounter, {.optimization_level = 0});
  const std::int32_t alone = depth_of(counter, {.stack_limit = kStackLimit});
  std::int32_t inside = 0;
  Store outer;
  Imports imports;
  imports.function("h", "f", [&](std::int32_t i) {
    inside = depth_of(counter, {.stack_limit = kStackLimit});
    return i + 1;
  });
  auto instance = outer.instantiate(guest.module(), imports).value();
  EXPECT_EQ(instance.function<std::int32_t(std::int32_t)>("run").value()(1).value(), 2);
  EXPECT_EQ(inside, alone);
}

// Its frames would be overwritten: where the stack is, is checked before the limit moves it.
TEST(Stack, AFiberOfAHostFunctionIsRefusedInAStoreThatMayUseLess) {
  const Guest guest(kRecursions);
  Store store({.stack_limit = kStackLimit});
  std::optional<Error> error;
  Imports imports;
  imports.function("h", "f", [&](std::int32_t) -> std::expected<void, Error> {
    on_fiber([&] {
      Store inner({.stack_limit = kStackLimit});
      auto instance = inner.instantiate(guest.module(), with_deep_host()).value();
      const auto result = instance.function<std::int32_t(std::int32_t)>("plain").value()(0);
      if (!result) error = result.error();
    });
    return std::unexpected(Error{.message = "enough"});
  });
  auto instance = store.instantiate(guest.module(), imports).value();
  EXPECT_FALSE(instance.function<std::int32_t(std::int32_t)>("host").value()(0));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::unsupported) << error->message;
}

// A store may move between threads; the limit is that of the thread it is on.
TEST(Stack, AStoreMovesBetweenThreads) {
  const Guest guest(kRecursions);
  Store store({.poison_after_trap = false});
  auto instance = store.instantiate(guest.module(), with_deep_host()).value();
  auto run = [&] {
    const auto result = instance.function<std::int32_t(std::int32_t)>("host").value()(0);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().trap, TrapCode::stack_exhaustion);
  };
  run();
  std::thread(run).join();
  run();
}

}  // namespace
}  // namespace tenon
