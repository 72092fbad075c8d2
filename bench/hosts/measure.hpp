// What the small host programs share.
#pragma once

#include <time.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace bench {

[[noreturn]] inline void fail(std::string_view message) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
  std::exit(1);
}

// This thread's time on a processor: what other programs take does not count.
inline double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <typename Work>
double seconds(Work&& work) {
  const double start = thread_seconds();
  work();
  return thread_seconds() - start;
}

// Runs `kernel(rounds)` once to warm up and once for the clock; prints the
// number it gives and the seconds.
template <typename Kernel>
void run_kernel(std::uint32_t rounds, Kernel&& kernel) {
  std::uint64_t result = kernel(1);
  const double time = seconds([&] { result = kernel(rounds); });
  std::printf("%llu %.9f\n", static_cast<unsigned long long>(result), time);
}

inline std::uint32_t parse_count(const char* text) {
  return static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

}  // namespace bench
