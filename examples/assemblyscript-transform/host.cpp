// Loads the compiled plugin, gives it two host functions, and checks every one
// of many results.
//
//   assemblyscript-transform [PLUGIN.so [COUNT]]
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <iostream>
#include <string>

#include <tenon/tenon.hpp>

namespace {

std::int32_t tests(std::int32_t value) {
  std::cout << "[host] tests(" << value << ")\n";
  return value + 1;
}

std::int64_t tests2(std::int64_t value) {
  std::cout << "[host] tests2(" << value << ")\n";
  return value + 2;
}

std::expected<void, tenon::Error> run(const char* path, std::uint64_t count) {
  const auto options =
      tenon::PluginOptions{}
          .host_function("custom", "tests", tests)
          .host_function("custom", "tests2", tests2)
          .assemblyscript(
              {.collect = tenon::CollectPolicy::every()})  // the plugin's collector, after each call
          .log([](tenon::LogStream, std::string_view line) { std::cout << "[plugin] " << line << '\n'; });
  auto plugin = tenon::Plugin::load(path, options);
  if (!plugin) return std::unexpected(plugin.error());
  if (auto done = plugin->init("Some input we have"); !done) return done;

  std::string result;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 1; i <= count; ++i) {
    const auto number = std::to_string(i);
    const auto key = "/some/test/" + number;
    const auto payload = "{\"temperature\": " + number + " }";
    if (auto done = plugin->execute(key, payload, result); !done) return done;
    if (result != "transform: " + key + " for payload " + payload) {
      std::cerr << "result " << i << " is wrong: " << result << '\n';
      std::exit(1);
    }
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  std::cout << result << "\nchecked " << count << " results\n";
  if (count > 0)
    std::cout << static_cast<std::uint64_t>(count / elapsed.count()) << " iterations per second\n";
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : "build/release/optimized.so";
  const std::uint64_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  if (auto done = run(path, count); !done) {
    std::cerr << tenon::to_string(done.error()) << '\n' << tenon::format_backtrace(done.error());
    return 1;
  }
}
