#include "trust/verify.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "trust/small_file.hpp"

namespace tenon::trust {
namespace {

constexpr std::size_t kHashBytes = 64;

std::unexpected<Error> fail(ErrorCode code, const std::string& name, const std::string& what) {
  return base::fail(Phase::load, code, name + ": " + what);
}
std::unexpected<Error> unreadable(const std::string& name) {
  return fail(ErrorCode::io, name, std::string("cannot be read: ") + std::strerror(errno));
}
std::unexpected<Error> untrusted(const std::string& name, const char* what) {
  return fail(ErrorCode::untrusted, name, what);
}

std::expected<std::uint64_t, Error> size_of(int fd, const std::string& name) {
  struct stat status{};
  if (fstat(fd, &status) != 0) return unreadable(name);
  if (!S_ISREG(status.st_mode)) return untrusted(name, "not a regular file, so nobody can have signed it");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > kMostBytes) return untrusted(name, "larger than 4 GiB, which no signed artifact is");
  return size;
}

// The last bytes of the first `size` ones.
std::expected<base::Bytes, Error> read_end(int fd, const std::string& name, std::uint64_t size) {
  base::Bytes end(std::min<std::uint64_t>(size, kMostTrailerBytes));
  const auto count = read_at(fd, end, size - end.size());
  if (count < 0) return unreadable(name);
  if (static_cast<std::size_t>(count) != end.size())
    return untrusted(name, "became shorter while it was read");
  return end;
}

// Safety: with a trailer inside of what is signed, two readers could differ on where the
// artifact ends.
std::expected<void, Error> check_inside(int fd, const std::string& name, std::uint64_t artifact_size) {
  const auto end = read_end(fd, name, artifact_size);
  if (!end) return std::unexpected(end.error());
  if (ends_in_trailer(*end)) return untrusted(name, "has two signatures; sign what `tenon compile` made");
  return {};
}

std::expected<Trailer, Error> read_detached(const std::filesystem::path& path) {
  const auto bytes = read_small_file(path, kMostTrailerBytes);
  if (!bytes) return std::unexpected(bytes.error());
  auto trailer = decode_trailer(*bytes);
  if (!trailer || trailer->size() != bytes->size())
    return untrusted(path.string(), "not a signature; `tenon sign --detached` makes them");
  return std::move(*trailer);
}

std::expected<Trailer, Error> read_own(int fd, const std::string& name, std::uint64_t size) {
  const auto end = read_end(fd, name, size);
  if (!end) return std::unexpected(end.error());
  auto trailer = decode_trailer(*end);
  if (trailer) return std::move(*trailer);
  if (ends_in_trailer(*end))
    return untrusted(name, "has a damaged signature; copy it again, or sign it anew");
  return untrusted(name, "not signed, or something was appended to it; `tenon sign` signs artifacts");
}

}  // namespace

std::expected<Message, Error> Message::begin() {
  // Chooses the fastest hash for this machine; any number of threads may call it.
  if (sodium_init() < 0) return base::fail(Phase::load, ErrorCode::internal, "libsodium cannot start");
  Message message;
  crypto_generichash_init(&message.state_, nullptr, 0, kHashBytes);
  return message;
}

void Message::add(base::ByteView bytes) { crypto_generichash_update(&state_, bytes.data(), bytes.size()); }

base::Bytes Message::finish() {
  base::Bytes message(kContext.begin(), kContext.end());
  message.resize(kContext.size() + kHashBytes);
  crypto_generichash_final(&state_, message.data() + kContext.size(), kHashBytes);
  return message;
}

std::expected<Trailer, Error> find_trailer(int fd, const std::string& name,
                                           const std::filesystem::path& detached) {
  const auto size = size_of(fd, name);
  if (!size) return std::unexpected(size.error());
  auto trailer = detached.empty() ? read_own(fd, name, *size) : read_detached(detached);
  if (!trailer) return trailer;
  const std::uint64_t own = detached.empty() ? trailer->size() : 0;
  if (own > *size || trailer->artifact_size != *size - own)
    return untrusted(name, "the signature is of a file of another size");
  if (auto fine = check_inside(fd, name, trailer->artifact_size); !fine) return std::unexpected(fine.error());
  return trailer;
}

std::expected<PublicKey, Error> find_key(const std::string& name, const SignatureInfo& info,
                                         std::span<const PublicKey> trusted) {
  const auto key = std::ranges::find(trusted, info.key_id, &PublicKey::id);
  if (key != trusted.end()) return *key;
  return fail(ErrorCode::untrusted, name, "signed with the key " + info.key_id + ", which is not trusted");
}

std::expected<void, Error> verify(int fd, const std::string& name, const Trailer& trailer,
                                  std::span<const PublicKey> trusted) {
  const auto key = find_key(name, trailer.info, trusted);
  if (!key) return std::unexpected(key.error());
  auto message = Message::begin();
  if (!message) return std::unexpected(message.error());
  base::Bytes buffer(std::size_t{1} << 18);
  for (std::uint64_t done = 0; done < trailer.artifact_size;) {
    const auto room = std::min<std::uint64_t>(buffer.size(), trailer.artifact_size - done);
    const auto count = read_at(fd, std::span(buffer).first(room), done);
    if (count < 0) return unreadable(name);
    if (count == 0) return untrusted(name, "became shorter while it was read");
    message->add(std::span(buffer).first(static_cast<std::size_t>(count)));
    done += static_cast<std::uint64_t>(count);
  }
  message->add(trailer.signed_bytes);
  const auto whole = message->finish();
  // Safety: this is the check. It refuses what is not the one encoding of the signature.
  if (crypto_sign_verify_detached(trailer.signature.data(), whole.data(), whole.size(),
                                  key->bytes().data()) != 0)
    return untrusted(name, "was changed after it was signed, or the signature is of another file");
  return {};
}

}  // namespace tenon::trust
