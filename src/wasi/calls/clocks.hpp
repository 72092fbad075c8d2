// The clocks that a guest knows.
#pragma once

#include <cstdint>

#include "wasi/calls/state.hpp"
#include "wasi/errno.hpp"

namespace tenon::wasi {

enum ClockId : std::uint32_t { kRealtime, kMonotonic, kProcessCpu, kThreadCpu, kClocks };

// Nanoseconds, from the system or from the options' overrides. Errors: invalid, io.
[[nodiscard]] Result<std::uint64_t> now(const State& state, std::uint32_t clock);

}  // namespace tenon::wasi
