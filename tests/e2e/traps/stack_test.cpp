// A guest that uses up the stack gets a trap, on whichever thread it runs.
#include <pthread.h>

#include <functional>
#include <thread>

#include "traps/trap_case.hpp"

namespace tenon::e2e {
namespace {

constexpr char kModule[] = R"((module
  (import "env" "host" (func $host (param i32) (result i32)))
  (table 1 funcref)
  (elem (i32.const 0) $indirect)
  (type $step (func (param i32) (result i32)))
  (func (export "ok") (result i32) (i32.const 42))
  (func $self (export "self") (param i32) (result i32)
    (i32.xor (call $self (i32.add (local.get 0) (i32.const 1))) (local.get 0)))
  (func $endless (export "endless") (call $endless))
  (func $even (export "mutual") (param i32) (result i32)
    (i32.xor (call $odd (i32.add (local.get 0) (i32.const 1))) (local.get 0)))
  (func $odd (param i32) (result i32)
    (i32.xor (call $even (i32.add (local.get 0) (i32.const 3))) (local.get 0)))
  (func $indirect (export "indirect") (param i32) (result i32)
    (i32.xor (call_indirect (type $step) (i32.add (local.get 0) (i32.const 1)) (i32.const 0)) (local.get 0)))
  (func $through (export "through the host") (param i32) (result i32)
    (i32.xor (call $host (i32.const 1)) (call $through (local.get 0))))))";

// A frame of many pages, so that a step over a guard page would be seen:
// every local is live across the call.
std::string deep_frame_module(int locals) {
  std::string loads;
  std::string stores;
  std::string declarations;
  for (int i = 0; i < locals; ++i) {
    const std::string local = "$l" + std::to_string(i);
    const std::string address = "(i32.const " + std::to_string(8 * i) + ")";
    declarations += "(local " + local + " i64)";
    loads += "(local.set " + local + " (i64.load " + address + "))\n";
    stores += "(i64.store " + address + " (i64.add (local.get " + local + ") (i64.const 1)))\n";
  }
  return "(module (memory 4) " + std::string(kOk) + "(func $deep (export \"deep\") " + declarations + loads +
         "(call $deep)\n" + stores + "))";
}

Imports imports() {
  Imports out;
  out.function("env", "host", [](std::int32_t i) { return i; });
  return out;
}

void expect_exhaustion(const Module& module, const std::string& name, const std::vector<Value>& arguments) {
  SCOPED_TRACE(name);
  for (int i = 0; i < kRepetitions && !testing::Test::HasFailure(); ++i) {
    Store store;
    const auto instance = store.instantiate(module, imports());
    ASSERT_TRUE(instance) << to_string(instance.error());
    expect_works(*instance);
    expect_trap(instance->function(name)->call(arguments), TrapCode::stack_exhaustion);
    expect_poisoned(*instance);
  }
}

void expect_every_recursion(const Module& module) {
  expect_exhaustion(module, "endless", {});
  for (const char* name : {"self", "mutual", "indirect", "through the host"}) {
    expect_exhaustion(module, name, {Value::from_i32(0)});
  }
}

// std::thread does not let one choose the stack's size.
void run_with_stack(std::size_t bytes, std::function<void()> work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, bytes), 0);
  pthread_t thread;
  const auto start = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, start, &work), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

class StackTraps : public testing::TestWithParam<Mode> {
 protected:
  tests::Guest guest_{kModule, GetParam().options()};
};

TEST_P(StackTraps, OnTheMainThread) { expect_every_recursion(guest_.module()); }

TEST_P(StackTraps, OnAWorkerThread) {
  std::thread([&] { expect_every_recursion(guest_.module()); }).join();
}

TEST_P(StackTraps, OnAThreadWithASmallStack) {
  run_with_stack(384 * 1024, [&] { expect_every_recursion(guest_.module()); });
}

TEST_P(StackTraps, OnManyThreadsAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { expect_exhaustion(guest_.module(), "mutual", {Value::from_i32(0)}); });
  }
}

TEST_P(StackTraps, FramesOfManyPages) {
  const tests::Guest guest(deep_frame_module(3000), GetParam().options());
  expect_exhaustion(guest.module(), "deep", {});
  std::thread([&] { expect_exhaustion(guest.module(), "deep", {}); }).join();
}

// Deep, but not endless: the limit may not be so tight that honest guests trap.
TEST_P(StackTraps, TenThousandFramesFit) {
  const tests::Guest guest(R"((module
    (func $sum (export "sum") (param i64) (result i64)
      (if (result i64) (i64.eqz (local.get 0))
        (then (i64.const 0))
        (else (i64.add (local.get 0) (call $sum (i64.sub (local.get 0) (i64.const 1)))))))))",
                           GetParam().options());
  Store store;
  const auto instance = store.instantiate(guest.module());
  ASSERT_TRUE(instance) << to_string(instance.error());
  const auto sum = instance->function("sum")->call(std::vector{Value::from_i64(10000)});
  ASSERT_TRUE(sum) << to_string(sum.error());
  EXPECT_EQ(sum->at(0).i64(), 50005000);
}

INSTANTIATE_TEST_SUITE_P(Modes, StackTraps, testing::ValuesIn(kModes), mode_name);

}  // namespace
}  // namespace tenon::e2e
