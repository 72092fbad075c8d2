#include "base/sizes.hpp"

#include <charconv>

#include "base/utf8.hpp"

namespace tenon::base {

std::optional<std::uint64_t> parse_size(std::string_view text) {
  unsigned shift = 0;
  if (!text.empty()) {
    const auto unit = std::string_view("KMG").find(text.back());
    if (unit != std::string_view::npos) {
      shift = 10 * (static_cast<unsigned>(unit) + 1);
      text.remove_suffix(1);
    }
  }
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (count > (~std::uint64_t{0} >> shift)) return std::nullopt;
  return count << shift;
}

std::string no_size(std::string_view text) { return '"' + printable(text, 100) + "\" is no size; try 64M"; }

}  // namespace tenon::base
