// What the small host programs share.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace bench {

[[noreturn]] inline void fail(std::string_view message) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
  std::exit(1);
}

template <typename Work>
double seconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Runs `kernel(rounds)` once to warm up and once for the clock; prints the
// number it gives and the seconds.
template <typename Kernel>
void run_kernel(std::uint32_t rounds, Kernel&& kernel) {
  std::uint64_t result = kernel(1);
  const double time = seconds([&] { result = kernel(rounds); });
  std::printf("%llu %.9f\n", static_cast<unsigned long long>(result), time);
}

inline std::uint32_t parse_count(const char* text) { return static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10)); }

}  // namespace bench
