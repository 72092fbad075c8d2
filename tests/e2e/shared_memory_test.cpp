// Most telling under the thread sanitizer (`make tsan`).
#include "shared_memory_worker.hpp"

#include <memory>

namespace tenon::e2e {
namespace {

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
