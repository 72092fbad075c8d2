// Artifacts that tests sign, in many ways wrongly.
#pragma once

#include <tenon/trust.hpp>

#include "secret_key.hpp"
#include "support/wat.hpp"
#include "trust/verify.hpp"

namespace tenon::e2e {

// Its export "number" returns that number; always of the same size.
inline base::Bytes artifact_of(int number) {
  const tests::Guest guest(
      "(module (memory (export \"memory\") 1) (data (i32.const 0) \"some data\")"
      "(func (export \"number\") (result i32) (i32.const " +
      std::to_string(number) + ")))");
  return tests::read_file(guest.artifact());
}

inline base::Bytes trailer_of(base::ByteView artifact, const tool::SecretKey& key) {
  return tool::make_trailer(artifact, {.signer = "a test", .time = "2026-01-31T23:59:59Z"}, key).value();
}

inline base::Bytes joined(base::Bytes bytes, base::ByteView more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
  return bytes;
}

inline base::Bytes signed_by(const tool::SecretKey& key, const base::Bytes& artifact) {
  return joined(artifact, trailer_of(artifact, key));
}

}  // namespace tenon::e2e
