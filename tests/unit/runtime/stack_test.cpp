// A guest that uses up the stack traps, on every kind of thread, and whatever
// it calls when little is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <functional>
#include <thread>

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

TEST(Stack, ASmallThreadIsRefusedOrTraps) {
  const Guest guest(kRecursions);
  for (std::size_t size : {64u << 10, 192u << 10, 256u << 10}) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size);
    on_thread(attributes, [&] {
      const auto error = call_plain(guest);
      ASSERT_TRUE(error);
      EXPECT_EQ(error->trap, TrapCode::stack_exhaustion) << error->message;
    });
    pthread_attr_destroy(&attributes);
  }
}

// Recursion there would run on into whatever lies below.
TEST(Stack, AThreadWithoutAGuardIsRefused) {
  const Guest guest(kRecursions);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setguardsize(&attributes, 0);
  on_thread(attributes, [&] {
    const auto error = call_plain(guest);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::out_of_resources) << error->message;
  });
  pthread_attr_destroy(&attributes);
}

ucontext_t home, fiber;
const Guest* fiber_guest;
std::optional<Error> fiber_error;
void run_fiber() { fiber_error = call_plain(*fiber_guest); }

TEST(Stack, AForeignStackIsRefused) {
  const Guest guest(kRecursions);
  fiber_guest = &guest;
  constexpr std::size_t kSize = 1 << 20;
  void* const stack = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  getcontext(&fiber);
  fiber.uc_stack = {.ss_sp = stack, .ss_flags = 0, .ss_size = kSize};
  fiber.uc_link = &home;
  makecontext(&fiber, run_fiber, 0);
  swapcontext(&home, &fiber);
  munmap(stack, kSize);
  ASSERT_TRUE(fiber_error);
  EXPECT_EQ(fiber_error->code, ErrorCode::unsupported) << fiber_error->message;
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
