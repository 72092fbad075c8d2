#include "runtime/memory/wait_queue.hpp"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tenon::runtime {
namespace {

constexpr std::int64_t kEndless = -1;
bool always() { return true; }

TEST(WaitQueue, DoesNotSleepOnAnotherValue) {
  WaitQueue queue;
  EXPECT_EQ(queue.wait(0, [] { return false; }, kEndless), WaitResult::not_equal);
}

TEST(WaitQueue, TimesOutAndForgetsTheWaiter) {
  WaitQueue queue;
  EXPECT_EQ(queue.wait(0, always, 0), WaitResult::timed_out);
  EXPECT_EQ(queue.wait(0, always, 1000), WaitResult::timed_out);
  EXPECT_EQ(queue.notify(0, UINT32_MAX), 0u);
}

// A notify that comes after the value was looked at finds the waiter: it must
// not fall between looking and sleeping.
TEST(WaitQueue, LosesNoNotifyBeforeItSleeps) {
  WaitQueue queue;
  std::thread notifier;
  std::uint32_t woken = 0;
  auto look = [&] {
    notifier = std::thread([&] { woken = queue.notify(8, 1); });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return true;
  };
  EXPECT_EQ(queue.wait(8, look, 1'000'000'000), WaitResult::woken);
  notifier.join();
  EXPECT_EQ(woken, 1u);
}

// Who waits is in the queue once its value has been asked for.
class Sleepers {
 public:
  void add(WaitQueue& queue, std::uint64_t address, std::int64_t timeout = kEndless) {
    const std::size_t before = asked_;
    threads_.emplace_back([this, &queue, address, timeout, order = threads_.size()] {
      const auto result = queue.wait(address, [this] { return ++asked_, true; }, timeout);
      EXPECT_EQ(result, WaitResult::woken);
      const std::lock_guard lock(mutex_);
      woken_.push_back(order);
    });
    while (asked_ == before) std::this_thread::yield();
  }
  void join() {
    for (auto& thread : threads_) thread.join();
  }
  std::vector<std::size_t> woken() {
    const std::lock_guard lock(mutex_);
    return woken_;
  }

 private:
  std::atomic<std::size_t> asked_ = 0;
  std::mutex mutex_;
  std::vector<std::size_t> woken_;
  std::vector<std::thread> threads_;
};

TEST(WaitQueue, WakesTheLongestWaitingFirst) {
  WaitQueue queue;
  Sleepers sleepers;
  for (int i = 0; i < 4; ++i) sleepers.add(queue, 8);
  for (std::size_t i = 1; i <= 4; ++i) {
    EXPECT_EQ(queue.notify(8, 1), 1u);
    while (sleepers.woken().size() < i) std::this_thread::yield();
  }
  sleepers.join();
  EXPECT_EQ(sleepers.woken(), (std::vector<std::size_t>{0, 1, 2, 3}));
}

TEST(WaitQueue, AddressesAreApart) {
  WaitQueue queue;
  Sleepers sleepers;
  sleepers.add(queue, 8);
  sleepers.add(queue, 12);
  sleepers.add(queue, 8);
  EXPECT_EQ(queue.notify(16, UINT32_MAX), 0u);
  EXPECT_EQ(queue.notify(8, 0), 0u);
  EXPECT_EQ(queue.notify(8, UINT32_MAX), 2u);
  EXPECT_EQ(queue.notify(12, 7), 1u);
  sleepers.join();
}

// A guest that waits without a timeout held its host's thread for good.
TEST(WaitQueue, EndsForAllAndForGood) {
  WaitQueue queue;
  std::atomic<int> asked = 0, ended = 0;
  std::vector<std::thread> threads;
  for (const std::uint64_t address : {8, 8, 16}) {
    threads.emplace_back([&, address] {
      if (queue.wait(address, [&] { return ++asked, true; }, kEndless) == WaitResult::ended) ++ended;
    });
  }
  while (asked < 3) std::this_thread::yield();
  queue.end();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ended, 3);
  EXPECT_EQ(queue.wait(8, always, kEndless), WaitResult::ended);
  EXPECT_EQ(queue.wait(8, [] { return false; }, kEndless), WaitResult::not_equal);
  EXPECT_EQ(queue.notify(8, UINT32_MAX), 0u);
}

// What lay on the stack of a thread that is gone must not be in the list.
TEST(WaitQueue, ForgetsAThreadThatIsCancelled) {
  WaitQueue queue;
  std::atomic<bool> asked = false;
  std::thread thread([&] { queue.wait(8, [&] { return asked = true; }, kEndless); });
  while (!asked) std::this_thread::yield();
  EXPECT_EQ(queue.notify(16, 1), 0u);  // so it sleeps, or is about to
  pthread_cancel(thread.native_handle());
  thread.join();
  EXPECT_EQ(queue.notify(8, UINT32_MAX), 0u);
  Sleepers sleepers;
  sleepers.add(queue, 8);
  EXPECT_EQ(queue.notify(8, UINT32_MAX), 1u);
  sleepers.join();
}

// As a time since the clock's beginning this is more than 64 bits hold.
TEST(WaitQueue, TheLongestTimeoutIsNotOverAtOnce) {
  WaitQueue queue;
  Sleepers sleepers;
  sleepers.add(queue, 0, INT64_MAX);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(queue.notify(0, 1), 1u);
  sleepers.join();
}

}  // namespace
}  // namespace tenon::runtime
