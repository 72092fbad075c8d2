// What the AssemblyScript protocol adds to a plugin's own work:
//
//   tenon_protocol PLUGIN.so COUNT SIZE
//
// passes a key of 16 bytes and a payload of SIZE, gets the payload back and
// collects, COUNT times; has the plugin do its part of that by itself (echo.ts,
// `inside`) as often; prints the nanoseconds for one of both, as JSON.
#include <tenon/tenon.hpp>

#include <string>

#include "measure.hpp"

namespace {

template <typename T>
T require(std::expected<T, tenon::Error> outcome) {
  if (!outcome) bench::fail(tenon::to_string(outcome.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*outcome);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) bench::fail("usage: tenon_protocol PLUGIN.so COUNT SIZE");
  const std::uint32_t count = bench::parse_count(argv[2]), size = bench::parse_count(argv[3]);
  auto plugin = require(tenon::Plugin::load(argv[1]));
  const std::string key(16, 'k'), payload(size, 'p');
  std::string result;
  const auto whole = [&] {
    for (std::uint32_t i = 0; i < count; ++i) {
      require(plugin.execute(key, payload, result));
      if (result.size() != size) bench::fail("the result is not the payload");
    }
  };
  const auto inside = require(
      plugin.instance().function<std::uint64_t(std::uint32_t, std::uint32_t, std::uint32_t)>("inside"));
  const auto own = [&] { require(inside(count, std::uint32_t{16}, size)); };
  whole();
  own();
  const double whole_seconds = bench::seconds(whole), own_seconds = bench::seconds(own);
  if (result != payload) bench::fail("the result is not the payload");
  std::printf(R"({"whole_ns": %.2f, "own_ns": %.2f})"
              "\n",
              whole_seconds / count * 1e9, own_seconds / count * 1e9);
}
