#include "runtime/code/signed_copy.hpp"

#include <cstdint>
#include <utility>

#include "runtime/code/private_copy.hpp"
#include "trust/verify.hpp"

namespace tenon::runtime {
namespace {

// Safety: more memory than this is for files that were verified as they lie on the disk, so
// that nobody can fill it with a file that is not signed.
constexpr std::uint64_t kMostUnverified = std::uint64_t{64} << 20;

}  // namespace

std::expected<SignedCopy, Error> copy_of_signed_artifact(const File& file, const std::string& name,
                                                         const LoadOptions& options) {
  // What is not signed at all, or by others, is refused before it is copied.
  auto trailer = trust::find_trailer(file.fd(), name, options.signature);
  if (!trailer) return std::unexpected(std::move(trailer.error()));
  if (auto key = trust::find_key(name, trailer->info, *options.trusted_keys); !key)
    return std::unexpected(std::move(key.error()));
  const std::uint64_t size = trailer->artifact_size + (options.signature.empty() ? trailer->size() : 0);
  if (size > kMostUnverified) {
    if (auto fine = trust::verify(file.fd(), name, *trailer, *options.trusted_keys); !fine)
      return std::unexpected(std::move(fine.error()));
  }
  auto copy = sealed_copy(file, name, size);
  if (!copy) return std::unexpected(std::move(copy.error()));
  // Safety: the file may have changed meanwhile, so nothing that it said counts. The copy cannot.
  trailer = trust::find_trailer((*copy)->fd(), name, options.signature);
  if (!trailer) return std::unexpected(std::move(trailer.error()));
  if (auto fine = trust::verify((*copy)->fd(), name, *trailer, *options.trusted_keys); !fine)
    return std::unexpected(std::move(fine.error()));
  return SignedCopy{.file = std::move(*copy), .signature = std::move(trailer->info)};
}

}  // namespace tenon::runtime
