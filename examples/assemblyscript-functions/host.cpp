// A host that calls a plugin's functions by their C++ types, and gives it functions with texts.
//
//   assemblyscript-functions PLUGIN.so
#include <cstdlib>
#include <iostream>
#include <map>
#include <numeric>

#include <tenon/tenon.hpp>

namespace {

using Bytes = std::vector<std::byte>;
using View = std::span<const std::byte>;

// The value, or the end of the program with the error.
template <typename T>
T value_of(std::expected<T, tenon::Error> result) {
  if (result) return std::move(*result);
  std::cerr << tenon::to_string(result.error()) << '\n' << tenon::format_backtrace(result.error());
  std::exit(1);
}

const std::map<std::string, std::string, std::less<>> kConfig{{"colour", "grün 👋"}, {"empty", ""}};

std::optional<std::string> get_config(std::string_view key) {
  if (key.starts_with("number ")) return std::string(key);
  const auto found = kConfig.find(key);
  return found == kConfig.end() ? std::nullopt : std::optional(found->second);
}

std::uint32_t checksum(View data, std::uint32_t seed) {
  return std::accumulate(data.begin(), data.end(), seed, [](std::uint32_t sum, std::byte byte) {
    return sum * 31 + static_cast<std::uint32_t>(byte);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " PLUGIN.so\n";
    return 2;
  }
  const auto options = tenon::PluginOptions{}
                           .host_function("app", "get_config", get_config)
                           .host_function("app", "checksum", checksum);
  const auto plugin = value_of(tenon::Plugin::load(argv[1], options));

  // Each function's type is checked here, once.
  const auto mixed = value_of(plugin.function<std::string(std::string_view, std::int32_t, double)>("mixed"));
  const auto reversed = value_of(plugin.function<Bytes(View)>("reversed"));
  const auto setting = value_of(plugin.function<std::optional<std::string>(std::string_view)>("setting"));
  const auto sum = value_of(plugin.function<std::uint32_t(View)>("sum"));
  const auto is_long = value_of(plugin.function<bool(std::string_view)>("isLong"));
  const auto busy = value_of(plugin.function<std::string(std::int32_t)>("busy"));

  std::cout << value_of(mixed("apples", 3, 0.5)) << '\n';
  for (const char* key : {"colour", "empty", "none"})
    std::cout << value_of(setting(key)).value_or(std::string(key) + " is not set") << '\n';

  const std::string text = "bytes";
  const auto bytes = value_of(reversed(std::as_bytes(std::span(text))));
  std::cout << std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()) << '\n';
  std::cout << (value_of(sum(bytes)) == checksum(bytes, 7) ? "the sums agree" : "THE SUMS DIFFER") << '\n';
  std::cout << std::boolalpha << value_of(is_long("short")) << ' ' << value_of(is_long("long enough"))
            << '\n';
  std::cout << value_of(busy(100'000)) << '\n';
}
