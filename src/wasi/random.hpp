// Random bytes from the system.
#pragma once

#include <cstdint>
#include <span>

namespace tenon::wasi {

// False where the system has none to give.
[[nodiscard]] bool fill_random(std::span<std::uint8_t> buffer);

}  // namespace tenon::wasi
