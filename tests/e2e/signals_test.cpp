// What docs/signals.md promises to programs that have signal handlers, alternate stacks,
// small threads, forks and limits of their own. Each case runs in a child process, since
// handlers belong to the process and some cases end it; the parent calls no guest.
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <climits>
#include <cstring>
#include <fstream>
#include <functional>
#include <optional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr int kFaults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};

constexpr char kGuest[] = R"((module
  (import "h" "f" (func $f))
  (memory 1)
  (func (export "call") (call $f))
  (func (export "outside") (i32.store (i32.const 65536) (i32.const 1)))
  (func (export "unreachable") unreachable)
  (func (export "deep") (drop (call $deep (i64.const 0))))
  (func $deep (param i64) (result i64) (i64.add (i64.const 1) (call $deep (i64.add (local.get 0) (i64.const 1)))))
  (func (export "spin") (loop $again (br $again)))))";

const tests::Guest& guest() {
  static const tests::Guest kMade(kGuest);
  return kMade;
}

// A store with an instance of the guest, which stays usable after traps.
class Loaded {
 public:
  explicit Loaded(
      std::function<void()> host = [] {}, std::chrono::nanoseconds timeout = 0ns)
      : store_({.poison_after_trap = false, .timeout = timeout}) {
    Imports imports;
    imports.define("h", "f", HostFunction([host = std::move(host)] { host(); }));
    instance_ = store_.instantiate(guest().module(), imports).value();
  }

  std::optional<Error> call(std::string_view name) const {
    const auto done = instance_->function<void()>(name).value()();
    return done ? std::nullopt : std::optional(done.error());
  }
  bool traps() const {
    const auto trap = [&](std::string_view name) { return call(name).value_or(Error{}).trap; };
    return trap("outside") == TrapCode::out_of_bounds_memory_access &&
           trap("unreachable") == TrapCode::unreachable && trap("deep") == TrapCode::stack_exhaustion;
  }

 private:
  Store store_;
  std::optional<Instance> instance_;
};

// How a child process ended that runs the body: its exit status, or the negated signal.
int in_child(const std::function<int()>& body) {
  static_cast<void>(guest());
  const pid_t child = fork();
  if (child == 0) {
    for (const int signal : kFaults) ::signal(signal, SIG_DFL);  // a sanitizer has some
    alarm(60);
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

volatile sig_atomic_t faults = 0;  // of the host's own

void fault() {
  faults = 1;
  auto* const forbidden =
      static_cast<volatile char*>(mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  *forbidden = 1;
}

using Handler = void (*)(int, siginfo_t*, void*);
struct sigaction install(int signal, Handler handler, int flags = SA_ONSTACK, bool block_all = false) {
  struct sigaction action = {}, before = {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | flags;
  if (block_all) sigfillset(&action.sa_mask);
  sigaction(signal, &action, &before);
  return before;
}

volatile sig_atomic_t calls = 0;  // of the host's handler
struct sigaction saved;           // what that found

void exit_7(int, siginfo_t*, void*) { _exit(faults != 0 ? 7 : 97); }  // a guest's trap is none of theirs
void exit_8(int, siginfo_t*, void*) { _exit(faults != 0 ? 8 : 98); }
void count(int, siginfo_t*, void*) { calls = calls + 1; }
// Calls the handler before it.
void chain(int signal, siginfo_t* info, void* context) {
  calls = calls + 1;
  if (calls > 5) _exit(99);
  if ((saved.sa_flags & SA_SIGINFO) != 0) {
    saved.sa_sigaction(signal, info, context);
  } else {
    ::signal(signal, saved.sa_handler);
  }
}
// Puts back the handler before it, and lets the fault repeat.
void put_back(int signal, siginfo_t*, void*) {
  calls = calls + 1;
  if (calls > 5) _exit(99);
  sigaction(signal, &saved, nullptr);
}
void put_back_and_raise(int signal, siginfo_t*, void*) {
  calls = calls + 1;
  if (calls > 5) _exit(99);
  sigaction(signal, &saved, nullptr);
  raise(signal);
}
void ask_tenon(int signal, siginfo_t* info, void* context) {
  calls = calls + 1;
  if (!handle_signal(signal, info, context)) _exit(7);
}

// ---- Handlers that come after ours

TEST(HandlerAfterOurs, ComesBehindOursWithTheNextStore) {
  EXPECT_EQ(in_child([] {
              if (!Loaded().traps()) return 1;
              install(SIGSEGV, exit_7);
              if (!Loaded().traps()) return 2;
              fault();
              return 3;
            }),
            7);
}

TEST(HandlerAfterOurs, ComesBehindOursWithTheNextModule) {
  EXPECT_EQ(in_child([] {
              const Loaded loaded;
              if (!loaded.traps()) return 1;
              install(SIGSEGV, exit_7);
              if (!Module::load(guest().artifact())) return 2;
              if (!loaded.traps()) return 3;
              fault();
              return 4;
            }),
            7);
}

TEST(HandlerAfterOurs, MayCallOurs) {
  EXPECT_EQ(in_child([] {
              const Loaded loaded;
              if (!loaded.traps()) return 1;
              saved = install(SIGSEGV, chain);
              if (loaded.call("outside")->trap != TrapCode::out_of_bounds_memory_access) return 2;
              if (calls != 1) return 3;
              const Loaded later;  // from now on ours is in front again
              if (!later.traps() || calls != 1) return 4;
              return 0;
            }),
            0);
}

// Whatever it calls or puts back, a fault of the host ends the process.
class FaultAfterOurs : public testing::TestWithParam<Handler> {};

TEST_P(FaultAfterOurs, ComesToAnEnd) {
  for (const int stores : {0, 1, 2}) {
    EXPECT_EQ(in_child([&] {
                const Loaded loaded;
                if (!loaded.traps()) return 1;
                saved = install(SIGSEGV, GetParam());
                for (int i = 0; i < stores; ++i) static_cast<void>(Loaded());
                fault();
                return 2;
              }),
              -SIGSEGV)
        << stores;
  }
}

TEST_P(FaultAfterOurs, ComesToAnEndWhereItWasInstalledTwice) {
  // What puts itself back would go round without us, too.
  for (int stores = GetParam() == chain ? 0 : 1; stores < 3; ++stores) {
    EXPECT_EQ(in_child([&] {
                const Loaded loaded;
                if (!loaded.traps()) return 1;
                saved = install(SIGSEGV, GetParam());
                static_cast<void>(Loaded());
                saved = install(SIGSEGV, GetParam());  // what was there is ours now
                for (int i = 0; i < stores; ++i) static_cast<void>(Loaded());
                fault();
                return 2;
              }),
              -SIGSEGV)
        << stores;
  }
}

TEST_P(FaultAfterOurs, ReachesTheHandlerBeforeOurs) {
  EXPECT_EQ(in_child([&] {
              install(SIGSEGV, exit_8);
              if (!Loaded().traps()) return 1;
              saved = install(SIGSEGV, GetParam());
              if (!Loaded().traps()) return 2;
              fault();
              return 3;
            }),
            8);
}

INSTANTIATE_TEST_SUITE_P(Styles, FaultAfterOurs, testing::Values(chain, put_back, put_back_and_raise));

TEST(HandlerAfterOurs, ThatWasThereForAWhileIsForgotten) {
  EXPECT_EQ(in_child([] {
              install(SIGSEGV, exit_8);
              if (!Loaded().traps()) return 1;
              saved = install(SIGSEGV, exit_7);
              if (!Loaded().traps()) return 2;  // ours comes to the front meanwhile
              sigaction(SIGSEGV, &saved, nullptr);
              if (!Loaded().traps()) return 3;
              fault();
              return 4;
            }),
            8);
}

TEST(HandlerAfterOurs, IsCalledOnceWhereItAskedForThat) {
  EXPECT_EQ(in_child([] {
              if (!Loaded().traps()) return 1;
              install(SIGSEGV, count, static_cast<int>(SA_RESETHAND));
              if (!Loaded().traps()) return 2;
              fault();
              return 3;
            }),
            -SIGSEGV);
}

TEST(HandlerAfterOurs, MayComeAndGoWithoutEnd) {
  EXPECT_EQ(in_child([] {
              install(SIGSEGV, exit_7);
              for (int i = 0; i < 100; ++i) {
                const struct sigaction before = install(SIGSEGV, i % 2 == 0 ? exit_8 : chain);
                if (!Loaded().traps()) return 1;
                sigaction(SIGSEGV, &before, nullptr);
                if (!Loaded().traps()) return 2;
              }
              fault();
              return 3;
            }),
            7);
}

TEST(HandlerAfterOurs, OfInterruptsComesBehindOurs) {
  EXPECT_EQ(in_child([] {
              if (Loaded([] {}, 5ms).call("spin")->code != ErrorCode::timeout) return 1;
              install(SIGURG, count);
              if (!Module::load(guest().artifact())) return 5;
              if (Loaded([] {}, 5ms).call("spin")->code != ErrorCode::timeout) return 2;
              if (calls != 0) return 3;
              raise(SIGURG);
              return calls == 1 ? 0 : 4;
            }),
            0);
}

// ---- Programs that own their handlers

TEST(HandleSignal, ServesAHandlerAfterOurs) {
  EXPECT_EQ(in_child([] {
              const Loaded loaded;
              if (!loaded.traps()) return 1;
              for (const int signal : kFaults) install(signal, ask_tenon);
              if (!loaded.traps() || calls != 3) return 2;
              fault();
              return 3;
            }),
            7);
}

TEST(HandleSignal, ServesAHandlerThatBlocksEverything) {
  EXPECT_EQ(in_child([] {
              const Loaded loaded;
              if (!loaded.traps()) return 1;
              for (const int signal : kFaults) install(signal, ask_tenon, SA_ONSTACK, true);
              for (int i = 0; i < 100; ++i) {
                if (!loaded.traps()) return 2;
              }
              sigset_t mask;
              pthread_sigmask(SIG_BLOCK, nullptr, &mask);
              for (int signal = 1; signal < 32; ++signal) {
                if (sigismember(&mask, signal) != 0) return 3;
              }
              return 0;
            }),
            0);
}

TEST(SignalHandling, OfTheHostInstallsNothing) {
  EXPECT_EQ(in_child([] {
              if (!set_signal_handling(SignalHandling::host)) return 1;
              for (const int signal : kFaults) install(signal, ask_tenon);
              install(SIGURG, ask_tenon);
              if (!Loaded().traps() || calls != 3) return 2;
              if (Loaded([] {}, 5ms).call("spin")->code != ErrorCode::timeout) return 3;
              struct sigaction now = {};
              for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGURG}) {
                sigaction(signal, nullptr, &now);
                if (now.sa_sigaction != ask_tenon) return 4;
              }
              fault();
              return 5;
            }),
            7);
}

TEST(SignalHandling, OfTheHostWantsHandlers) {
  EXPECT_EQ(in_child([] {
              if (!set_signal_handling(SignalHandling::host)) return 1;
              const auto error = Loaded().call("outside");
              if (!error || error->code != ErrorCode::invalid_argument) return 2;
              if (!error->message.contains("SIGSEGV has no handler")) return 3;
              Store store({.timeout = 5ms});
              const auto instance = store.instantiate(guest().module());
              return instance.error().code == ErrorCode::invalid_argument &&
                             instance.error().message.contains("SIGURG has no handler")
                         ? 0
                         : 4;
            }),
            0);
}

TEST(SignalHandling, IsChosenBeforehand) {
  EXPECT_EQ(
      in_child([] {
        if (!set_signal_handling(SignalHandling::host)) return 1;
        if (!set_signal_handling(SignalHandling::own)) return 2;
        if (!Loaded().traps()) return 3;
        return set_signal_handling(SignalHandling::host).error().code == ErrorCode::invalid_argument ? 0 : 4;
      }),
      0);
}

// ---- Threads

int on_thread(std::size_t stack, const std::function<int()>& body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack);
  struct Run {
    const std::function<int()>& body;
    int result;
  } run{body, -1};
  pthread_t thread;
  const auto start = [](void* argument) -> void* {
    auto& it = *static_cast<Run*>(argument);
    it.result = it.body();
    return nullptr;
  };
  if (pthread_create(&thread, &attributes, start, &run) != 0) return 90;
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  return run.result;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // whose frames are larger
TEST(Threads, OfTheSmallestStackCallGuests) {
  EXPECT_EQ(in_child([] {
              const Loaded loaded([] {
                volatile char room[100'000];  // of the guest's stack
                std::memset(const_cast<char*>(room), 1, sizeof(room));
              });
              const Loaded timed([] {}, 5ms);
              return on_thread(PTHREAD_STACK_MIN, [&] {
                if (!loaded.traps()) return 1;
                if (timed.call("spin")->code != ErrorCode::timeout) return 2;
                return loaded.call("call") ? 3 : 0;
              });
            }),
            0);
}
#endif

TEST(Threads, ThatBlockAllSignalsCallGuests) {
  EXPECT_EQ(in_child([] {
              sigset_t all;
              sigfillset(&all);
              pthread_sigmask(SIG_BLOCK, &all, nullptr);
              if (!Loaded().traps()) return 1;
              return Loaded([] {}, 5ms).call("spin")->code == ErrorCode::timeout ? 0 : 2;
            }),
            0);
}

// One that is large enough is used, and stays; a smaller one is replaced as long as the
// thread lives.
TEST(Threads, KeepTheAlternateStackThatTheHostGaveThem) {
  for (const std::size_t size : {std::size_t{8} << 10, std::size_t{64} << 10}) {
    EXPECT_EQ(in_child([&] {
                const Loaded loaded;
                return on_thread(1 << 20, [&] {
                  void* const stack =
                      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                  const stack_t given{.ss_sp = stack, .ss_flags = 0, .ss_size = size};
                  sigaltstack(&given, nullptr);
                  if (!loaded.traps()) return 1;
                  stack_t now{};
                  sigaltstack(nullptr, &now);
                  const bool is_kept = now.ss_sp == stack;
                  return is_kept == (size >= 32 << 10) ? 0 : 2;
                });
              }),
              0)
        << size;
  }
}

// ---- Forks and limits

TEST(Fork, LeavesTrapsAndTimeoutsAsTheyAre) {
  EXPECT_EQ(in_child([] {
              const Loaded loaded;
              const Loaded timed([] {}, 5ms);
              if (!loaded.traps() || timed.call("call")) return 1;
              const pid_t child = fork();
              if (child == 0) {
                if (!loaded.traps() || !Loaded().traps()) _exit(2);
                if (timed.call("spin")->code != ErrorCode::timeout) _exit(3);
                _exit(Loaded([] {}, 5ms).call("spin")->code == ErrorCode::timeout ? 0 : 4);
              }
              int status = 0;
              waitpid(child, &status, 0);
              if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return 10 + WEXITSTATUS(status);
              return loaded.traps() ? 0 : 5;
            }),
            0);
}

std::uint64_t address_space() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

void limit_address_space(std::uint64_t more) {
  const rlimit limit{address_space() + more, RLIM_INFINITY};
  setrlimit(RLIMIT_AS, &limit);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which need all address space
TEST(AddressSpace, ThatIsTooSmallForAMemoryIsAClearError) {
  EXPECT_EQ(in_child([] {
              static_cast<void>(guest().module());
              limit_address_space(std::uint64_t{1} << 30);
              Store store;
              Imports imports;
              imports.define("h", "f", HostFunction([] {}));
              const auto instance = store.instantiate(guest().module(), imports);
              if (instance || instance.error().code != ErrorCode::out_of_resources) return 1;
              return instance.error().message.contains("no address space for a memory") ? 0 : 2;
            }),
            0);
}

TEST(AddressSpace, ThatIsTooSmallForAStackIsAClearError) {
  EXPECT_EQ(in_child([] {
              const Loaded loaded;
              limit_address_space(4 << 20);
              const auto error = loaded.call("call");
              if (!error || error->code != ErrorCode::out_of_resources) return 1;
              if (!error->message.contains("guest stack")) return 2;
              limit_address_space(std::uint64_t{1} << 30);
              return loaded.traps() ? 0 : 3;  // nothing is spoiled
            }),
            0);
}
#endif

// ---- Sanitizers

#if defined(TENON_TEST_SANITIZED_HOST)
tests::ProcessResult run_sanitized(const std::string& options, const std::string& what) {
  return tests::run({"env", "ASAN_OPTIONS=" + options, TENON_TEST_SANITIZED_HOST, guest().artifact(), what});
}

TEST(Sanitizer, ReportsCrashesOfTheHostAndNoTraps) {
  const auto fine = run_sanitized("handle_segv=1", "go on");
  EXPECT_EQ(fine.exit_status, 0) << fine.standard_output << fine.standard_error;
  const auto crash = run_sanitized("handle_segv=1", "crash");
  EXPECT_THAT(crash.standard_output, HasSubstr("call stack exhausted"));
  EXPECT_THAT(crash.standard_error, HasSubstr("SEGV on unknown address"));
}

TEST(Sanitizer, ThatKeepsASignalToItselfIsNamed) {
  EXPECT_THAT(run_sanitized("handle_segv=2", "go on").standard_output,
              HasSubstr("the handler of SIGSEGV cannot be installed"));
}
#endif

// ---- A library that has Tenon inside, and is closed

class Embedded : public testing::TestWithParam<const char*> {};

TEST_P(Embedded, LeavesHandlersThatGoOnWhereItsLibraryIsClosed) {
  EXPECT_EQ(in_child([&] {
              install(SIGSEGV, exit_7);
              install(SIGURG, count);
              void* const library = dlopen(GetParam(), RTLD_NOW | RTLD_LOCAL);
              if (library == nullptr) return 1;
              const auto use = reinterpret_cast<int (*)(const char*)>(dlsym(library, "use_tenon"));
              int used = -1;
              // A thread of its own, since the library stays as long as one has its variables.
              std::thread([&] { used = use(guest().artifact().c_str()); }).join();
              if (used != 0) return 10 + used;
              if (dlclose(library) != 0) return 2;
              std::this_thread::sleep_for(300ms);  // for the watchdog to look once more
              raise(SIGURG);
              if (calls != 1) return 3;
              fault();
              return 4;
            }),
            7);
}

INSTANTIATE_TEST_SUITE_P(Ways, Embedded,
                         testing::Values(TENON_TEST_EMBEDDER_SHARED, TENON_TEST_EMBEDDER_STATIC));

}  // namespace
}  // namespace tenon::e2e
