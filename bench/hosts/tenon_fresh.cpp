// A fresh state for every call (tenon::Isolation::fresh_each_call).
//
//   tenon-fresh PLUGIN.so loop [COUNT]    the original loop; prints the count and the seconds
//   tenon-fresh PLUGIN.so parts [COUNT]   prints, as JSON, the nanoseconds that undoing a call
//                                         takes, and a plugin made from a snapshot with its end
#include <tenon/tenon.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "loop.hpp"

namespace {

template <typename T>
T require(std::expected<T, tenon::Error> outcome) {
  if (!outcome) bench::fail(tenon::to_string(outcome.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*outcome);
}

tenon::PluginOptions options(tenon::Isolation isolation) {
  return tenon::PluginOptions{}
      .host_function("custom", "tests", [](std::int32_t i) { return i + 1; })
      .host_function("custom", "tests2", [](std::int64_t i) { return i + 2; })
      .log([](tenon::LogStream, std::string_view) {})
      .assemblyscript({.collect = tenon::CollectPolicy::never()})
      .isolation(isolation);
}

tenon::Plugin load(const char* path, tenon::Isolation isolation) {
  auto plugin = require(tenon::Plugin::load(path, options(isolation)));
  require(plugin.init("Some input we have"));
  return plugin;
}

void run_loop(const char* path, const bench::LoopOptions& loop) {
  auto plugin = load(path, tenon::Isolation::fresh_each_call);
  bench::run_loop(loop, [&](std::string_view key, std::string_view payload, std::string& result) {
    require(plugin.execute(key, payload, result));
  });
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

template <typename Work>
double nanoseconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
}

// One reset after each call, by the clock, less what looking at the clock takes.
double undo(const char* path, std::uint64_t count) {
  auto plugin = load(path, tenon::Isolation::shared_state);
  const auto snapshot = require(plugin.instance().snapshot());
  std::vector<double> resets, nothing;
  std::string result;
  for (std::uint64_t i = 0; i < count; ++i) {
    require(plugin.execute("/some/test/1", "{\"temperature\": 1 }", result));
    resets.push_back(nanoseconds([&] { require(plugin.instance().reset(snapshot)); }));
    nothing.push_back(nanoseconds([] {}));
  }
  return median(resets) - median(nothing);
}

// A plugin from a snapshot, where one before it has gone, and its end.
double member(const char* path, std::uint64_t count) {
  const auto plugin = load(path, tenon::Isolation::shared_state);
  const auto snapshot = require(plugin.instance().snapshot());
  const auto one = options(tenon::Isolation::fresh_each_call);
  require(tenon::Plugin::load(snapshot, one));
  return bench::seconds([&] {
           for (std::uint64_t i = 0; i < count; ++i) require(tenon::Plugin::load(snapshot, one));
         }) /
         static_cast<double>(count) * 1e9;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) bench::fail("usage: tenon-fresh PLUGIN.so loop|parts [COUNT]");
  if (std::string_view(argv[2]) == "loop") {
    run_loop(argv[1], bench::loop_options(argc, argv, 3));
    return 0;
  }
  const std::uint64_t count = argc > 3 ? bench::parse_count(argv[3]) : 10'000;
  std::printf("{\"undo_ns\": %.1f, \"member_ns\": %.1f}\n", undo(argv[1], count), member(argv[1], count));
}
