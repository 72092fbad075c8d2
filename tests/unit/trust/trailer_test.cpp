// The trailer: one encoding of each, and nothing else is one.
#include <gtest/gtest.h>

#include "trust/trailer.hpp"

namespace tenon::trust {
namespace {

SignatureInfo some() {
  SignatureInfo info{.signer = "Jürgen, Example Ltd.",
                     .time = "2026-01-31T23:59:59Z",
                     .key_id = "0123456789abcdef0123456789abcdef"};
  info.source_sha256.fill(0xA5);
  return info;
}

base::Bytes with_signature(base::Bytes bytes) {
  bytes.insert(bytes.end(), kSignatureBytes, 0x5A);
  return bytes;
}

TEST(Trailer, ReadsWhatItWrites) {
  const auto bytes = encode_trailer(some(), 12345);
  const auto trailer = decode_trailer(with_signature(bytes));
  ASSERT_TRUE(trailer);
  EXPECT_EQ(trailer->info.signer, some().signer);
  EXPECT_EQ(trailer->info.time, some().time);
  EXPECT_EQ(trailer->info.key_id, some().key_id);
  EXPECT_EQ(trailer->info.source_sha256, some().source_sha256);
  EXPECT_EQ(trailer->artifact_size, 12345u);
  EXPECT_EQ(trailer->signed_bytes, bytes);
  EXPECT_EQ(trailer->signature[0], 0x5A);
}

TEST(Trailer, OnlyOneEncodingOfEach) {
  const auto good = with_signature(encode_trailer(some(), 12345));
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto changed = good;
    changed[i] ^= 1;
    // What still is a trailer says something else, and so is other bytes to sign.
    if (const auto trailer = decode_trailer(changed)) {
      EXPECT_EQ(encode_trailer(trailer->info, trailer->artifact_size), trailer->signed_bytes) << "byte " << i;
    }
  }
}

TEST(Trailer, CutOnesAreNone) {
  const auto good = with_signature(encode_trailer(some(), 12345));
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(decode_trailer(base::ByteView(good).first(length))) << length;
    EXPECT_FALSE(decode_trailer(base::ByteView(good).last(length))) << length;
  }
}

TEST(Trailer, SizesThatLieAreNone) {
  const auto encoded = encode_trailer(some(), 12345);
  const std::size_t at = encoded.size() - kMagic.size() - 8;
  for (const std::uint32_t size : {0u, 1u, 500u, 0x7FFFFFFFu, 0xFFFFFFFFu}) {
    auto bytes = encoded;
    std::memcpy(bytes.data() + at, &size, sizeof(size));
    EXPECT_FALSE(decode_trailer(with_signature(bytes))) << size;
  }
}

TEST(Trailer, TheLongestFits) {
  SignatureInfo info = some();
  info.signer = std::string(kMostSignerBytes, 'n');
  ASSERT_TRUE(is_signer_name(info.signer));
  const auto bytes = with_signature(encode_trailer(info, UINT64_MAX));
  EXPECT_LE(bytes.size(), kMostTrailerBytes);
  EXPECT_TRUE(decode_trailer(bytes));
}

TEST(Trailer, NamesAreOneHarmlessLine) {
  for (const char* name : {"release", "Jürgen", "a b, by c", "名前"})
    EXPECT_TRUE(is_signer_name(name)) << name;
  for (const std::string& name :
       {std::string(), std::string(" a"), std::string("a "), std::string("a\nb"), std::string("a\tb"),
        std::string("a\0b", 3), std::string("\x1b[31m"), std::string("\x7f"), std::string("\xc2\x9b"),
        std::string("\xff"), std::string("\xe2\x80\xae"), std::string("\xe2\x80\xa8"), std::string("a\u200B"),
        std::string("rel\u200Dease"), std::string("\uFEFFrelease"), std::string("a\u2066b"),
        std::string("a\u00A0"), std::string("a\u0085b"), std::string(201, 'a')})
    EXPECT_FALSE(is_signer_name(name)) << name;
}

}  // namespace
}  // namespace tenon::trust
