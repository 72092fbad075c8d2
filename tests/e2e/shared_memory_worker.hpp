// Threads that share a memory: each has a store of its own, all import the same
// memory. What the tests of them have in common.
#pragma once

#include <atomic>
#include <barrier>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {

inline constexpr int kThreads = 6;
inline constexpr std::int32_t kRounds = 2000;

// A lock at 0 (0 free, 1 taken, 2 taken and waited for), what it guards at 64.
inline constexpr char kWorker[] = R"((module
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

inline SharedMemory make_memory(std::uint64_t minimum = 1, std::uint64_t maximum = 64) {
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
inline void in_threads(const Module& module, const SharedMemory& memory,
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

inline const Module& worker_module() {
  static const tests::Guest guest(kWorker);
  return guest.module();
}

}  // namespace tenon::e2e
