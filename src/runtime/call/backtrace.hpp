// The guest's part of the stack: as program counters, and as frames that people can read.
#pragma once

#include <ucontext.h>

#include <cstdint>
#include <span>
#include <vector>

#include <tenon/error.hpp>

namespace tenon::runtime {

struct Activation;
struct GuestCode;

// Records in the activation, from here on outwards, which functions of its store's guests
// are on the stack. Signal-safe.
void capture_backtrace(Activation& activation) noexcept;
// The same in a handler, which may have any signals blocked.
void capture_backtrace_from_handler(Activation& activation, const ucontext_t& interrupted) noexcept;
// Has the code to which a handler returns run with the signal mask of other interrupted code.
void copy_signal_mask(ucontext_t& to, const ucontext_t& from) noexcept;

// Frames of the functions of the store's modules, in the order given. Program
// counters in thunks and trampolines belong to no function and are left out.
[[nodiscard]] std::vector<Frame> describe_frames(const GuestCode& code, std::span<const std::uintptr_t> pcs);

}  // namespace tenon::runtime
