// Valid modules that no toolchain makes, from a seed and a number.
#pragma once

#include <cstdint>
#include <vector>

namespace tenon::fuzz {

struct GeneratedModules {
  std::vector<std::uint8_t> first;   // imports loggers only; may be empty: there is none
  std::vector<std::uint8_t> second;  // imports what the first one exports
};

[[nodiscard]] GeneratedModules generate(std::uint64_t seed, std::uint64_t number);

}  // namespace tenon::fuzz
