#include "child_limits.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace tenon::tools {

namespace {

constexpr std::uint64_t kSeconds = 30, kMicrosecondsPerByte = 250;
constexpr std::uint64_t kMegabytes = 1024, kBytesPerByte = 10 * 1024;
constexpr std::uint64_t kMostMegabytes = 32 * 1024;  // megabytes of code are compiled in shards

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kReservesMemory = true;  // more than any limit
#else
constexpr bool kReservesMemory = false;
#endif

// The limit in force, where it is lower than `wanted`.
template <typename Resource>
bool is_lower_already(Resource resource, std::uint64_t wanted) {
  rlimit now{};
  return getrlimit(resource, &now) == 0 && now.rlim_cur != RLIM_INFINITY && now.rlim_cur < wanted;
}

template <typename Resource>
void lower(Resource resource, std::uint64_t wanted) {
  rlimit now{};
  if (wanted == 0 || getrlimit(resource, &now) != 0) return;
  now.rlim_cur = std::min<rlim_t>(now.rlim_cur, wanted);
  setrlimit(resource, &now);
}

}  // namespace

ChildLimits ChildLimits::of(std::size_t input_bytes) {
  return {.seconds = kSeconds + input_bytes * kMicrosecondsPerByte / 1'000'000,
          .bytes = std::min((kMegabytes << 20) + input_bytes * kBytesPerByte, kMostMegabytes << 20)};
}

// One line; `option` is what sets the limit.
std::string ChildLimits::over(const std::string& what, std::size_t input_bytes, const std::string& option,
                              bool is_chosen) const {
  return std::string(doing) + " takes more than " + what + ", the limit " +
         (is_chosen ? "that " + option + " gives" : "for " + std::to_string(input_bytes) + " bytes") +
         "; try " + (is_optimising ? "-O0, or " : "") + option + " with more";
}

std::string_view ChildLimits::how_to_take_less() const {
  return doing == "compiling" ? "; try -j1, or -O0" : "";
}

void ChildLimits::apply() const {
  lower(RLIMIT_CPU, seconds);
  if (!kReservesMemory) lower(RLIMIT_DATA, bytes);
}

std::string ChildLimits::why_out_of_time(std::size_t input_bytes) const {
  if (seconds == 0 || is_lower_already(RLIMIT_CPU, seconds))
    return "the limit of processor time ran out (ulimit -t)";
  return over(std::to_string(seconds) + " s of processor time", input_bytes, "--time-limit",
              seconds_are_chosen);
}

std::string ChildLimits::why_out_of_memory(std::size_t input_bytes) const {
  if (bytes == 0 || kReservesMemory || is_lower_already(RLIMIT_DATA, bytes) ||
      is_lower_already(RLIMIT_AS, bytes))
    return "memory ran out" + std::string(how_to_take_less());
  return over(std::to_string(bytes >> 20) + " MiB of memory", input_bytes, "--memory-limit",
              bytes_are_chosen);
}

}  // namespace tenon::tools
