// read_signature and verify_signature of tenon/trust.hpp.
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <tenon/trust.hpp>

#include "base/error.hpp"
#include "trust/small_file.hpp"
#include "trust/verify.hpp"

namespace tenon {
namespace {

// Opens the file for `work(fd)`.
template <typename Work>
auto with_file(const std::filesystem::path& path, Work&& work) -> decltype(work(0)) {
  const int fd = trust::open_to_read(path);
  if (fd < 0)
    return base::fail(Phase::load, ErrorCode::io,
                      path.string() + ": cannot be opened: " + std::strerror(errno));
  auto result = work(fd);
  close(fd);
  return result;
}

}  // namespace

std::expected<std::optional<SignatureInfo>, Error> read_signature(const std::filesystem::path& path) {
  return with_file(path, [&](int fd) -> std::expected<std::optional<SignatureInfo>, Error> {
    auto trailer = trust::find_trailer(fd, path.string(), {});
    if (trailer) return std::move(trailer->info);
    if (trailer.error().code == ErrorCode::untrusted) return std::nullopt;
    return std::unexpected(std::move(trailer.error()));
  });
}

std::expected<SignatureInfo, Error> verify_signature(const std::filesystem::path& path,
                                                     std::span<const PublicKey> trusted,
                                                     const std::filesystem::path& detached) {
  return with_file(path, [&](int fd) -> std::expected<SignatureInfo, Error> {
    auto trailer = trust::find_trailer(fd, path.string(), detached);
    if (!trailer) return std::unexpected(std::move(trailer.error()));
    if (auto fine = trust::verify(fd, path.string(), *trailer, trusted); !fine)
      return std::unexpected(std::move(fine.error()));
    return std::move(trailer->info);
  });
}

}  // namespace tenon
