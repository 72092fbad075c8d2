// What threads share is immutable or locked: loaded modules, canonical types,
// the signal handlers. Each thread has a store of its own. Most telling under
// the thread sanitizer (`make tsan`).
#include <atomic>
#include <barrier>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

constexpr int kThreads = 8;
constexpr int kRounds = 50;

constexpr char kGuest[] = R"((module
  (import "host" "add" (func $add (param i32) (result i32)))
  (type $binary (func (param i32 i32) (result i32)))
  (memory (export "memory") 1 4)
  (table 3 funcref)
  (elem (i32.const 0) $sum)
  (data (i32.const 16) "tenon")
  (func $sum (type $binary) (i32.add (local.get 0) (local.get 1)))
  (func (export "indirect") (param i32 i32 i32) (result i32)
    (call_indirect (type $binary) (local.get 1) (local.get 2) (local.get 0)))
  (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "count") (param i32) (result i32)
    (loop $again
      (i32.store (i32.const 0) (call $add (i32.load (i32.const 0))))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (i32.load (i32.const 0)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (func $endless (export "endless") (param i32) (result i32)
    (i32.add (call $endless (local.get 0)) (i32.const 1)))))";

// All at once, as far as can be.
void in_threads(const std::function<void(int thread)>& work) {
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
  for (auto& thread : threads) thread.join();
}

class Plugin {
 public:
  explicit Plugin(const Module& module) : store_(StoreOptions{.poison_after_trap = false}) {
    Imports imports;
    imports.function("host", "add", [](std::int32_t i) -> std::expected<std::int32_t, Error> {
      if (i < 0) return std::unexpected(Error{.code = ErrorCode::host_error, .message = "negative"});
      return i + 1;
    });
    instance_.emplace(store_.instantiate(module, imports).value());
  }

  std::expected<std::vector<Value>, Error> call(const char* name, const std::vector<std::int32_t>& numbers) {
    std::vector<Value> arguments;
    for (const std::int32_t number : numbers) arguments.push_back(Value::from_i32(number));
    return instance_->function(name)->call(arguments);
  }
  void expect(const char* name, const std::vector<std::int32_t>& numbers, std::int32_t expected) {
    const auto result = call(name, numbers);
    ASSERT_TRUE(result) << name << ": " << to_string(result.error());
    EXPECT_EQ(result->at(0).i32(), expected) << name;
  }
  void expect_trap(const char* name, const std::vector<std::int32_t>& numbers, TrapCode code) {
    const auto result = call(name, numbers);
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().trap, code) << name << ": " << to_string(result.error());
  }

 private:
  Store store_;
  std::optional<Instance> instance_;
};

class Threads : public testing::Test {
 protected:
  tests::Guest guest_{kGuest};
};

TEST_F(Threads, EachCallsIntoTheSharedModule) {
  in_threads([&](int thread) {
    Plugin plugin(guest_.module());
    for (int round = 1; round <= kRounds; ++round) {
      plugin.expect("count", {100}, round * 100);
      plugin.expect("indirect", {0, thread, round}, thread + round);
    }
  });
}

TEST_F(Threads, TrapsStayInTheirThread) {
  in_threads([&](int thread) {
    Plugin plugin(guest_.module());
    for (int round = 0; round < kRounds; ++round) {
      switch ((thread + round) % 4) {
        case 0: plugin.expect_trap("divide", {1, 0}, TrapCode::integer_divide_by_zero); break;
        case 1: plugin.expect_trap("load", {-4}, TrapCode::out_of_bounds_memory_access); break;
        case 2: plugin.expect_trap("indirect", {2, 0, 0}, TrapCode::uninitialized_element); break;
        default: plugin.expect("load", {16}, 0x6F6E6574); break;  // "teno"
      }
    }
  });
}

TEST_F(Threads, StacksAreExhaustedInEach) {
  in_threads([&](int) {
    Plugin plugin(guest_.module());
    for (int round = 0; round < 3; ++round) {
      plugin.expect_trap("endless", {1}, TrapCode::stack_exhaustion);
      plugin.expect("divide", {6, 3}, 2);
    }
  });
}

TEST_F(Threads, InstancesComeAndGo) {
  in_threads([&](int) {
    for (int round = 0; round < kRounds; ++round) {
      Plugin plugin(guest_.module());
      plugin.expect("grow", {}, 1);
      plugin.expect("grow", {}, 2);
      plugin.expect("load", {2 * 65536}, 0);
    }
  });
}

// The last handle may go in any thread, while others load the same file.
TEST_F(Threads, ModulesAreLoadedTogether) {
  in_threads([&](int) {
    for (int round = 0; round < kRounds; ++round) {
      const auto module = Module::load(guest_.artifact());
      ASSERT_TRUE(module) << to_string(module.error());
      Plugin plugin(*module);
      plugin.expect("count", {3}, 3);
    }
  });
}

// Function types that no other thread has, and one that all have, get their
// canonical numbers at the same time.
TEST_F(Threads, TypesAreNumberedTogether) {
  std::vector<std::unique_ptr<tests::Guest>> guests;
  for (int thread = 0; thread < kThreads; ++thread) {
    std::string parameters;
    for (int i = 0; i <= thread; ++i) parameters += " f64";
    guests.push_back(std::make_unique<tests::Guest>(
        "(module (type $own (func (param" + parameters +
        "))) (type $shared (func (result i32 i32 f32)))"
        "(table 2 funcref) (func $f (type $own)) (func $g (type $shared) (unreachable))"
        "(elem (i32.const 0) $f $g)"
        "(func (export \"wrong\") (result i32 i32 f32) (call_indirect (type $shared) (i32.const 0)))"
        "(func (export \"right\") (result i32 i32 f32) (call_indirect (type $shared) (i32.const 1))))"));
  }
  in_threads([&](int thread) {
    for (int round = 0; round < kRounds; ++round) {
      Plugin plugin(guests[thread]->module());
      plugin.expect_trap("wrong", {}, TrapCode::indirect_call_type_mismatch);
      plugin.expect_trap("right", {}, TrapCode::unreachable);
    }
  });
}

TEST_F(Threads, AStoreMovesBetweenThem) {
  Plugin plugin(guest_.module());
  for (int round = 1; round <= kThreads; ++round) {
    std::thread([&] {
      plugin.expect("count", {1}, round);
      plugin.expect_trap("load", {-1}, TrapCode::out_of_bounds_memory_access);
    }).join();
  }
}

}  // namespace
}  // namespace tenon::e2e
