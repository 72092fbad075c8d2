#include "runtime/call/backtrace.hpp"

#include <signal.h>
#include <unwind.h>

#include <cstring>

#include "runtime/call/activation.hpp"
#include "runtime/code/loaded_module.hpp"
#include "runtime/machine/enter.hpp"

namespace tenon::runtime {
namespace {

_Unwind_Reason_Code visit_frame(_Unwind_Context* context, void* argument) {
  Activation& activation = *static_cast<Activation*>(argument);
  int before_instruction = 0;
  std::uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
  const auto begin = reinterpret_cast<std::uintptr_t>(&tenon_activate);
  const auto end = reinterpret_cast<std::uintptr_t>(&tenon_activate_end);
  if (pc >= begin && pc < end) return _URC_END_OF_STACK;
  if (before_instruction == 0) --pc;  // a return address may lie past its function's end
  if (!activation.store->guest_code.has_text(pc)) return _URC_NO_REASON;
  activation.pcs[activation.depth++] = pc;
  return activation.depth < kMaxBacktrace ? _URC_NO_REASON : _URC_END_OF_STACK;
}

}  // namespace

void copy_signal_mask(ucontext_t& to, const ucontext_t& from) noexcept {
  // The kernel's mask is shorter than the C library's, and other things follow it.
  constexpr std::size_t kBytes = (NSIG - 1) / 8;
  std::memcpy(&to.uc_sigmask, &from.uc_sigmask, kBytes);
}

void capture_backtrace_from_handler(Activation& activation, const ucontext_t& interrupted) noexcept {
  // The walk may fault, and a fault whose signal is blocked kills the process.
  sigset_t faults, before;
  sigemptyset(&faults);
  for (const int signal : {SIGSEGV, SIGBUS}) sigaddset(&faults, signal);
  pthread_sigmask(SIG_UNBLOCK, &faults, &before);
  activation.interrupted = &interrupted;
  capture_backtrace(activation);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void capture_backtrace(Activation& activation) noexcept {
  activation.depth = 0;
  activation.capturing = true;
  _Unwind_Backtrace(visit_frame, &activation);
  activation.capturing = false;
}

std::vector<Frame> describe_frames(const GuestCode& code, std::span<const std::uintptr_t> pcs) {
  std::vector<Frame> frames;
  for (std::uintptr_t pc : pcs) {
    const LoadedModule* module = code.module_at(pc);
    if (module == nullptr) continue;
    if (auto frame = module->describe(pc)) frames.push_back(std::move(*frame));
  }
  return frames;
}

}  // namespace tenon::runtime
