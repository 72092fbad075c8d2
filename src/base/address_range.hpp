// A range of addresses of the process.
#pragma once

#include <cstdint>

namespace tenon::base {

struct AddressRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  [[nodiscard]] constexpr bool contains(std::uintptr_t address) const {
    return address - begin < end - begin;
  }
  [[nodiscard]] constexpr bool contains(std::uintptr_t address, std::uint64_t size) const {
    return address >= begin && address <= end && size <= end - address;
  }
};

}  // namespace tenon::base
