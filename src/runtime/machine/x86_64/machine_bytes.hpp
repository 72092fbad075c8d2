// Many bytes at once.
#pragma once

#include <emmintrin.h>

#include <cstdint>

namespace tenon::runtime::machine {

// The lowest bits of 64 bytes: bit i is that of bytes[i].
[[nodiscard]] inline std::uint64_t lowest_bits(const std::uint8_t* bytes) {
  const auto of_sixteen = [&](int at) {
    const __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + at));
    // The lowest bit of each byte becomes its highest, which is what is gathered.
    return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_slli_epi16(sixteen, 7)))} << at;
  };
  return of_sixteen(0) | of_sixteen(16) | of_sixteen(32) | of_sixteen(48);
}

}  // namespace tenon::runtime::machine
