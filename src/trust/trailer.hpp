// A signature in bytes: what stands at the end of a signed artifact, or in a file of its own.
//
//   one line of text    "tenon signature: signed TIME, wasm SHA256, key ID, by SIGNER\n"
//   u64                 size of the artifact, that is of all that comes before the line
//   u32                 size of the line
//   u32                 version, 1
//   16 bytes            kMagic
//   64 bytes            the signature (Ed25519): the last bytes of the file
//
// All numbers are little-endian. What is signed is kContext and the BLAKE2b-512 of every byte
// of the artifact and of the trailer but the signature itself. So there is one encoding of
// everything, and one message, whether the trailer is in the artifact or beside it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include <tenon/trust.hpp>

#include "base/bytes.hpp"

namespace tenon::trust {

inline constexpr std::string_view kContext = "tenon artifact signature 1\n";  // no other message begins so
inline constexpr std::string_view kMagic("\0tenon signed 1\n", 16);
inline constexpr std::size_t kSignatureBytes = 64;
inline constexpr std::size_t kFixedBytes = 8 + 4 + 4 + 16 + kSignatureBytes;  // all but the line
inline constexpr std::size_t kMostSignerBytes = 200;
inline constexpr std::size_t kMostTrailerBytes = 512;
// Of a signed artifact, its trailer included.
// Safety: nobody can keep a host busy with a file that is mostly a hole. The hash takes a
// second for each GiB.
inline constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 30;

using Signature = std::array<std::uint8_t, kSignatureBytes>;

struct Trailer {
  SignatureInfo info;
  std::uint64_t artifact_size = 0;
  base::Bytes signed_bytes;  // the trailer without its signature
  Signature signature{};

  [[nodiscard]] std::size_t size() const { return signed_bytes.size() + signature.size(); }
};

// A name of somebody, fit to be shown on one line: not empty, no spaces at its ends, well-formed
// UTF-8, nothing that commands a terminal or that is not seen.
[[nodiscard]] bool is_signer_name(std::string_view name);

// The trailer without its signature. Precondition: is_signer_name.
[[nodiscard]] base::Bytes encode_trailer(const SignatureInfo& info, std::uint64_t artifact_size);

// Whether these bytes end as a trailer does.
[[nodiscard]] bool ends_in_trailer(base::ByteView end);
// The trailer at the end of these bytes: null where there is none, or one that encode_trailer
// would not have written so. `end` may be the last kMostTrailerBytes of a file.
[[nodiscard]] std::optional<Trailer> decode_trailer(base::ByteView end);

}  // namespace tenon::trust
