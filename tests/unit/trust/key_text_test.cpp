// Key files and public keys: one form of each, and a reason for all else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tenon/trust.hpp>

#include "support/process.hpp"
#include "trust/key_text.hpp"

namespace tenon::trust {
namespace {

using testing::HasSubstr;

// The second test vector of RFC 8032, section 7.1.
constexpr KeyBytes kPoint = {0x3d, 0x40, 0x17, 0xc3, 0xe8, 0x43, 0x89, 0x5a, 0x92, 0xb7, 0x0a,
                             0xa7, 0x4d, 0x1b, 0x7e, 0xbc, 0x9c, 0x98, 0x2c, 0xcf, 0x2e, 0xc4,
                             0x96, 0x8c, 0xc0, 0xcd, 0x55, 0xf1, 0x2a, 0xf4, 0x66, 0x0c};

std::string good() {
  const auto key = PublicKey::from_bytes(kPoint).value();
  return write_key(KeyKind::public_key, {.id = key.id(), .bytes = key.bytes()});
}

std::string refusal(std::string_view text) {
  const auto key = PublicKey::parse(text);
  EXPECT_FALSE(key);
  if (key) return {};
  EXPECT_EQ(key.error().code, ErrorCode::invalid_argument);
  return key.error().message;
}

TEST(KeyText, ReadsWhatItWrites) {
  const auto key = PublicKey::parse(good());
  ASSERT_TRUE(key);
  EXPECT_EQ(key->bytes(), kPoint);
  EXPECT_EQ(key->id().size(), 32u);
}

TEST(KeyText, EveryChangedByteIsNoticed) {
  const std::string text = good();
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const int bit : {1, 0x20, 0x80}) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ bit);
      EXPECT_FALSE(PublicKey::parse(changed)) << "byte " << i;
    }
  }
}

TEST(KeyText, EveryOtherLengthIsNoticed) {
  const std::string text = good();
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(PublicKey::parse(text.substr(0, length))) << length;
  EXPECT_FALSE(PublicKey::parse(text + "\n"));
  EXPECT_FALSE(PublicKey::parse(text + text));
}

TEST(KeyText, SaysWhatAFileIsInstead) {
  EXPECT_THAT(refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(refusal("-----BEGIN PUBLIC KEY-----\n"), HasSubstr("tenon keygen"));
  EXPECT_THAT(refusal(good().substr(0, 60)), HasSubstr("damaged"));
  EXPECT_THAT(refusal(write_key(KeyKind::secret_key, {.id = std::string(32, '0')})),
              HasSubstr("is a secret key; give the public one"));
  const auto secret = parse_key(KeyKind::secret_key, good());
  ASSERT_FALSE(secret);
  EXPECT_THAT(secret.error().message, HasSubstr("is a public key; give the secret one"));
}

// For these, a signature that somebody else made would fit.
TEST(KeyText, PointsOfSmallOrderAreNoKeys) {
  KeyBytes identity{};
  identity[0] = 1;
  KeyBytes order_four{};
  KeyBytes minus_one;
  minus_one.fill(0xFF);
  minus_one[0] = 0xEC;
  minus_one[31] = 0x7F;
  for (const KeyBytes& point : {identity, order_four, minus_one}) EXPECT_FALSE(PublicKey::from_bytes(point));
  EXPECT_FALSE(
      PublicKey::parse(write_key(KeyKind::public_key, {.id = std::string(32, '0'), .bytes = identity})));
}

TEST(KeyText, FilesThatAreNoKeysAreNamed) {
  const tests::TempDir dir;
  tests::write_text(dir / "long", std::string(1 << 20, 'x'));
  EXPECT_THAT(PublicKey::read(dir / "long").error().message, HasSubstr("long: has more than"));
  EXPECT_THAT(PublicKey::read(dir / "none").error().message, HasSubstr("No such file"));
  EXPECT_THAT(PublicKey::read(dir.path()).error().message, HasSubstr("not a regular file"));
  tests::write_text(dir / "empty", "");
  EXPECT_THAT(PublicKey::read(dir / "empty").error().message, HasSubstr("empty is empty, and no key"));
}

}  // namespace
}  // namespace tenon::trust
