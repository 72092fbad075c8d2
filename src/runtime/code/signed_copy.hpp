// A private copy of an artifact that somebody signed whom the host trusts.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include <tenon/error.hpp>
#include <tenon/module.hpp>

#include "runtime/memory/image.hpp"

namespace tenon::runtime {

struct SignedCopy {
  std::shared_ptr<const File> file;  // in memory, and sealed
  SignatureInfo signature;
};

// Precondition: options.trusted_keys. The copy is verified, not the file. Errors, phase load:
// io, untrusted, out_of_resources. `name` is for messages.
[[nodiscard]] std::expected<SignedCopy, Error> copy_of_signed_artifact(const File& file,
                                                                       const std::string& name,
                                                                       const LoadOptions& options);

}  // namespace tenon::runtime
