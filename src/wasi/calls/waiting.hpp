// Waiting in a call of the guest, which may end meanwhile.
#pragma once

#include <cstdint>
#include <expected>

#include <tenon/error.hpp>

namespace tenon::wasi {

// Sleeps for so long, and no shorter. Errors: what the call ends with, as soon as its time is
// over or somebody interrupts it.
[[nodiscard]] std::expected<void, Error> wait(std::uint64_t nanoseconds);

}  // namespace tenon::wasi
