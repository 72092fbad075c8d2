// Fills and copies bytes that other threads may be reading and writing. Guests may race
// with one another as they like; in C++ such a race would be undefined, unless every
// access is atomic.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tenon::runtime {

void racy_fill(std::uint8_t* to, std::uint8_t byte, std::size_t size);
// The two may overlap.
void racy_copy(std::uint8_t* to, const std::uint8_t* from, std::size_t size);

}  // namespace tenon::runtime
