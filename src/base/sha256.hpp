// SHA-256 (FIPS 180-4), by libsodium.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace tenon::base {

using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(ByteView bytes);
[[nodiscard]] std::string to_hex(const Sha256& digest);

}  // namespace tenon::base
