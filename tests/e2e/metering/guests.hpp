// Guests that count what they execute, compiled in each way that must not change a count.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {

struct Way {
  const char* name;
  compiler::CompileOptions options;
};
inline void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

inline std::vector<Way> ways_of_compiling() {
  const auto way = [](std::uint8_t level, bool strict, Bounds bounds) {
    return compiler::CompileOptions{
        .optimization_level = level, .strict = strict, .metering = true, .bounds = bounds};
  };
  std::vector<Way> ways{
      {"O0", way(0, false, Bounds::guard)},       {"O1", way(1, false, Bounds::guard)},
      {"O2", way(2, false, Bounds::guard)},       {"O3", way(3, false, Bounds::guard)},
      {"O2Strict", way(2, true, Bounds::guard)},  {"O2Explicit", way(2, false, Bounds::explicit_checks)},
      {"O2Shards", way(2, false, Bounds::guard)}, {"O2Huge", way(2, false, Bounds::guard)}};
  ways[6].options.shard_bytes = 8;
  ways[7].options.huge_bytes = 4;
  for (Way& way : ways) way.options.features.enable(wasm::Feature::legacy_exceptions);
  return ways;
}

inline const compiler::CompileOptions kMetering{.metering = true};

// A store with one instance of a guest; remembers how much fuel there was.
struct Metered {
  explicit Metered(const tests::Guest& guest, const Imports& imports = {},
                   std::uint64_t fuel = kUnlimitedFuel)
      : Metered(guest, imports, StoreOptions{.fuel = fuel}) {}
  Metered(const tests::Guest& guest, const Imports& imports, StoreOptions options)
      : store(options), instance(store.instantiate(guest.module(), imports).value()) {}

  // What a call took, however it ended.
  std::uint64_t cost_of(std::string_view function, const std::vector<Value>& arguments = {}) {
    const std::uint64_t before = store.fuel();
    last = instance.function(function).value().call(arguments);
    return before - store.fuel();
  }

  Store store;
  Instance instance;
  std::expected<std::vector<Value>, Error> last;
};

}  // namespace tenon::e2e
