#include "runtime/call/signals.hpp"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/error.hpp"
#include "runtime/call/activation.hpp"
#include "runtime/call/backtrace.hpp"
#include "runtime/call/guest_stack.hpp"
#include "runtime/call/interruption.hpp"
#include "runtime/call/process_handlers.hpp"
#include "runtime/call/thread_state.hpp"
#include "runtime/machine/enter.hpp"
#include "runtime/machine/signal_context.hpp"

namespace tenon::runtime {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};

constexpr std::size_t kAlternateStack = 128 * 1024;  // the walk of the stack wants some 10 KiB
constexpr std::size_t kAdequateStack = 32 * 1024;
constexpr std::size_t kAlternateGuard = 16 * 1024;

void go_to_landing_pad(ucontext_t& context, const Activation& activation) {
  resume_at(context, &tenon_landing_pad, activation.saved_sp);
}

std::optional<TrapCode> faulting_access(const GuestCode& code, std::uintptr_t address) {
  if (code.reserves(address)) return TrapCode::out_of_bounds_memory_access;
  if (address >= thread_state.guard_low && address < thread_state.stack_high)
    return TrapCode::stack_exhaustion;
  return std::nullopt;
}

// A handler without SA_ONSTACK runs on the guest's stack. Where not even the
// kernel's record of the interrupted code fits below the guest's frame, the kernel
// sends this in place of the signal, which is lost.
bool has_no_room_for_signals(const siginfo_t& info, const ucontext_t& context) {
  constexpr std::uintptr_t kLargestRecord = 32 * 1024;  // with AMX state some 11 KiB
  const std::uintptr_t sp = sp_of(context);
  return info.si_code == SI_KERNEL && sp >= thread_state.guard_low &&
         sp < thread_state.stack_low + kLargestRecord;
}

// Why guest code stopped, or nothing if this signal is none of ours. We take only faults
// of guest text at addresses that guests can reach. A fault of the host, or of this
// library, stays the host's own affair.
std::optional<TrapCode> classify(int signal, const siginfo_t& info, const GuestCode& code,
                                 const ucontext_t& context) {
  const std::uintptr_t pc = pc_of(context);
  const bool sent_by_a_process = info.si_code <= 0;
  if (sent_by_a_process || !code.has_text(pc)) return std::nullopt;
  if (signal == SIGSEGV && has_no_room_for_signals(info, context)) return TrapCode::stack_exhaustion;
  switch (signal) {
    case SIGSEGV:
    case SIGBUS: return faulting_access(code, reinterpret_cast<std::uintptr_t>(info.si_addr));
    case SIGILL: return trap_at(code.text_from(pc));
    default: return std::nullopt;  // guest code divides only after its own checks
  }
}

// The signal by which headroom is closed: one of ours, which no guest code raises.
constexpr int kReminder = SIGFPE;

// Sends it to this thread, blocked for now. It arrives as soon as the interrupted code
// unblocks it, which a signal handler does by returning: before the guest runs another
// instruction.
void remind_when_unblocked(ucontext_t& interrupted) {
  sigset_t reminder;
  sigemptyset(&reminder);
  sigaddset(&reminder, kReminder);
  pthread_sigmask(SIG_BLOCK, &reminder, nullptr);
  sigaddset(&interrupted.uc_sigmask, kReminder);
  syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), kReminder);
}

bool in_headroom(std::uintptr_t address) {
  return address < thread_state.stack_low && address >= thread_state.stack_low - kGuestStackHeadroom;
}

// Walks the stack from the innermost frame of a fault to the first frame of guest code,
// and looks for a frame that a signal interrupted.
struct SearchForHandler {
  const GuestCode& code;
  unsigned interrupted = 0;  // the fault itself is the first
};

_Unwind_Reason_Code visit_caller(_Unwind_Context* context, void* argument) {
  auto& search = *static_cast<SearchForHandler*>(argument);
  int before_instruction = 0;
  const std::uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
  if (before_instruction != 0 && ++search.interrupted == 2) return _URC_END_OF_STACK;
  return search.code.has_text(pc) ? _URC_END_OF_STACK : _URC_NO_REASON;
}

// Whether the fault happened in a signal handler, or in what it calls, while a guest or its
// host function was interrupted. A handler returns by unblocking signals; a host function
// that overruns its stack never would.
bool in_signal_handler(const GuestCode& code) {
  SearchForHandler search{code};
  _Unwind_Backtrace(visit_caller, &search);
  return search.interrupted == 2;
}

// One of the host's signal handlers may arrive when the guest has used up its stack. It
// gets the headroom, which guests must not use. True if that is what happened.
bool gave_headroom(int signal, const siginfo_t& info, const GuestCode& code, ucontext_t& context) {
  if (signal != SIGSEGV || info.si_code != SEGV_ACCERR || thread_state.headroom_is_open) return false;
  if (!in_headroom(reinterpret_cast<std::uintptr_t>(info.si_addr))) return false;
  if (code.has_text(pc_of(context)) || !in_signal_handler(code)) return false;
  thread_state.headroom_is_open = true;
  open_headroom(thread_state.stack_low);
  remind_when_unblocked(context);
  return true;
}

// Safety: from here on the guest must not use what was opened. True where the signal was
// the reminder to close it.
bool took_headroom_back(int signal, const siginfo_t& info, const Activation* activation,
                        ucontext_t& context) {
  if (signal != kReminder || info.si_code != SI_TKILL || info.si_pid != getpid()) return false;
  if (!thread_state.headroom_is_open) return false;
  const bool by_guest = activation != nullptr && activation->store->guest_code.has_text(pc_of(context));
  if (!by_guest && in_headroom(sp_of(context))) {
    remind_when_unblocked(context);  // a handler that unblocks signals, and still needs it
    return true;
  }
  close_headroom(thread_state.stack_low);
  thread_state.headroom_is_open = false;
  return true;
}

_Unwind_Reason_Code stop_walk(_Unwind_Context*, void*) { return _URC_END_OF_STACK; }

std::expected<void, Error> install_handlers() {
  // The unwinder's own first-use work must not happen inside a handler.
  _Unwind_Backtrace(stop_walk, nullptr);
  for (const int signal : kSignals) {
    // NODEFER: a fault in the walk of the stack must not find its signal blocked.
    if (auto done = install_handler(signal, {.take = take_fault, .flags = SA_NODEFER}, Phase::call); !done)
      return done;
  }
  return {};
}

// The handler cannot run on a stack that has just overflowed.
class AlternateStack {
 public:
  ~AlternateStack() {
    thread_state.finished = true;
    thread_state.stack_high = 0;
    if (mapping_ == MAP_FAILED) return;
    stack_t now{};
    if (sigaltstack(nullptr, &now) == 0 && now.ss_sp == usable()) sigaltstack(&earlier_, nullptr);
    munmap(mapping_, kAlternateGuard + kAlternateStack);
  }

  bool ensure() {
    stack_t now{};
    if (sigaltstack(nullptr, &now) != 0) return false;
    if ((now.ss_flags & SS_DISABLE) == 0 && now.ss_size >= kAdequateStack) return true;
    earlier_ = now;
    mapping_ = mmap(nullptr, kAlternateGuard + kAlternateStack, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping_ == MAP_FAILED) return false;
    if (mprotect(usable(), kAlternateStack, PROT_READ | PROT_WRITE) != 0) return false;
    stack_t own{.ss_sp = usable(), .ss_flags = 0, .ss_size = kAlternateStack};
    return sigaltstack(&own, nullptr) == 0;
  }

 private:
  void* usable() const { return static_cast<char*>(mapping_) + kAlternateGuard; }
  void* mapping_ = MAP_FAILED;
  stack_t earlier_{};
};

thread_local AlternateStack alternate_stack;

// A fault whose signal is blocked kills the process, and threads that work for
// others often block all signals.
bool unblock_signals() {
  sigset_t ours;
  sigemptyset(&ours);
  for (const int signal : kSignals) sigaddset(&ours, signal);
  return pthread_sigmask(SIG_UNBLOCK, &ours, nullptr) == 0;
}

}  // namespace

bool take_fault(int signal, siginfo_t* info, ucontext_t& context) noexcept {
  if (std::ranges::find(kSignals, signal) == std::end(kSignals)) return false;
  Activation* const activation = thread_state.current;
  if (activation != nullptr && activation->capturing && info->si_code > 0) {
    // Walking the stack ran into bad memory: the backtrace ends there.
    activation->capturing = false;
    if (activation->interrupted != nullptr) copy_signal_mask(context, *activation->interrupted);
    go_to_landing_pad(context, *activation);
    return true;
  }
  if (took_headroom_back(signal, *info, activation, context)) return true;
  if (activation == nullptr) return false;
  if (gave_headroom(signal, *info, activation->store->guest_code, context)) return true;
  const auto trap = classify(signal, *info, activation->store->guest_code, context);
  if (!trap) return false;
  // A call that is to end finds no stack (interrupt_signal.cpp).
  const bool is_to_end = *trap == TrapCode::stack_exhaustion && asked_to_end(activation) != nullptr;
  activation->trap = is_to_end ? kInterrupted : *trap;
  capture_backtrace_from_handler(*activation, context);
  go_to_landing_pad(context, *activation);
  return true;
}

std::expected<void, Error> prepare_signals_on_this_thread() {
  static const auto& installed = *new const std::expected(install_handlers());
  if (!installed) return installed;
  if (!unblock_signals())
    return base::fail(Phase::call, ErrorCode::out_of_resources, "signals cannot be unblocked");
  if (!alternate_stack.ensure()) {
    return base::fail(Phase::call, ErrorCode::out_of_resources, "no memory for an alternate signal stack");
  }
  return {};
}

}  // namespace tenon::runtime
