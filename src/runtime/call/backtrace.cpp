#include "runtime/call/backtrace.hpp"

#include <unwind.h>

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
