#include "base/sha256.hpp"

#include <sodium.h>

namespace tenon::base {

static_assert(crypto_hash_sha256_BYTES == sizeof(Sha256));

Sha256 sha256(ByteView bytes) {
  Sha256 digest;
  crypto_hash_sha256(digest.data(), bytes.data(), bytes.size());
  return digest;
}

std::string to_hex(const Sha256& digest) {
  std::string text(2 * digest.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), digest.data(), digest.size());
  text.pop_back();
  return text;
}

}  // namespace tenon::base
