// State of the whole process: the signal's number.
#include "runtime/call/interrupt_signal.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>

#include <tenon/interrupt.hpp>

#include "base/error.hpp"
#include "runtime/call/activation.hpp"
#include "runtime/call/backtrace.hpp"
#include "runtime/call/interruption.hpp"
#include "runtime/call/process_handlers.hpp"
#include "runtime/call/thread_state.hpp"
#include "runtime/machine/enter.hpp"
#include "runtime/machine/signal_context.hpp"

namespace tenon::runtime {
namespace {

std::atomic<int> chosen_signal{SIGURG};
std::mutex choosing;
bool is_installed = false;       // under that lock
std::atomic<unsigned> forks{0};  // a thread has another number in a forked process

struct ThreadNumber {
  pid_t number = 0;
  unsigned forks = 0;
};
thread_local constinit ThreadNumber this_thread;

// Safety: guest code can be left at any instruction, since none of its frames needs a
// destructor, and it holds no lock. The runtime, the host and the C library cannot. Nor
// may a store's list of texts be looked at while host code changes it.
bool may_leave(const Activation& activation, const ucontext_t& context) {
  const StoreHead& store = *activation.store;
  return !activation.capturing && !store.guest_code_changes && store.guest_code.has_text(pc_of(context));
}

// What guest code calls next finds no stack and traps (signals.cpp knows better): a guest
// that calls the host for ever is never seen in its own code. Not where an activation is
// being set up or taken down, which writes the limit itself.
void let_next_call_trap(Activation& activation, const ucontext_t& context) {
  const std::uintptr_t pc = pc_of(context);
  const bool activates = pc >= reinterpret_cast<std::uintptr_t>(&tenon_activate) &&
                         pc < reinterpret_cast<std::uintptr_t>(&tenon_activate_end);
  if (!activates) activation.store->record.stack_limit = UINTPTR_MAX;
}

std::expected<void, Error> install() {
  pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  // RESTART: what the host waits for goes on, where the system can do that.
  // What the host sends, and nobody handles, is lost: the default action would take our
  // handler away.
  return install_handler(interrupt_signal(),
                         {.take = take_interrupt, .flags = SA_RESTART | SA_NODEFER, .is_lost = true},
                         Phase::load);
}

[[gnu::cold, gnu::noinline]] pid_t prepare_thread() noexcept {
  this_thread = {static_cast<pid_t>(syscall(SYS_gettid)), forks.load(std::memory_order_relaxed)};
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, interrupt_signal());
  pthread_sigmask(SIG_UNBLOCK, &ours, nullptr);
  return this_thread.number;
}

}  // namespace

int interrupt_signal() noexcept { return chosen_signal.load(std::memory_order_relaxed); }

bool take_interrupt(int, siginfo_t* info, ucontext_t& context) noexcept {
  if (info->si_code != SI_QUEUE || info->si_value.sival_ptr != &chosen_signal) return false;
  Activation* const activation = thread_state.current;
  const Interruption* const asked = asked_to_end(activation);
  // Safety: another thread may run a call inside this one, and change the store's lists.
  if (asked == nullptr || asked->thread() != this_thread.number) return true;
  if (may_leave(*activation, context)) {
    activation->trap = kInterrupted;
    capture_backtrace_from_handler(*activation, context);
    resume_at(context, &tenon_landing_pad, activation->saved_sp);
  } else {
    let_next_call_trap(*activation, context);  // or the signal comes again
  }
  return true;
}

void send_interrupt_signal(pid_t thread) noexcept {
  if (thread == 0) return;
  // With a value by which the handler knows it from the host's own.
  siginfo_t info{};
  info.si_signo = interrupt_signal();
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_uid = getuid();
  info.si_value.sival_ptr = &chosen_signal;
  syscall(SYS_rt_tgsigqueueinfo, getpid(), thread, info.si_signo, &info);
}

std::expected<void, Error> prepare_interrupt_signal() {
  const std::lock_guard lock(choosing);
  is_installed = true;
  static const auto& installed = *new const std::expected(install());
  return installed;
}

pid_t thread_for_signals() noexcept {
  if (this_thread.number != 0 && this_thread.forks == forks.load(std::memory_order_relaxed)) [[likely]]
    return this_thread.number;
  return prepare_thread();
}

}  // namespace tenon::runtime

namespace tenon {

std::expected<void, Error> set_interrupt_signal(int signal) {
  struct sigaction now{};
  constexpr int kTaken[] = {SIGKILL, SIGSTOP, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};
  const bool can_be_handled =
      std::ranges::find(kTaken, signal) == std::end(kTaken) && sigaction(signal, nullptr, &now) == 0;
  if (!can_be_handled) {
    return base::fail(Phase::load, ErrorCode::invalid_argument,
                      std::to_string(signal) + " is no signal that can be taken for interrupts");
  }
  const std::lock_guard lock(runtime::choosing);
  if (runtime::is_installed) {
    return base::fail(Phase::load, ErrorCode::invalid_argument,
                      "a plugin with a timeout or an InterruptHandle was loaded before: its signal stays");
  }
  runtime::chosen_signal.store(signal);
  return {};
}

}  // namespace tenon
