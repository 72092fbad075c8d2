// Choices that depend on a seed alone, whatever the standard library.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace tenon::fuzz {

class Random {
 public:
  explicit Random(std::uint64_t seed) : source_(seed) {}
  std::uint64_t bits() { return source_(); }
  // 0 to limit - 1. Precondition: limit is not 0.
  std::uint32_t below(std::size_t limit) { return static_cast<std::uint32_t>(source_() % limit); }
  std::uint32_t between(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }
  bool percent(unsigned chance) { return below(100) < chance; }
  template <typename T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }
  // What is worth trying as a number, and a little of anything.
  std::uint64_t telling_number() {
    switch (below(4)) {
      case 0: return below(64);
      case 1: return ~std::uint64_t{below(64)};
      case 2: return std::uint64_t{1} << below(64);
      default: return bits();
    }
  }

 private:
  std::mt19937_64 source_;
};

}  // namespace tenon::fuzz
