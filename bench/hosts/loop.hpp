// The original loop, shared by every C++ host: make a key and a payload, have
// them transformed, check every result.
//
//   HOST [COUNT [COLLECT_EVERY]]
//
// prints the count and the seconds it took.
#pragma once

#include <string>

#include "measure.hpp"

namespace bench {

struct LoopOptions {
  std::uint64_t count = 1'000'000;
  std::uint32_t collect_every = 1;
};

inline LoopOptions loop_options(int argc, char** argv, int first) {
  LoopOptions options;
  if (argc > first) options.count = std::strtoull(argv[first], nullptr, 10);
  if (argc > first + 1) options.collect_every = parse_count(argv[first + 1]);
  return options;
}

// `execute(key, payload, result)` puts what the plugin says into `result`.
template <typename Execute>
void run_loop(const LoopOptions& options, Execute&& execute) {
  std::string result;
  const double time = seconds([&] {
    for (std::uint64_t i = 1; i <= options.count; ++i) {
      const auto number = std::to_string(i);
      const auto key = "/some/test/" + number;
      const auto payload = "{\"temperature\": " + number + " }";
      execute(key, payload, result);
      if (result != "transform: " + key + " for payload " + payload)
        fail("result " + number + " is wrong: " + result);
    }
  });
  std::printf("%llu %.9f\n", static_cast<unsigned long long>(options.count), time);
}

}  // namespace bench
