#include "trust/key_text.hpp"

#include <sodium.h>

#include "base/error.hpp"

namespace tenon::trust {
namespace {

constexpr std::string_view kPublic = "tenon public key ";
constexpr std::string_view kSecret = "tenon secret key ";
constexpr std::size_t kIdDigits = 32, kKeyDigits = 2 * sizeof(KeyBytes);

std::string_view beginning(KeyKind kind) { return kind == KeyKind::public_key ? kPublic : kSecret; }

std::unexpected<Error> fail(const char* what) {
  return base::fail(Phase::load, ErrorCode::invalid_argument, what);
}

// The likely mistakes have messages of their own.
std::unexpected<Error> wrong(KeyKind kind, std::string_view text) {
  if (text.empty()) return fail("is empty, and no key");
  if (kind == KeyKind::public_key && text.starts_with(kSecret))
    return fail("is a secret key; give the public one, whose name ends in .pub");
  if (kind == KeyKind::secret_key && text.starts_with(kPublic))
    return fail("is a public key; give the secret one, whose name has no .pub");
  if (text.starts_with(beginning(kind))) return fail("is a damaged key; copy it again");
  return fail("is no key of Tenon; `tenon keygen` makes them");
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string write_key(KeyKind kind, const KeyText& key) {
  char digits[kKeyDigits + 1];
  sodium_bin2hex(digits, sizeof(digits), key.bytes.data(), key.bytes.size());
  std::string text;
  text.reserve(kMostKeyText);  // so that no part of a secret stays in memory that was given back
  text.append(beginning(kind)).append(key.id).append("\n").append(digits, kKeyDigits).append("\n");
  sodium_memzero(digits, sizeof(digits));
  return text;
}

std::expected<KeyText, Error> parse_key(KeyKind kind, std::string_view text) {
  const std::size_t head = beginning(kind).size();
  if (text.size() != head + kIdDigits + 1 + kKeyDigits + 1 || !text.starts_with(beginning(kind)))
    return wrong(kind, text);
  const auto id = text.substr(head, kIdDigits);
  const auto digits = text.substr(head + kIdDigits + 1, kKeyDigits);
  if (text[head + kIdDigits] != '\n' || text.back() != '\n' || !is_lower_hex(id) || !is_lower_hex(digits))
    return wrong(kind, text);
  KeyText key{.id = std::string(id)};
  sodium_hex2bin(key.bytes.data(), key.bytes.size(), digits.data(), digits.size(), nullptr, nullptr, nullptr);
  return key;
}

}  // namespace tenon::trust
