// What LLVM takes for dead or undefined, and WebAssembly does not: stores
// before a trap, loads that only trap, recursion and loops without end.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "strict_guest.hpp"

namespace tenon::regress {
namespace {

class KeptEffects : public AtEachLevel {};

constexpr char kStores[] = R"((module
  (memory (export "memory") 1)
  (table 1 funcref)
  (global $g (export "global") (mut i32) (i32.const 0))
  (func (export "unreachable") (i32.store8 (i32.const 1) (i32.const 11)) unreachable)
  (func (export "conditional") (param i32)
    (i32.store8 (i32.const 2) (i32.const 12))
    (if (local.get 0) (then unreachable))
    (i32.store8 (i32.const 2) (i32.const 99)))
  (func (export "divide") (param i32)
    (i32.store8 (i32.const 3) (i32.const 13))
    (drop (i32.div_u (i32.const 1) (local.get 0)))
    (i32.store8 (i32.const 3) (i32.const 99)))
  (func (export "load") (param i32)
    (i32.store8 (i32.const 4) (i32.const 14))
    (drop (i32.load (local.get 0)))
    (i32.store8 (i32.const 4) (i32.const 99)))
  (func (export "store") (param i32)
    (i32.store8 (i32.const 5) (i32.const 15))
    (i32.store (local.get 0) (i32.const 1))
    (i32.store8 (i32.const 5) (i32.const 99)))
  (func (export "convert") (param f32)
    (i32.store8 (i32.const 6) (i32.const 16))
    (drop (i32.trunc_f32_s (local.get 0)))
    (i32.store8 (i32.const 6) (i32.const 99)))
  (func (export "indirect")
    (i32.store8 (i32.const 7) (i32.const 17))
    (call_indirect (i32.const 0))
    (i32.store8 (i32.const 7) (i32.const 99)))
  (func (export "set global") (param i32)
    (global.set $g (i32.const 5))
    (if (local.get 0) (then unreachable))
    (global.set $g (i32.const 6)))))";

TEST_P(KeptEffects, StoresBeforeATrapAreSeenAfterIt) {
  StrictGuest guest(kStores, GetParam());
  const auto memory = guest.instance().memory().value();
  const auto expect_byte = [&](const std::string& name, TrapCode code, const std::vector<Value>& arguments,
                               std::size_t address) {
    guest.expect_trap(name, code, arguments);
    EXPECT_EQ(memory.data()[address], address + 10) << name;
  };
  expect_byte("unreachable", TrapCode::unreachable, {}, 1);
  expect_byte("conditional", TrapCode::unreachable, {Value::from_i32(1)}, 2);
  expect_byte("divide", TrapCode::integer_divide_by_zero, {Value::from_i32(0)}, 3);
  expect_byte("load", TrapCode::out_of_bounds_memory_access, {Value::from_i32(-1)}, 4);
  expect_byte("store", TrapCode::out_of_bounds_memory_access, {Value::from_i32(-1)}, 5);
  expect_byte("convert", TrapCode::integer_overflow, {Value::from_f32(1e20f)}, 6);
  expect_byte("indirect", TrapCode::uninitialized_element, {}, 7);

  guest.expect_trap("set global", TrapCode::unreachable, {Value::from_i32(1)});
  EXPECT_EQ(std::get<Global>(guest.instance().find_export("global").value()).get().i32(), 5);
}

constexpr char kDead[] = R"((module
  (memory 1)
  (table 1 funcref)
  (func $pure (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func (export "load") (drop (i32.load (i32.const -1))))
  (func (export "load of a parameter") (param i32) (drop (i32.load8_u (local.get 0))))
  (func (export "load into a local") (param i32) (local i64) (local.set 1 (i64.load (local.get 0))))
  (func (export "load times zero") (param i32) (result i32) (i32.mul (i32.load (local.get 0)) (i32.const 0)))
  (func (export "load overwritten") (param i32) (result i32) (local $l i32)
    (local.set $l (i32.load (local.get 0)))
    (local.set $l (i32.const 1))
    (local.get $l))
  (func (export "float load") (param i32) (drop (f64.load (local.get 0))))
  (func (export "divide") (param i32) (drop (i32.div_s (i32.const 1) (local.get 0))))
  (func (export "remainder") (param i64) (drop (i64.rem_u (i64.const 1) (local.get 0))))
  (func (export "convert") (param f64) (drop (i64.trunc_f64_u (local.get 0))))
  (func (export "table get") (param i32) (drop (table.get 0 (local.get 0))))
  (func (export "indirect") (param i32) (drop (call_indirect (result i32) (local.get 0))))))";

TEST_P(KeptEffects, ResultsThatNobodyReadsStillTrap) {
  StrictGuest guest(kDead, GetParam());
  const std::vector<Value> far{Value::from_i32(0x10000)};
  constexpr auto kMemory = TrapCode::out_of_bounds_memory_access;
  guest.expect_trap("load", kMemory);
  for (const char* name :
       {"load of a parameter", "load into a local", "load times zero", "load overwritten", "float load"}) {
    guest.expect_trap(name, kMemory, far);
  }
  guest.expect_trap("divide", TrapCode::integer_divide_by_zero, {Value::from_i32(0)});
  guest.expect_trap("remainder", TrapCode::integer_divide_by_zero, {Value::from_i64(0)});
  guest.expect_trap("convert", TrapCode::integer_overflow, {Value::from_f64(-1)});
  guest.expect_trap("table get", TrapCode::out_of_bounds_table_access, {Value::from_i32(1)});
  guest.expect_trap("indirect", TrapCode::uninitialized_element, {Value::from_i32(0)});
  guest.expect_trap("indirect", TrapCode::undefined_element, {Value::from_i32(1)});
}

// The first of two traps is the one that the guest has.
// A branch around the load, in place of a conditional move from memory, would lose it.
TEST_P(KeptEffects, LoadsTrapWhereAnotherValueIsSelected) {
  StrictGuest guest(R"((module
    (memory 1)
    (global $g (mut i32) (i32.const 1))
    (func (export "i32") (param i32 i32) (result i32)
      (select (local.get 0) (i32.load (local.get 1)) (local.get 0)))
    (func (export "compared") (param i32 i32) (result i32)
      (i32.eq (select (local.get 0) (i32.load (local.get 1)) (local.get 0)) (i32.const 1)))
    (func (export "i64") (param i32 i32) (result i64)
      (select (i64.extend_i32_u (local.get 0)) (i64.load (local.get 1)) (local.get 0)))
    (func (export "wrapped") (param i32 i32) (result i32)
      (select (local.get 0) (i32.wrap_i64 (i64.load (local.get 1))) (local.get 0)))
    (func (export "byte") (param i32 i32) (result i32)
      (select (local.get 0) (i32.load8_s (local.get 1)) (local.get 0)))
    (func (export "half") (param i32 i32) (result i32)
      (i32.store16 (i32.const 8)
        (select (i32.load16_u (i32.const 0)) (i32.load16_u (local.get 1)) (local.get 0)))
      (i32.const 0))
    (func (export "f64") (param i32 i32) (result f64)
      (select (f64.const 1) (f64.load (local.get 1)) (local.get 0)))))",
                    GetParam());
  const std::vector<Value> chosen{Value::from_i32(1), Value::from_i32(0)};
  const std::vector<Value> outside{Value::from_i32(1), Value::from_i32(65536)};
  for (const char* name : {"i32", "compared", "i64", "wrapped", "byte", "half", "f64"}) {
    EXPECT_TRUE(guest.call(name, chosen)) << name;
    guest.expect_trap(name, TrapCode::out_of_bounds_memory_access, outside);
  }
}

TEST_P(KeptEffects, TrapsKeepTheirOrder) {
  StrictGuest guest(R"((module (memory 1)
    (func (export "load, unreachable") (param i32) (drop (i32.load (local.get 0))) unreachable)
    (func (export "divide, load") (param i32 i32)
      (drop (i32.div_u (i32.const 1) (local.get 1)))
      (drop (i32.load (local.get 0))))
    (func (export "load, divide") (param i32 i32)
      (drop (i32.load (local.get 0)))
      (drop (i32.div_u (i32.const 1) (local.get 1))))
    (func (export "operands") (param i32 i32) (result i32)
      (i32.add (i32.load (local.get 0)) (i32.div_u (i32.const 1) (local.get 1))))))",
                    GetParam());
  const std::vector<Value> both{Value::from_i32(-1), Value::from_i32(0)};
  guest.expect_trap("load, unreachable", TrapCode::out_of_bounds_memory_access, {both[0]});
  guest.expect_trap("divide, load", TrapCode::integer_divide_by_zero, both);
  guest.expect_trap("load, divide", TrapCode::out_of_bounds_memory_access, both);
  guest.expect_trap("operands", TrapCode::out_of_bounds_memory_access, both);
}

TEST_P(KeptEffects, EndlessRecursionUsesUpTheStack) {
  StrictGuest guest(R"((module
    (func $plain (export "plain") (call $plain))
    (func $passing (export "passing") (param i32) (result i32) (call $passing (local.get 0)))
    (func $adding (export "adding") (param i32) (result i32)
      (i32.add (call $adding (local.get 0)) (i32.const 1)))
    (func $counting (export "counting") (param i64) (result i64)
      (call $counting (i64.add (local.get 0) (i64.const 1))))
    (func $a (export "two") (call $b))
    (func $b (call $a))))",
                    GetParam());
  guest.expect_trap("plain", TrapCode::stack_exhaustion);
  guest.expect_trap("passing", TrapCode::stack_exhaustion, {Value::from_i32(1)});
  guest.expect_trap("adding", TrapCode::stack_exhaustion, {Value::from_i32(1)});
  guest.expect_trap("counting", TrapCode::stack_exhaustion, {Value::from_i64(1)});
  guest.expect_trap("two", TrapCode::stack_exhaustion);
}

// In a process of its own, since nothing but a signal ends it. True where the
// call is still running after a while.
bool runs_on(StrictGuest& guest, const std::string& name, const std::vector<Value>& arguments) {
  const pid_t child = fork();
  if (child == 0) {
    (void)guest.call(name, arguments);
    _exit(0);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const bool running = waitpid(child, nullptr, WNOHANG) == 0;
  if (running) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  return running;
}

TEST_P(KeptEffects, EndlessLoopsAreNotDeleted) {
  StrictGuest guest(R"((module
    (func (export "empty") (loop (br 0)))
    (func (export "counting") (param i64)
      (loop (local.set 0 (i64.add (local.get 0) (i64.const 1))) (br 0)))
    (func (export "conditional") (param i32) (result i32)
      (loop (br_if 0 (local.get 0)))
      (i32.const 7))
    (func (export "odd forever") (param i32) (result i32)
      (loop
        (local.set 0 (i32.add (local.get 0) (i32.const 2)))
        (br_if 0 (i32.and (local.get 0) (i32.const 1))))
      (i32.const 7))))",
                    GetParam());
  EXPECT_TRUE(runs_on(guest, "empty", {}));
  EXPECT_TRUE(runs_on(guest, "counting", {Value::from_i64(0)}));
  EXPECT_TRUE(runs_on(guest, "conditional", {Value::from_i32(1)}));
  EXPECT_FALSE(runs_on(guest, "conditional", {Value::from_i32(0)}));
  EXPECT_TRUE(runs_on(guest, "odd forever", {Value::from_i32(1)}));
}

INSTANTIATE_TEST_SUITE_P(Levels, KeptEffects, testing::Values(0, 1, 2, 3));

}  // namespace
}  // namespace tenon::regress
