// The text of key files: one line that says what it is, and one with the key in hex.
//
//   tenon public key 0123456789abcdef0123456789abcdef
//   5b21…
//
// The number in the first line is the id of the public key, in secret keys as well.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include <tenon/error.hpp>

namespace tenon::trust {

enum class KeyKind : std::uint8_t { public_key, secret_key };

using KeyBytes = std::array<std::uint8_t, 32>;  // of a secret key: the seed (RFC 8032, section 5.1.5)

struct KeyText {
  std::string id;
  KeyBytes bytes{};
};

// No key file is longer.
inline constexpr std::size_t kMostKeyText = 4096;

[[nodiscard]] std::string write_key(KeyKind kind, const KeyText& key);
// Takes what write_key gives, and nothing else. Whether the id is the key's is for the caller to
// check. Errors, phase load: invalid_argument.
[[nodiscard]] std::expected<KeyText, Error> parse_key(KeyKind kind, std::string_view text);

}  // namespace tenon::trust
