// Faults that are not the guest's go to whoever handled them before. Each case
// runs in a child process, and needs a parent in which Tenon's handlers, which
// are installed once, are not there yet.
#include <gtest/gtest.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include <tenon/store.hpp>

#include "runtime/call/activation.hpp"
#include "runtime/call/signals.hpp"
#include "runtime/call/thread_state.hpp"
#include "runtime/machine/enter.hpp"
#include "runtime/machine/signal_context.hpp"
#include "support/wat.hpp"

namespace tenon {
namespace {

using tests::Guest;

constexpr std::string_view kGuest = R"((module
  (import "h" "f" (func $f))
  (memory 1)
  (func (export "call") (call $f))
  (func (export "trap") (result i32) (i32.load (i32.const 65536)))))";

class Signals : public testing::Test {
 protected:
  static constexpr char kAlone[] = "TENON_TEST_SIGNALS_ALONE";

  void SetUp() override {
    struct sigaction now = {};
    sigaction(SIGSEGV, nullptr, &now);
    if (now.sa_handler == SIG_DFL) return;
    // In a process of its own a handler that is there already is a sanitizer's.
    if (getenv(kAlone) != nullptr) {
      for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE}) ::signal(signal, SIG_DFL);
      return;
    }
    setenv(kAlone, "1", 1);
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    const auto alone = tests::run({"/proc/self/exe", "--gtest_filter=Signals." + name});
    unsetenv(kAlone);
    ASSERT_EQ(alone.exit_status, 0) << alone.standard_output;
    GTEST_SKIP() << "passed in a process of its own";
  }
};

// The wait status of a child that runs `body`.
template <typename F>
int in_child(F body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

volatile std::uint8_t* forbidden() {
  return static_cast<volatile std::uint8_t*>(
      mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

Instance with_host(Store& store, const Guest& guest, HostFunction function) {
  return store.instantiate(guest.module(), Imports{}.define("h", "f", std::move(function))).value();
}

bool traps(Instance instance) {
  const auto result = instance.function<std::int32_t()>("trap").value()();
  return !result && result.error().trap == TrapCode::out_of_bounds_memory_access;
}

void exit_7(int) { _exit(7); }
void exit_8(int, siginfo_t* info, void*) { _exit(info->si_code == SEGV_ACCERR ? 8 : 9); }

TEST_F(Signals, AFaultOfTheHostGoesToThePlainHandlerBefore) {
  const Guest guest(kGuest);
  EXPECT_EQ(in_child([&] {
              signal(SIGSEGV, exit_7);
              Store store({.poison_after_trap = false});
              auto instance = with_host(store, guest, HostFunction([] { *forbidden() = 1; }));
              if (!traps(instance)) _exit(1);
              (void)instance.function<void()>("call").value()();
            }),
            7 << 8);
}

TEST_F(Signals, AFaultOfTheHostOutsideAnyCallGoesToTheHandlerBefore) {
  const Guest guest(kGuest);
  EXPECT_EQ(in_child([&] {
              struct sigaction action = {};
              action.sa_sigaction = exit_8;
              action.sa_flags = SA_SIGINFO;
              sigaction(SIGSEGV, &action, nullptr);
              Store store;
              if (!traps(with_host(store, guest, HostFunction([] {})))) _exit(1);
              *forbidden() = 1;
            }),
            8 << 8);
}

TEST_F(Signals, WithoutAHandlerAFaultOfTheHostStillKills) {
  const Guest guest(kGuest);
  const int status = in_child([&] {
    signal(SIGSEGV, SIG_DFL);
    Store store({.poison_after_trap = false});
    auto instance = with_host(store, guest, HostFunction([] { *forbidden() = 1; }));
    if (!traps(instance)) _exit(1);
    (void)instance.function<void()>("call").value()();
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSEGV);
}

TEST_F(Signals, AHostTouchingTheGuardOfAMemoryIsNoTrap) {
  const Guest guest(kGuest);
  EXPECT_EQ(in_child([&] {
              signal(SIGSEGV, exit_7);
              Store store;
              Memory memory = store.create_memory({{1, {}}}).value();
              auto instance =
                  with_host(store, guest, HostFunction([&] {
                              *static_cast<volatile std::uint8_t*>(memory.data().data() + kPageSize) = 1;
                            }));
              (void)instance.function<void()>("call").value()();
            }),
            7 << 8);
}

TEST_F(Signals, ASignalThatWasSentIsNoTrap) {
  const Guest guest(kGuest);
  for (int number : {SIGSEGV, SIGILL, SIGBUS, SIGFPE}) {
    const int status = in_child([&] {
      signal(number, SIG_DFL);
      Store store;
      auto instance = with_host(store, guest, HostFunction([&] { raise(number); }));
      (void)instance.function<void()>("call").value()();
    });
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), number);
  }
}

sigjmp_buf recovery;
void jump_out(int) { siglongjmp(recovery, 1); }

TEST_F(Signals, AHandlerBeforeMayJumpOut) {
  const Guest guest(kGuest);
  EXPECT_EQ(in_child([&] {
              signal(SIGSEGV, jump_out);
              Store store({.poison_after_trap = false});
              auto instance = with_host(store, guest, HostFunction([] {
                                          if (sigsetjmp(recovery, 1) == 0) *forbidden() = 1;
                                        }));
              for (int i = 0; i < 3; ++i) {
                if (!instance.function<void()>("call").value()()) _exit(1);
                if (!traps(instance)) _exit(2);
              }
              _exit(3);
            }),
            3 << 8);
}

TEST_F(Signals, TrapsLeaveTheSignalMaskAlone) {
  const Guest guest(kGuest);
  Store store({.poison_after_trap = false});
  auto instance = with_host(store, guest, HostFunction([] {}));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(traps(instance));
  sigset_t mask;
  pthread_sigmask(SIG_BLOCK, nullptr, &mask);
  for (int number : {SIGSEGV, SIGILL, SIGBUS, SIGFPE}) EXPECT_EQ(sigismember(&mask, number), 0);
}

// Walking the stack after a trap may run into bad memory. The call ends all the same, with the
// signal mask that the guest had, whatever the handler has blocked.
TEST(TakeFault, EndsTheWalkOfTheStackWhereThatFaults) {
  runtime::Activation activation{.trap = TrapCode::unreachable};
  ucontext_t of_guest{}, of_walk{};
  sigaddset(&of_walk.uc_sigmask, SIGUSR1);
  sigaddset(&of_guest.uc_sigmask, SIGUSR2);
  char here = 0;
  activation.saved_sp = &here;
  activation.capturing = true;
  activation.interrupted = &of_guest;
  siginfo_t info{};
  info.si_code = SEGV_MAPERR;
  runtime::Activation* const before = std::exchange(runtime::thread_state.current, &activation);
  const bool taken = runtime::take_fault(SIGSEGV, &info, of_walk);
  runtime::thread_state.current = before;
  EXPECT_TRUE(taken);
  EXPECT_FALSE(activation.capturing);
  EXPECT_EQ(runtime::pc_of(of_walk), reinterpret_cast<std::uintptr_t>(&runtime::tenon_landing_pad));
  EXPECT_EQ(runtime::sp_of(of_walk), reinterpret_cast<std::uintptr_t>(&here));
  EXPECT_EQ(sigismember(&of_walk.uc_sigmask, SIGUSR1), 0);
  EXPECT_EQ(sigismember(&of_walk.uc_sigmask, SIGUSR2), 1);
}

}  // namespace
}  // namespace tenon
