#include "artifact/note.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "artifact/abi.hpp"
#include "unit/artifact/samples.hpp"

namespace tenon::artifact {
namespace {

using testing::HasSubstr;

TEST(Note, ComesBackAsItWas) {
  const base::Bytes bytes = encode_note(samples::note());
  const auto note = decode_note(bytes);
  ASSERT_TRUE(note) << note.error().message;
  EXPECT_EQ(encode_note(*note), bytes);
  const ArtifactInfo& info = note->info;
  EXPECT_EQ(info.format_version, kFormatVersion);
  EXPECT_EQ(info.abi_version, kAbiVersion);
  EXPECT_EQ(info.cpu_features, samples::note().info.cpu_features);
  EXPECT_EQ(info.source_size, 12345678901u);
  EXPECT_TRUE(info.strict);
  EXPECT_TRUE(info.metering);
  EXPECT_TRUE(info.spectre);
  EXPECT_EQ(info.imports.size(), samples::imports().size());
  EXPECT_EQ(note->numbered_types, samples::numbered_types());
}

TEST(Note, EveryTruncationIsAnError) {
  const base::Bytes bytes = encode_note(samples::note());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_note(base::ByteView(bytes).first(size))) << size;
  }
}

TEST(Note, EveryFlippedBitIsAnError) {
  const base::Bytes bytes = encode_note(samples::note());
  for (std::size_t i = 0; i < 8 * bytes.size(); ++i) {
    base::Bytes changed = bytes;
    changed[i / 8] ^= static_cast<std::uint8_t>(1u << (i % 8));
    const auto info = decode_note(changed);
    ASSERT_FALSE(info) << "bit " << i;
    EXPECT_EQ(info.error().code, i < 64 ? ErrorCode::version_mismatch : ErrorCode::corrupt_artifact);
  }
}

TEST(Note, AnotherVersionNamesBoth) {
  base::Bytes bytes = encode_note(samples::note());
  bytes[4] = 77;
  const auto info = decode_note(bytes);
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, ErrorCode::version_mismatch);
  EXPECT_THAT(info.error().message, HasSubstr("ABI version 77"));
  EXPECT_THAT(info.error().message, HasSubstr("version " + std::to_string(kAbiVersion)));
}

}  // namespace
}  // namespace tenon::artifact
