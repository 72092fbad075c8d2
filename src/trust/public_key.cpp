// PublicKey of tenon/trust.hpp.
#include <sodium.h>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "trust/key_text.hpp"
#include "trust/small_file.hpp"

#include <tenon/trust.hpp>

namespace tenon {

std::expected<PublicKey, Error> PublicKey::from_bytes(std::span<const std::uint8_t, 32> bytes) {
  // Safety: for points of small order there are signatures that fit nearly any message.
  if (crypto_core_ed25519_is_valid_point(bytes.data()) != 1)
    return base::fail(Phase::load, ErrorCode::invalid_argument, "is no public key of Ed25519");
  std::array<std::uint8_t, 32> copy;
  std::ranges::copy(bytes, copy.begin());
  return PublicKey(copy);
}

std::expected<PublicKey, Error> PublicKey::parse(std::string_view text) {
  const auto parsed = trust::parse_key(trust::KeyKind::public_key, text);
  if (!parsed) return std::unexpected(parsed.error());
  auto key = from_bytes(parsed->bytes);
  if (key && key->id() != parsed->id)
    return base::fail(Phase::load, ErrorCode::invalid_argument, "is a damaged key; copy it again");
  return key;
}

std::expected<PublicKey, Error> PublicKey::read(const std::filesystem::path& path) {
  const auto text = trust::read_small_file(path, trust::kMostKeyText);
  if (!text) return std::unexpected(text.error());
  auto key = parse(base::as_text(*text));
  if (!key) key.error().message = path.string() + " " + key.error().message;
  return key;
}

std::string PublicKey::id() const { return base::to_hex(base::sha256(bytes_)).substr(0, 32); }

}  // namespace tenon
