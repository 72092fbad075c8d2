#include "secret_key.hpp"

#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "runtime/memory/image.hpp"
#include "trust/small_file.hpp"
#include "trust/verify.hpp"

namespace tenon::tool {
namespace {

std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return base::fail(Phase::load, code, std::move(message));
}

// The bytes of a key file, wiped when they go.
struct Text {
  Text() : bytes(trust::kMostKeyText + 1) {}
  ~Text() { sodium_memzero(bytes.data(), bytes.size()); }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  base::Bytes bytes;
  std::size_t size = 0;
};

int read_into(Text& text, int fd) {
  while (text.size < text.bytes.size()) {
    const ssize_t count = ::read(fd, text.bytes.data() + text.size, text.bytes.size() - text.size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) break;
    text.size += static_cast<std::size_t>(count);
  }
  return 0;
}

}  // namespace

SecretKey::SecretKey(SecretKey&& other) noexcept : seed_(other.seed_), pair_(other.pair_) {}

SecretKey::~SecretKey() {
  sodium_memzero(seed_.data(), seed_.size());
  sodium_memzero(pair_.data(), pair_.size());
}

std::expected<SecretKey, Error> SecretKey::make() {
  if (sodium_init() < 0) return fail(ErrorCode::internal, "libsodium cannot start");
  SecretKey key;
  trust::KeyBytes ignored;
  randombytes_buf(key.seed_.data(), key.seed_.size());
  crypto_sign_seed_keypair(ignored.data(), key.pair_.data(), key.seed_.data());
  return key;
}

std::expected<SecretKey, Error> SecretKey::parse(std::string_view text, const std::string& name) {
  auto parsed = trust::parse_key(trust::KeyKind::secret_key, text);
  if (!parsed) return fail(parsed.error().code, name + " " + parsed.error().message);
  SecretKey key;
  trust::KeyBytes ignored;
  key.seed_ = parsed->bytes;
  sodium_memzero(parsed->bytes.data(), parsed->bytes.size());
  crypto_sign_seed_keypair(ignored.data(), key.pair_.data(), key.seed_.data());
  if (key.public_key().id() != parsed->id)
    return fail(ErrorCode::invalid_argument, name + " is a damaged key; copy it again");
  return key;
}

std::expected<SecretKey, Error> SecretKey::read(const std::string& path) {
  if (sodium_init() < 0) return fail(ErrorCode::internal, "libsodium cannot start");
  const bool is_input = path == "-";
  const std::string name = is_input ? "standard input" : path;
  const int fd = is_input ? STDIN_FILENO : trust::open_to_read(path);
  if (fd < 0) return fail(ErrorCode::io, name + ": cannot be opened: " + std::strerror(errno));
  const runtime::File file(is_input ? -1 : fd);
  struct stat status{};
  if (fstat(fd, &status) != 0) return fail(ErrorCode::io, name + ": cannot be read: " + std::strerror(errno));
  if (!is_input && !S_ISREG(status.st_mode))
    return fail(ErrorCode::invalid_argument, name + " is no file, so no key");
  Text text;
  if (const int error = read_into(text, fd); error != 0)
    return fail(ErrorCode::io, name + ": cannot be read: " + std::strerror(error));
  auto key = parse(base::as_text(std::span(text.bytes).first(text.size)), name);
  // A key that others can read, or put another one in its place, is theirs as well.
  if (key && !is_input && status.st_uid != geteuid() && status.st_uid != 0)
    return fail(ErrorCode::invalid_argument,
                name + " is a secret key of another user, who can read and change it");
  if (key && !is_input && (status.st_mode & 077) != 0)
    return fail(ErrorCode::invalid_argument,
                name + " is a secret key that others can read or write: chmod 600 " + name);
  return key;
}

PublicKey SecretKey::public_key() const {
  trust::KeyBytes bytes;
  crypto_sign_ed25519_sk_to_pk(bytes.data(), pair_.data());
  return PublicKey::from_bytes(bytes).value();  // what a seed gives always is one
}

trust::Signature SecretKey::sign(base::ByteView message) const {
  trust::Signature signature;
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), pair_.data());
  return signature;
}

std::string SecretKey::text() const {
  return trust::write_key(trust::KeyKind::secret_key, {.id = public_key().id(), .bytes = seed_});
}

std::expected<base::Bytes, Error> make_trailer(base::ByteView artifact, SignatureInfo info,
                                               const SecretKey& key) {
  info.key_id = key.public_key().id();
  base::Bytes trailer = trust::encode_trailer(info, artifact.size());
  auto message = trust::Message::begin();
  if (!message) return std::unexpected(std::move(message.error()));
  message->add(artifact);
  message->add(trailer);
  const trust::Signature signature = key.sign(message->finish());
  trailer.insert(trailer.end(), signature.begin(), signature.end());
  return trailer;
}

}  // namespace tenon::tool
