// What a guest can make a store hold stays below StoreOptions::memory_limit,
// whatever it is made of.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tenon/store.hpp>

#include "runtime/instance/store_impl.hpp"
#include "support/wat.hpp"

namespace tenon::regress {
namespace {

using testing::HasSubstr;
using tests::Guest;
using I = std::int32_t;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

// A limit of 1 MiB for each memory let this one have 944 MB.
TEST(MemoryLimit, CountsAllMemoriesAndTablesOfAModule) {
  const Guest memories("(module (memory 8) (memory 8) (memory 1))");
  const Guest tables("(module (memory 1) (table 30000 funcref) (table 30000 funcref))");
  for (const Guest* guest : {&memories, &tables}) {
    Store store({.memory_limit = kMiB});
    const auto refused = store.instantiate(guest->module());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::out_of_resources);
    EXPECT_THAT(refused.error().message, HasSubstr("StoreOptions::memory_limit"));
    Store larger({.memory_limit = 2 * kMiB + 2 * kPageSize});
    EXPECT_TRUE(larger.instantiate(guest->module()));
  }
}

constexpr std::string_view kGrowing = R"((module
  (memory $a 1) (memory $b 1) (table $f 0 funcref) (table $x 0 externref)
  (func (export "memory") (param i32) (result i32) (memory.grow $a (local.get 0)))
  (func (export "other_memory") (param i32) (result i32) (memory.grow $b (local.get 0)))
  (func (export "functions") (param i32) (result i32) (table.grow $f (ref.null func) (local.get 0)))
  (func (export "externs") (param i32) (result i32) (table.grow $x (ref.null extern) (local.get 0)))))";

TEST(MemoryLimit, CountsAllThatGrows) {
  const Guest guest(kGrowing);
  Store store({.memory_limit = kMiB});
  const Instance instance = store.instantiate(guest.module()).value();
  const auto grow = [&](const char* what, I by) { return instance.function<I(I)>(what).value()(by).value(); };
  EXPECT_EQ(grow("memory", 7), 1);
  EXPECT_EQ(grow("functions", 8193), 0);  // of 32 bytes: a quarter, and 32 more
  EXPECT_EQ(grow("other_memory", 4), -1);
  EXPECT_EQ(grow("other_memory", 2), 1);
  EXPECT_EQ(grow("externs", 8189), -1);  // 65,504 bytes are left, of 8 bytes each
  EXPECT_EQ(grow("externs", 8188), 0);
  EXPECT_EQ(runtime::Access::of(store)->budget()->remaining(), 0u);
  for (const char* what : {"memory", "other_memory", "functions", "externs"}) {
    EXPECT_EQ(grow(what, 1), -1) << what;
    EXPECT_GE(grow(what, 0), 0) << what;
  }
}

TEST(MemoryLimit, CountsAllInstancesOfAStore) {
  const Guest guest("(module (memory 4))");
  Store store({.memory_limit = kMiB});
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(store.instantiate(guest.module()));
  EXPECT_FALSE(store.instantiate(guest.module()));
}

TEST(MemoryLimit, WhatWasRefusedDoesNotCount) {
  const Guest guest("(module (memory 4) (memory 13))");
  Store store({.memory_limit = 20 * kPageSize});
  EXPECT_TRUE(store.instantiate(guest.module()));
  EXPECT_FALSE(store.instantiate(guest.module()));
  EXPECT_EQ(runtime::Access::of(store)->budget()->remaining(), 3 * kPageSize);
}

// A shared memory outlives its store, and then still counts for the same budget.
TEST(MemoryLimit, HoldsForASharedMemoryThatAModuleMakes) {
  const Guest guest(R"((module (memory (export "memory") 1 100 shared)))");
  std::optional<SharedMemory> memory;
  {
    Store store({.memory_limit = 3 * kPageSize});
    memory = store.instantiate(guest.module()).value().memory().value().shared();
    EXPECT_EQ(memory->grow(3), std::nullopt);
    EXPECT_EQ(memory->grow(1), 1u);
    EXPECT_FALSE(store.create_memory({.limits = {2, 2}}));
  }
  EXPECT_EQ(memory->grow(2), std::nullopt);
  EXPECT_EQ(memory->grow(1), 2u);
}

TEST(MemoryLimit, ByDefaultLetsAPluginHaveAFullMemory) {
  const Guest guest(kGrowing);
  Store store;
  const Instance instance = store.instantiate(guest.module()).value();
  EXPECT_EQ(instance.function<I(I)>("memory").value()(65535).value(), 1);
  EXPECT_EQ(instance.function<I(I)>("functions").value()(1000000).value(), 0);
}

// Larger than any limit of compilers: only the store decides.
TEST(TableLimit, IsAnOptionThatTheErrorNames) {
  const Guest guest(R"((module (table (export "t") 20000000 externref)))");
  Store store;
  const auto refused = store.instantiate(guest.module());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::out_of_resources);
  EXPECT_THAT(refused.error().message, HasSubstr("StoreOptions::table_limit"));
  Store larger({.table_limit = 20'000'000});
  const auto instance = larger.instantiate(guest.module());
  ASSERT_TRUE(instance) << to_string(instance.error());
  EXPECT_EQ(std::get<Table>(instance->find_export("t").value()).size(), 20'000'000u);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// All that malloc can give.
void use_up_memory() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const rlimit limit{pages * 4096 + (1 << 20), RLIM_INFINITY};
  setrlimit(RLIMIT_AS, &limit);
  for (std::size_t size = 1 << 20; size >= 16; size /= 2) {
    while (void* block = std::malloc(size)) asm volatile("" ::"r"(block));
  }
}

// The error of a trap is an object with a text: no memory for it ended the process.
TEST(MemoryLimit, ATrapWithoutAnyMemoryLeftIsAnError) {
  const Guest guest(R"((module (import "host" "use_up" (func $use_up)) (memory 1)
    (func (export "go") (drop (memory.grow (i32.const 1))) (call $use_up) (unreachable))))");
  const auto trap_without_memory = [&] {
    Store store;
    const Imports imports = Imports().define("host", "use_up", HostFunction([] { use_up_memory(); }));
    const Instance instance = store.instantiate(guest.module(), imports).value();
    const auto result = instance.function<void()>("go").value()();
    _exit(!result && result.error().trap == TrapCode::unreachable ? 0 : 1);
  };
  EXPECT_EXIT(trap_without_memory(), testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace tenon::regress
