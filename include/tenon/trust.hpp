// Who may make code that this program runs: public keys, and the signatures of artifacts.
//
//   auto key = tenon::PublicKey::read("release.pub");      // `tenon keygen -o release` made it
//   if (!key) return fail(key.error());
//   auto plugin = tenon::Plugin::load("optimized.so", tenon::PluginOptions{}.trusted_keys({*key}));
//   if (!plugin) return fail(plugin.error());              // unsigned or altered: ErrorCode::untrusted
//
// A signature says that whoever has the secret key signed exactly these bytes, and nothing of
// what the code does. docs/signing.md has the file format, and how to keep keys.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tenon/api.hpp>
#include <tenon/error.hpp>

namespace tenon TENON_API {

// An Ed25519 public key: a plain value that always is a point of the curve which can verify.
class PublicKey {
 public:
  // The text of a key file. Errors, phase load: invalid_argument; the message says what the
  // text is instead, for instance a secret key.
  [[nodiscard]] static std::expected<PublicKey, Error> parse(std::string_view text);
  // A key file. Errors, phase load: io, and as parse; each message names the file.
  [[nodiscard]] static std::expected<PublicKey, Error> read(const std::filesystem::path& path);
  // The key itself, 32 bytes (RFC 8032, section 5.1.5). Errors: as parse.
  [[nodiscard]] static std::expected<PublicKey, Error> from_bytes(std::span<const std::uint8_t, 32> bytes);

  [[nodiscard]] const std::array<std::uint8_t, 32>& bytes() const { return bytes_; }
  // The first 16 bytes of the key's SHA-256, as 32 hex digits. For people and messages: what
  // is compared is the whole key.
  [[nodiscard]] std::string id() const;
  friend bool operator==(const PublicKey&, const PublicKey&) = default;

 private:
  explicit PublicKey(const std::array<std::uint8_t, 32>& bytes) : bytes_(bytes) {}
  std::array<std::uint8_t, 32> bytes_;
};

// What a signature says of itself; it is signed as well.
struct SignatureInfo {
  std::string signer;                            // the name given at signing: UTF-8, one line
  std::string time;                              // "2026-01-31T23:59:59Z", by the signer's clock
  std::array<std::uint8_t, 32> source_sha256{};  // of the .wasm file, as the artifact's note has it
  std::string key_id;                            // PublicKey::id of the key that signed
};

// What the signature at the end of an artifact says, without checking it: for people to look
// at, and no reason to trust the file. Null where there is none. Thread-safe. Errors, phase load:
// io.
[[nodiscard]] std::expected<std::optional<SignatureInfo>, Error> read_signature(
    const std::filesystem::path& path);

// Checks that one of the keys signed every byte of the file. `detached` names the file with its
// signature; where it is empty, the signature is in the artifact. The answer is of the bytes that
// were read: to run what was checked, load with LoadOptions::trusted_keys. Thread-safe.
// Errors, phase load: io, untrusted.
[[nodiscard]] std::expected<SignatureInfo, Error> verify_signature(
    const std::filesystem::path& path, std::span<const PublicKey> trusted,
    const std::filesystem::path& detached = {});

}  // namespace tenon
