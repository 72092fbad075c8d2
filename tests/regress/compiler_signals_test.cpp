// LLVM and lld once took over the signal handlers of the process that called the
// compiler: the next trap of a guest ended it.
#include <csignal>
#include <cstring>

#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::regress {
namespace {

constexpr char kTraps[] = R"((module (memory 1)
  (func (export "unreachable") unreachable)
  (func (export "store") (i32.store (i32.const -1) (i32.const 1)))
  (func $f (export "recurse") (call $f) (call $f))))";

struct SignalState {
  struct sigaction actions[NSIG];
  sigset_t blocked;
  stack_t stack;
};

SignalState signal_state() {
  SignalState state;
  std::memset(&state, 0, sizeof(state));
  for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, nullptr, &state.actions[signal]);
  pthread_sigmask(SIG_SETMASK, nullptr, &state.blocked);
  sigaltstack(nullptr, &state.stack);
  return state;
}

void expect_same(const SignalState& before, const SignalState& after) {
  for (int signal = 1; signal < NSIG; ++signal) {
    EXPECT_EQ(before.actions[signal].sa_sigaction, after.actions[signal].sa_sigaction) << "signal " << signal;
    EXPECT_EQ(before.actions[signal].sa_flags, after.actions[signal].sa_flags) << "signal " << signal;
  }
  EXPECT_EQ(std::memcmp(&before.blocked, &after.blocked, sizeof(before.blocked)), 0);
  EXPECT_EQ(before.stack.ss_sp, after.stack.ss_sp);
  EXPECT_EQ(before.stack.ss_flags, after.stack.ss_flags);
}

TEST(CompilerSignals, CompilingLeavesHandlersAndSignalStackAsTheyWere) {
  const auto wasm = tests::wat_to_wasm(kTraps);
  const auto before = signal_state();
  for (const bool in_shards : {false, true}) {
    const compiler::CompileOptions options{.jobs = 2, .shard_bytes = in_shards ? 1u : 0u};
    ASSERT_TRUE(compiler::compile(wasm, options));
    expect_same(before, signal_state());
  }
  ASSERT_FALSE(compiler::compile(base::ByteView(wasm).first(20), {}));
  expect_same(before, signal_state());
}

void expect_traps(const Instance& instance) {
  const std::pair<const char*, TrapCode> expected[] = {{"unreachable", TrapCode::unreachable},
                                                       {"store", TrapCode::out_of_bounds_memory_access},
                                                       {"recurse", TrapCode::stack_exhaustion}};
  for (const auto& [name, code] : expected) {
    const auto result = instance.function(name).value().call({});
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().trap, code) << name;
  }
}

TEST(CompilerSignals, GuestsTrapBetweenAndAfterCompilations) {
  const auto wasm = tests::wat_to_wasm(kTraps);
  Store store(StoreOptions{.poison_after_trap = false});
  const tests::Guest guest(wasm);
  const auto instance = store.instantiate(guest.module());
  ASSERT_TRUE(instance);
  for (int round = 0; round < 3; ++round) {
    expect_traps(*instance);
    const auto handlers = signal_state();  // the runtime's by now
    ASSERT_TRUE(compiler::compile(wasm, {}));
    expect_same(handlers, signal_state());
  }
  expect_traps(*instance);
}

}  // namespace
}  // namespace tenon::regress
