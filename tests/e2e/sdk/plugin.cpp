// The functions of conformance.cpp, as the C++ header makes them.
#include "tenon_plugin.hpp"

TENON_IMPORT(app, get_config, std::optional<std::string>(std::string_view));
TENON_IMPORT(app, checksum, std::uint32_t(std::span<const std::byte>, std::uint32_t));
TENON_IMPORT(app, note, void(std::string_view, bool, double));

static std::string greeting = "unset";
static std::int32_t calls = 0;

void init(std::string_view config) {
  greeting = config;
  tenon::log("greeting is " + greeting);
}
TENON_EXPORT(init);

std::string transform(std::string_view key, std::string_view payload) {
  ++calls;
  return greeting + " " + std::string(key) + ": " + std::string(payload);
}
TENON_EXPORT(transform);

std::string echo(std::string text) { return text; }
TENON_EXPORT(echo);

std::vector<std::byte> reversed(std::span<const std::byte> bytes) { return {bytes.rbegin(), bytes.rend()}; }
TENON_EXPORT(reversed);

std::optional<std::string> setting(std::string_view key) { return get_config(key); }
TENON_EXPORT(setting);

std::optional<std::string> maybe(const std::optional<std::string_view>& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}
TENON_EXPORT(maybe);

std::uint32_t sum(std::span<const std::byte> bytes) { return checksum(bytes, 7); }
TENON_EXPORT(sum);

double mixed(bool yes, std::int32_t a, std::uint32_t b, std::int64_t c, std::uint64_t d, float e, double f) {
  note("mixed", yes, f);
  return (yes ? 1 : 0) + a + b + static_cast<double>(c) + static_cast<double>(d) + e + f;
}
TENON_EXPORT(mixed);

bool is_long(std::string_view text) { return text.size() > 10; }
TENON_EXPORT(is_long);

std::int32_t count() { return calls; }
TENON_EXPORT(count);

std::string refuse(std::string_view why) {
  tenon::error("refused: " + std::string(why));
  return "";
}
TENON_EXPORT(refuse);

void panic(std::string_view why) {
  tenon::error("panicked: " + std::string(why));
  std::abort();
}
TENON_EXPORT(panic);
