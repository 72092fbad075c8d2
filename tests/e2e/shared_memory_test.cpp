// Threads that share a memory: each has a store of its own, all import the same
// memory. Most telling under the thread sanitizer (`make tsan`).
#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;

constexpr int kThreads = 6;
constexpr std::int32_t kRounds = 2000;

// A lock at 0 (0 free, 1 taken, 2 taken and waited for), what it guards at 64.
constexpr char kWorker[] = R"((module
  (import "env" "memory" (memory 1 64 shared))
  (data (i32.const 1024) "tenon")
  (data $passive "0123456789abcdef0123456789abcdef")
  (func $lock (local i32)
    (local.set 0 (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 1)))
    (block $taken
      (br_if $taken (i32.eqz (local.get 0)))
      (loop $again
        (if (i32.or (i32.eq (local.get 0) (i32.const 2))
                    (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 1) (i32.const 2)))
          (then (drop (memory.atomic.wait32 (i32.const 0) (i32.const 2) (i64.const -1)))))
        (local.set 0 (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 2)))
        (br_if $again (local.get 0)))))
  (func $unlock
    (if (i32.ne (i32.atomic.rmw.sub (i32.const 0) (i32.const 1)) (i32.const 1))
      (then
        (i32.atomic.store (i32.const 0) (i32.const 0))
        (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))))
  (func (export "count guarded") (param i32)
    (loop $again
      (call $lock)
      (i32.store offset=64 (i32.const 0) (i32.add (i32.load offset=64 (i32.const 0)) (i32.const 1)))
      (i64.store offset=72 (i32.const 0) (i64.add (i64.load offset=72 (i32.const 0)) (i64.const 3)))
      (call $unlock)
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "count") (param i32)
    (loop $again
      (drop (i32.atomic.rmw.add (i32.const 128) (i32.const 1)))
      (drop (i64.atomic.rmw.add (i32.const 136) (i64.const 0x100000001)))
      (drop (i32.atomic.rmw8.add_u (i32.const 145) (i32.const 1)))
      (drop (i32.atomic.rmw16.add_u (i32.const 146) (i32.const 1)))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "wait") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
  (func (export "add") (param i32 i32) (result i32) (i32.atomic.rmw.add (local.get 0) (local.get 1)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32) (memory.init $passive (local.get 0) (i32.const 0) (i32.const 32)))
  ;; Store buffering: of two threads that each store and then look, one at least sees the other.
  (func (export "store and look") (param i32 i32) (result i32)
    (i32.atomic.store (local.get 0) (i32.const 1))
    (i32.atomic.load (local.get 1)))
  ;; Message passing: who sees the flag sees what was stored before it, atomically or not.
  (func (export "send") (param i32)
    (i32.store offset=400 (i32.const 0) (local.get 0))
    (i32.atomic.store offset=464 (i32.const 0) (local.get 0)))
  (func (export "receive") (param i32) (result i32)
    (loop $again (br_if $again (i32.ne (i32.atomic.load offset=464 (i32.const 0)) (local.get 0))))
    (i32.load offset=400 (i32.const 0)))
  ;; Hands a ball to and fro: waits until it is `from`, then makes it `to`.
  (func (export "play") (param $from i32) (param $to i32) (param $rounds i32)
    (loop $again
      (loop $look
        (if (i32.ne (i32.atomic.load (i32.const 256)) (local.get $from))
          (then
            (drop (memory.atomic.wait32 (i32.const 256) (local.get $to) (i64.const -1)))
            (br $look))))
      (i32.atomic.store (i32.const 256) (local.get $to))
      (drop (memory.atomic.notify (i32.const 256) (i32.const 1)))
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1))))))
))";

SharedMemory make_memory(std::uint64_t minimum = 1, std::uint64_t maximum = 64) {
  return SharedMemory::create({.limits = {minimum, maximum}, .is_shared = true}).value();
}

class Worker {
 public:
  Worker(const Module& module, const SharedMemory& memory)
      : store_(StoreOptions{.poison_after_trap = false}) {
    Imports imports;
    imports.define("env", "memory", memory);
    auto made = store_.instantiate(module, imports);
    if (!made) throw std::runtime_error(to_string(made.error()));
    instance_.emplace(*made);
  }

  // Its one result, or 0.
  std::int32_t call(const std::string& name, const std::vector<std::int32_t>& arguments = {}) {
    std::vector<Value> values;
    for (const auto argument : arguments) values.push_back(Value::from_i32(argument));
    return call_values(name, values);
  }
  std::int32_t wait(std::int32_t address, std::int32_t expected, std::int64_t timeout_ns) {
    return call_values("wait",
                       {Value::from_i32(address), Value::from_i32(expected), Value::from_i64(timeout_ns)});
  }
  std::optional<TrapCode> trap(const std::string& name, const std::vector<Value>& arguments) {
    const auto result = instance_->function(name)->call(arguments);
    return result ? std::nullopt : result.error().trap;
  }

 private:
  std::int32_t call_values(const std::string& name, const std::vector<Value>& arguments) {
    const auto result = instance_->function(name)->call(arguments);
    if (!result) {
      ADD_FAILURE() << name << ": " << to_string(result.error());
      return 0;
    }
    return result->empty() ? 0 : result->at(0).i32();
  }
  Store store_;
  std::optional<Instance> instance_;
};

// All at once, as far as can be; each with a worker of its own.
void in_threads(const Module& module, const SharedMemory& memory,
                const std::function<void(Worker&, int thread)>& work) {
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      Worker worker(module, memory);
      work(worker, i);
    });
  }
  for (auto& thread : threads) thread.join();
}

template <typename T>
T load(const SharedMemory& memory, std::uint64_t address) {
  return std::atomic_ref(*reinterpret_cast<T*>(memory.view(address, sizeof(T)).value().data())).load();
}

struct Setting {
  std::uint8_t level;
  Bounds bounds;
};

class SharedMemories : public testing::TestWithParam<Setting> {
 protected:
  tests::Guest guest_{kWorker, {.optimization_level = GetParam().level, .bounds = GetParam().bounds}};
};

TEST_P(SharedMemories, EveryAtomicAdditionCounts) {
  const auto memory = make_memory();
  in_threads(guest_.module(), memory, [](Worker& worker, int) { worker.call("count", {kRounds}); });
  constexpr std::uint32_t kAll = kThreads * kRounds;
  EXPECT_EQ(load<std::uint32_t>(memory, 128), kAll);
  EXPECT_EQ(load<std::uint64_t>(memory, 136), kAll * std::uint64_t{0x100000001});
  EXPECT_EQ(load<std::uint8_t>(memory, 144), 0);
  EXPECT_EQ(load<std::uint8_t>(memory, 145), kAll & 0xFF);
  EXPECT_EQ(load<std::uint16_t>(memory, 146), kAll & 0xFFFF);
}

TEST_P(SharedMemories, ALockOfTheGuestsGuardsPlainAccesses) {
  const auto memory = make_memory();
  in_threads(guest_.module(), memory, [](Worker& worker, int) { worker.call("count guarded", {kRounds}); });
  EXPECT_EQ(load<std::uint32_t>(memory, 64), kThreads * kRounds);
  EXPECT_EQ(load<std::uint64_t>(memory, 72), 3u * kThreads * kRounds);
}

TEST_P(SharedMemories, TwoThreadsWakeEachOther) {
  const auto memory = make_memory();
  std::thread other([&] { Worker(guest_.module(), memory).call("play", {1, 0, kRounds}); });
  Worker(guest_.module(), memory).call("play", {0, 1, kRounds});
  other.join();
  EXPECT_EQ(load<std::uint32_t>(memory, 256), 0u);
}

TEST_P(SharedMemories, AtomicsAreSequentiallyConsistent) {
  const auto memory = make_memory();
  std::barrier round(2);
  std::int32_t seen[2] = {};
  int neither = 0;
  const auto work = [&](int self) {
    Worker worker(guest_.module(), memory);
    for (std::int32_t i = 0; i < kRounds / 4; ++i) {
      round.arrive_and_wait();
      seen[self] = worker.call("store and look", {320 + 64 * self, 384 - 64 * self});
      round.arrive_and_wait();
      worker.call("store", {320 + 64 * self, 0});
      if (self == 0) neither += seen[0] + seen[1] == 0;
    }
  };
  std::thread other([&] { work(1); });
  work(0);
  other.join();
  EXPECT_EQ(neither, 0);
}

TEST_P(SharedMemories, WhatWasStoredBeforeAnAtomicStoreIsSeenAfterIt) {
  constexpr std::int32_t kSpins = 60;  // each may take a turn of the scheduler
  const auto memory = make_memory();
  std::thread receiver([&] {
    Worker worker(guest_.module(), memory);
    for (std::int32_t i = 1; i <= kSpins; ++i) {
      EXPECT_EQ(worker.call("receive", {i}), i);
      worker.call("add", {600, 1});
    }
  });
  Worker worker(guest_.module(), memory);
  for (std::int32_t i = 1; i <= kSpins; ++i) {
    worker.call("send", {i});
    while (load<std::int32_t>(memory, 600) != i) std::this_thread::yield();
  }
  receiver.join();
}

// Each old size is one thread's, and what a thread has grown it can use.
TEST_P(SharedMemories, GrowsForAllThreads) {
  const auto memory = make_memory(1, 60);
  std::atomic<std::uint64_t> seen = 0;
  in_threads(guest_.module(), memory, [&](Worker& worker, int thread) {
    for (std::int32_t last = 1;;) {
      const std::int32_t old = worker.call("grow", {1});
      if (old == -1) break;
      EXPECT_EQ(seen.fetch_or(std::uint64_t{1} << old) >> old & 1, 0u) << old << " twice";
      worker.call("store", {old * 65536 + 65532, thread});
      EXPECT_EQ(worker.call("load", {old * 65536 + 65532}), thread);
      const std::int32_t now = worker.call("size");
      EXPECT_GT(now, old);
      EXPECT_GE(now, last);
      last = now;
    }
    EXPECT_EQ(worker.call("size"), 60);
    EXPECT_EQ(worker.trap("load", {Value::from_i32(60 * 65536)}), TrapCode::out_of_bounds_memory_access);
  });
  EXPECT_EQ(seen, (std::uint64_t{1} << 60) - 2);
  EXPECT_EQ(memory.size(), 60 * kPageSize);
  EXPECT_EQ(to_string(ExternType(memory.type())), "memory 60..60 shared");
}

INSTANTIATE_TEST_SUITE_P(Settings, SharedMemories,
                         testing::Values(Setting{0, Bounds::guard}, Setting{2, Bounds::guard},
                                         Setting{2, Bounds::explicit_checks}),
                         [](const auto& info) {
                           return "O" + std::to_string(info.param.level) +
                                  (info.param.bounds == Bounds::guard ? "_guard" : "_explicit");
                         });

const Module& worker_module() {
  static const tests::Guest guest(kWorker);
  return guest.module();
}

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

// Races of bulk operations are the guests' own affair, not a fault of the host.
TEST(SharedMemory, BulkOperationsMayRace) {
  const auto memory = make_memory();
  in_threads(worker_module(), memory, [](Worker& worker, int thread) {
    for (std::int32_t i = 0; i < 200; ++i) {
      worker.call("fill", {2048 + i, thread, 1000 + i});
      worker.call("copy", {2048 + 3 * thread, 2100 + i, 3000});
      worker.call("copy", {2048 + i % 64, 2048 + thread, 40});  // few bytes: in guest code
      worker.call("init", {2048 + i});
    }
  });
  for (std::uint64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(load<char>(memory, 1024 + i), "tenon"[i]);
  }
}

TEST(SharedMemory, ATrapEndsOneThreadOnly) {
  const auto memory = make_memory();
  in_threads(worker_module(), memory, [](Worker& worker, int thread) {
    for (std::int32_t i = 0; i < 200; ++i) {
      if (thread % 2 == 0) {
        EXPECT_EQ(worker.trap("load", {Value::from_i32(-4)}), TrapCode::out_of_bounds_memory_access);
      } else {
        worker.call("count", {10});
      }
    }
  });
  EXPECT_EQ(load<std::uint32_t>(memory, 128), kThreads / 2 * 2000u);
}

constexpr char kOwner[] = R"((module
  (memory (export "memory") 1 64 shared)
  (data (i32.const 2000) "from the image")
  (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))))";

// The memory of a store that is destroyed while another thread works with it.
TEST(SharedMemory, OutlivesTheStoreThatMadeIt) {
  const tests::Guest owner(kOwner);
  auto store = std::make_unique<Store>();
  const auto instance = store->instantiate(owner.module()).value();
  auto memory = instance.memory()->shared();
  ASSERT_TRUE(memory);
  Imports through_extern;
  through_extern.define("env", "memory", Extern(instance.memory().value()));
  Store second;
  const auto other = second.instantiate(worker_module(), through_extern);
  ASSERT_TRUE(other) << to_string(other.error());

  std::atomic<bool> started = false;
  std::thread worker([&, handle = *memory] {
    Worker worker(worker_module(), handle);
    started = true;
    worker.call("count guarded", {kRounds});
    EXPECT_EQ(worker.call("grow", {2}), 1);
    worker.call("count guarded", {kRounds});
  });
  while (!started) std::this_thread::yield();
  store.reset();
  memory.reset();
  worker.join();
  const auto load_function = other->function<std::int32_t(std::int32_t)>("load").value();
  EXPECT_EQ(load_function(64).value(), 2 * kRounds);
  EXPECT_EQ(load_function(2 * 65536).value(), 0);
  EXPECT_EQ(load_function(2000).value() & 0xFF, 'f');
}

TEST(SharedMemory, StoresComeAndGoWhileOthersWork) {
  const auto memory = make_memory();
  in_threads(worker_module(), memory, [&](Worker& worker, int) {
    for (int i = 0; i < 20; ++i) {
      Worker brief(worker_module(), memory);
      brief.call("count", {5});
      worker.call("count", {5});
    }
  });
  EXPECT_EQ(load<std::uint32_t>(memory, 128), kThreads * 200u);
}

TEST(SharedMemory, TypesMustMatch) {
  const MemoryType wanted{.limits = {1, 64}, .is_shared = true};
  for (const MemoryType& type :
       {MemoryType{.limits = {1, 64}}, MemoryType{.limits = {1, {}}, .is_shared = true},
        MemoryType{.limits = {3, 2}, .is_shared = true}}) {
    const auto refused = SharedMemory::create(type);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  }
  EXPECT_EQ(SharedMemory::create({.limits = {3, 4}, .is_shared = true}, 2 * kPageSize).error().code,
            ErrorCode::out_of_resources);
  Store store;
  const auto expect_refused = [&](const Imports& imports) {
    const auto instance = store.instantiate(worker_module(), imports);
    ASSERT_FALSE(instance);
    EXPECT_EQ(instance.error().code, ErrorCode::incompatible_import);
  };
  Imports imports;
  const auto unshared = store.create_memory({.limits = {1, 64}}).value();
  EXPECT_FALSE(unshared.shared());
  imports.define("env", "memory", unshared);
  expect_refused(imports);
  imports.define("env", "memory", make_memory(1, 65));
  expect_refused(imports);
  imports.define("env", "memory", store.create_memory(wanted).value());
  EXPECT_TRUE(store.instantiate(worker_module(), imports));
}

}  // namespace
}  // namespace tenon::e2e
