// Sizes as people write them on a command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tenon::base {

// "65536", "64K", "1M" or "2G", by powers of 1024; nullopt for all else, and for what
// does not fit.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
// The message for a text that is none.
[[nodiscard]] std::string no_size(std::string_view text);

}  // namespace tenon::base
