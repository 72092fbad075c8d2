// The end of a guest's stack: a call with kilobytes of arguments once stepped over
// the guard page into another thread's memory; any signal that came near the end
// killed the host, and so did a trap on a thread that blocks signals.
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <thread>

#include "strict_guest.hpp"

namespace tenon::regress {
namespace {

std::string repeated(const std::string& text, unsigned times) {
  std::string all;
  for (unsigned i = 0; i < times; ++i) all += text;
  return all;
}

// Recurses to a depth, and there calls a function with 990 arguments of a type,
// all on the stack, of which nothing has touched the pages between.
std::string steps_far(const std::string& type, const std::string& value, const std::string& use) {
  constexpr unsigned kArguments = 990;
  const std::string far = "(type $far (func (param " + repeated(type + " ", kArguments) + ") (result i64)))";
  std::string uses;
  for (unsigned i = 0; i < kArguments; i += 7) {
    uses += "(local.set $sum (i64.add (local.get $sum) (" + use + " (local.get " + std::to_string(i) + "))))";
  }
  return "(module " + far + "(table 1 funcref) (elem (i32.const 0) $far)" +
         "(func $far (type $far) (local $sum i64)" + uses + "(local.get $sum))" +
         "(func $down (export \"down\") (param i64) (result i64) (if (result i64) (i64.eqz (local.get 0))" +
         "(then (call_indirect (type $far) " + repeated(value, kArguments) + "(i32.const 0)))" +
         "(else (i64.add (i64.const 1) (call $down (i64.sub (local.get 0) (i64.const 1)))))))" +
         "(func (export \"plain\") (param i64) (result i64) (if (result i64) (i64.eqz (local.get 0))" +
         "(then (i64.const 0)) (else (i64.add (i64.const 1) (call $down (i64.const 0)))))))";
}

class GuestStackEnd : public AtEachLevel {
 protected:
  // The deepest recursion that comes back.
  static std::int64_t deepest(const Function& function) {
    std::int64_t comes_back = 0, traps = std::int64_t{1} << 24;
    while (traps - comes_back > 1) {
      const std::int64_t middle = (comes_back + traps) / 2;
      (function.call(std::vector{Value::from_i64(middle)}) ? comes_back : traps) = middle;
    }
    return comes_back;
  }
};

// The guest's stack is then small as well: 1 MiB.
void on_small_thread(std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  pthread_t thread;
  auto start = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, start, &body), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

// Beside the guest's thread another one, whose stack and variables stay as they are.
TEST_P(GuestStackEnd, IsNotSteppedOver) {
  const std::string guests[] = {
      steps_far("v128", "(v128.const i64x2 0x4242424242424242 0x4343434343434343)", "i64x2.extract_lane 0"),
      steps_far("f64", "(f64.const 2.5)", "i64.trunc_f64_s"), steps_far("i64", "(i64.const 9)", "i64.clz")};
  for (const std::string& text : guests) {
    StrictGuest guest(text, GetParam());
    on_small_thread([&] {
      constexpr std::size_t kBytes = 256 * 1024;
      std::atomic<bool> done = false, ready = false;
      bool intact = false;
      std::thread neighbour([&] {
        std::array<volatile char, kBytes> canary;
        for (auto& byte : canary) byte = 0x5A;
        ready = true;
        while (!done) std::this_thread::yield();
        intact = std::ranges::all_of(canary, [](char byte) { return byte == 0x5A; });
      });
      while (!ready) std::this_thread::yield();
      const auto down = guest.instance().function("down").value();
      const std::int64_t depth = deepest(down);
      for (std::int64_t deeper = 0; deeper < 800; deeper += 3) {
        const auto result = down.call(std::vector{Value::from_i64(depth + deeper)});
        if (result) continue;
        EXPECT_EQ(result.error().trap, TrapCode::stack_exhaustion);
      }
      done = true;
      neighbour.join();
      EXPECT_TRUE(intact);
    });
  }
}

// At a depth, spins long enough for a signal of every millisecond to come.
constexpr char kSpins[] = R"((module
  (func $down (export "down") (param i64) (result i64) (local $i i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then
        (loop $again
          (br_if $again (i64.lt_u (local.tee $i (i64.add (local.get $i) (i64.const 1))) (i64.const 2000000))))
        (i64.const 0))
      (else (i64.add (i64.const 1) (call $down (i64.sub (local.get 0) (i64.const 1)))))))))";

volatile sig_atomic_t ticks = 0;
// An ordinary handler: no SA_ONSTACK, and with some need of stack.
void tick(int) {
  volatile char room[6000];
  std::memset(const_cast<char*>(room), 1, sizeof(room));
  ticks = ticks + room[0];
}

TEST_P(GuestStackEnd, HasRoomForSignalsAtItsEnd) {
  StrictGuest guest(kSpins, GetParam());
  const auto down = guest.instance().function("down").value();
  const std::int64_t depth = deepest(down);
  struct sigaction action{}, before{};
  action.sa_handler = tick;
  sigaction(SIGALRM, &action, &before);
  const itimerval every_millisecond{{0, 1000}, {0, 1000}}, never{};
  setitimer(ITIMER_REAL, &every_millisecond, nullptr);
  for (std::int64_t left = 0; left < 300; ++left) {
    const auto result = down.call(std::vector{Value::from_i64(depth - left)});
    if (result) continue;
    EXPECT_EQ(result.error().trap, TrapCode::stack_exhaustion) << to_string(result.error());
  }
  setitimer(ITIMER_REAL, &never, nullptr);
  sigaction(SIGALRM, &before, nullptr);
  EXPECT_GT(ticks, 0);
  EXPECT_EQ(deepest(down), depth);  // what handlers were given the guest has not
}

INSTANTIATE_TEST_SUITE_P(Levels, GuestStackEnd, testing::Values(0, 2));

// As threads that serve others commonly do.
TEST(GuestSignals, AreUnblockedWhereAThreadBlocksAll) {
  StrictGuest guest(
      "(module (memory 1) (func (export \"trap\") unreachable)"
      "(func (export \"outside\") (i32.store (i32.const 70000) (i32.const 1))))",
      2);
  std::thread([&] {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    guest.expect_trap("trap", TrapCode::unreachable);
    guest.expect_trap("outside", TrapCode::out_of_bounds_memory_access);
  }).join();
}

// Ends the thread inside a host function, by pthread_exit or pthread_cancel; what
// unwinds passes frames of guests that handle exceptions, too.
constexpr char kEnds[] = R"((module (import "h" "end" (func $end)) (tag $e)
  (func $inner (call $end)) (func (export "nop"))
  (func (export "run") (try (do (call $inner)) (catch_all)))))";

struct SetsOnExit {
  bool& flag;
  ~SetsOnExit() { flag = true; }
};

void end_inside(const std::function<void()>& end) {
  compiler::CompileOptions options;
  options.features.enable(wasm::Feature::legacy_exceptions);
  tests::Guest guest(kEnds, options);
  Store store;
  bool host_cleaned = false, caller_cleaned = false;
  const HostFunction typed([&] {
    SetsOnExit cleaned{host_cleaned};
    end();
  });
  const HostFunction dynamic({}, [&](Caller&, auto, auto) -> std::expected<void, Error> {
    SetsOnExit cleaned{host_cleaned};
    end();
    return {};
  });
  for (const HostFunction& function : {typed, dynamic}) {
    host_cleaned = caller_cleaned = false;
    const auto instance = store.instantiate(guest.module(), Imports().define("h", "end", function)).value();
    on_small_thread([&] {
      SetsOnExit cleaned{caller_cleaned};
      static_cast<void>(instance.function("run").value().call({}));
      ADD_FAILURE() << "the thread goes on";
    });
    EXPECT_TRUE(host_cleaned);
    EXPECT_TRUE(caller_cleaned);
    EXPECT_TRUE(instance.poisoned());
  }
}

// The sanitizer takes the reference of libstdc++'s own handlers of such ends for one
// to null.
#if !defined(__SANITIZE_ADDRESS__)
TEST(GuestStack, IsUnwoundWhereAThreadExitsInside) {
  end_inside([] { pthread_exit(nullptr); });
}

TEST(GuestStack, IsUnwoundWhereAThreadIsCancelledInside) {
  end_inside([] {
    pthread_cancel(pthread_self());
    pthread_testcancel();
  });
}
#endif

// The thread's destructors then run on the guest's stack.
TEST(GuestStackDeathTest, OutlivesExitInAHostFunction) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // the compiler has started threads
  tests::Guest guest("(module (import \"h\" \"exit\" (func $exit)) (func (export \"run\") (call $exit)))");
  auto run = [&] {
    Store store;
    Imports imports;
    imports.function("h", "exit", [] { std::exit(7); });
    const auto instance = store.instantiate(guest.module(), imports).value();
    static_cast<void>(instance.function("run").value().call({}));
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace tenon::regress
