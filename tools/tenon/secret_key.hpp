// Secret keys: made, kept in files, and used to sign. The runtime has nothing of this.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include <tenon/trust.hpp>

#include "base/bytes.hpp"
#include "trust/key_text.hpp"
#include "trust/trailer.hpp"

namespace tenon::tool {

// Wiped from memory when it goes.
class SecretKey {
 public:
  // A new one. Errors: internal, where the system gives no randomness.
  [[nodiscard]] static std::expected<SecretKey, Error> make();
  // A key file that only its owner can read or write; "-" is standard input. Errors: io, and
  // invalid_argument, which for permissions says what to do.
  [[nodiscard]] static std::expected<SecretKey, Error> read(const std::string& path);
  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&&) = delete;
  ~SecretKey();

  [[nodiscard]] PublicKey public_key() const;
  [[nodiscard]] trust::Signature sign(base::ByteView message) const;
  // The text of its file; the caller wipes it.
  [[nodiscard]] std::string text() const;

 private:
  SecretKey() = default;
  [[nodiscard]] static std::expected<SecretKey, Error> parse(std::string_view text, const std::string& name);

  trust::KeyBytes seed_{};
  std::array<std::uint8_t, 64> pair_{};  // as libsodium wants it
};

// The trailer that signs these bytes.
[[nodiscard]] std::expected<base::Bytes, Error> make_trailer(base::ByteView artifact, SignatureInfo info,
                                                             const SecretKey& key);

}  // namespace tenon::tool
