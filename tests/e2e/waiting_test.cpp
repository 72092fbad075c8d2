// memory.atomic.wait and notify, between threads.
#include "shared_memory_worker.hpp"

#include <chrono>

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;

TEST(Waiting, NotifyWakesAsManyAsItSays) {
  const auto memory = make_memory();
  std::atomic<int> woken = 0;
  std::thread waker([&] {
    Worker worker(worker_module(), memory);
    // Each thread says at 4 that it is about to wait; notify cannot tell.
    while (load<std::uint32_t>(memory, 4) != kThreads) std::this_thread::yield();
    EXPECT_EQ(worker.call("notify", {8, 0}), 0);
    EXPECT_EQ(worker.call("notify", {12, -1}), 0);  // nobody there
    int all = 0;
    while (all < 2) all += worker.call("notify", {8, 1});
    EXPECT_EQ(all, 2);
    while (all < kThreads) all += worker.call("notify", {8, -1});
    EXPECT_EQ(all, kThreads);
  });
  in_threads(worker_module(), memory, [&](Worker& worker, int) {
    worker.call("add", {4, 1});
    if (worker.wait(8, 0, -1) == 0) ++woken;
  });
  waker.join();
  EXPECT_EQ(woken, kThreads);
}

// Whoever notify has counted wakes with 0, even where the time was just over.
TEST(Waiting, TimeoutsAndNotifiesAgreeOnWhoWoke) {
  const auto memory = make_memory();
  std::atomic<int> woken = 0, notified = 0, running = kThreads;
  std::thread waker([&] {
    Worker worker(worker_module(), memory);
    while (running > 0) notified += worker.call("notify", {8, 2});
  });
  in_threads(worker_module(), memory, [&](Worker& worker, int thread) {
    for (int i = 0; i < 500; ++i) {
      const std::int32_t result = worker.wait(8, 0, 1000 * (i % 40) * (1 + thread));
      EXPECT_NE(result, 1);
      if (result == 0) ++woken;
    }
    --running;
  });
  waker.join();
  EXPECT_EQ(woken, notified);
}

TEST(Waiting, TakesAtLeastItsTimeout) {
  const auto memory = make_memory();
  Worker worker(worker_module(), memory);
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(worker.wait(8, 0, std::chrono::nanoseconds(20ms).count()), 2);
  EXPECT_GE(std::chrono::steady_clock::now() - before, 20ms);
}

TEST(Waiting, TheHostCanWakeWhoWouldWaitForEver) {
  const auto memory = make_memory();
  std::thread guest([&] { EXPECT_EQ(Worker(worker_module(), memory).wait(8, 0, INT64_MAX), 0); });
  std::uint32_t woken = 0;
  while (woken == 0) woken = memory.notify(8).value();
  guest.join();
  EXPECT_EQ(woken, 1u);
  EXPECT_EQ(memory.notify(9).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(memory.notify(kPageSize).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(memory.notify(UINT64_MAX - 3).error().code, ErrorCode::invalid_argument);
}

TEST(Waiting, TheHostCanEndIt) {
  const tests::Guest guest(R"((module (memory (export "memory") 1 1 shared)
    (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))");
  Store store;
  const Instance instance = store.instantiate(guest.module()).value();
  const SharedMemory memory = instance.memory().value().shared().value();
  std::thread host([memory] {
    std::this_thread::sleep_for(5ms);
    memory.end_waits();
  });
  for (int i = 0; i < 2; ++i) {
    const auto ended = instance.function<std::int32_t()>("wait").value()();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, i == 0 ? ErrorCode::interrupted : ErrorCode::poisoned);
  }
  host.join();
}

}  // namespace
}  // namespace tenon::e2e
