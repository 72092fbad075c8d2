// Whether somebody whom we trust signed a file. Looks at bytes alone: no ELF header, note or
// other thing that the file says of itself is read before every byte of it is verified.
#pragma once

#include <expected>
#include <filesystem>
#include <span>
#include <string>

#include <sodium.h>

#include <tenon/error.hpp>
#include <tenon/trust.hpp>

#include "base/bytes.hpp"
#include "trust/trailer.hpp"

namespace tenon::trust {

// What a key signs: the context and the hash of all bytes.
class Message {
 public:
  // Errors, phase load: internal, where the system gives no randomness to start libsodium with.
  [[nodiscard]] static std::expected<Message, Error> begin();
  void add(base::ByteView bytes);
  [[nodiscard]] base::Bytes finish();

 private:
  Message() = default;
  crypto_generichash_state state_;
};

// The trailer of an open file, its own or that of the file `detached`, and whether it is
// complete: nothing before, between or behind the artifact and its trailer. Errors, phase
// load: io, untrusted. `name` is for messages.
[[nodiscard]] std::expected<Trailer, Error> find_trailer(int fd, const std::string& name,
                                                         const std::filesystem::path& detached);

// Whether one of the keys signed this file with this trailer. Reads the file once, front to
// end. Errors, phase load: io, untrusted.
[[nodiscard]] std::expected<void, Error> verify(int fd, const std::string& name, const Trailer& trailer,
                                                std::span<const PublicKey> trusted);

// The key that the trailer names, if it is trusted. Errors: untrusted.
[[nodiscard]] std::expected<PublicKey, Error> find_key(const std::string& name, const SignatureInfo& info,
                                                       std::span<const PublicKey> trusted);

}  // namespace tenon::trust
