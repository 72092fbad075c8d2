#include "artifact/artifact_file.hpp"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "artifact/note.hpp"
#include "unit/artifact/samples.hpp"

namespace tenon::artifact {
namespace {

using testing::HasSubstr;

// The smallest file that the checks accept: an ELF header, a note, no code.
struct TinyElf {
  Elf64_Ehdr header{};
  Elf64_Phdr program{};
  base::Bytes note;

  explicit TinyElf(const Note& content) : note(wrap_elf_note(encode_note(content))) {
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_type = ET_DYN;
    header.e_machine = EM_X86_64;
    header.e_phoff = sizeof(header);
    header.e_phentsize = sizeof(program);
    header.e_phnum = 1;
    program.p_type = PT_NOTE;
    program.p_offset = sizeof(header) + sizeof(program);
    program.p_filesz = note.size();
    program.p_align = 4;
  }

  base::Bytes bytes() const {
    base::ByteWriter out;
    out.fixed(header);
    out.fixed(program);
    out.raw(note);
    return std::move(out).take();
  }
};

class ArtifactFile : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(dir_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::expected<ArtifactInfo, Error> read(const base::Bytes& bytes) const {
    const auto path = std::filesystem::path(dir_) / "guest.so";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return read_artifact_info(path);
  }
  void expect_refused(const base::Bytes& bytes, ErrorCode code, const std::string& words) const {
    const auto info = read(bytes);
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, code) << info.error().message;
    EXPECT_EQ(info.error().phase, Phase::load);
    EXPECT_THAT(info.error().message, HasSubstr(words));
    EXPECT_THAT(info.error().message, HasSubstr("guest.so"));
  }

  std::string dir_ = "/tmp/tenon-artifact-XXXXXX";
};

TEST_F(ArtifactFile, IsRead) {
  const auto info = read(TinyElf(samples::note()).bytes());
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->producer, "tenon test");
}

TEST_F(ArtifactFile, EveryTruncationIsRefused) {
  const base::Bytes bytes = TinyElf(samples::note()).bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto info = read(base::Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, size < 4 ? ErrorCode::not_an_artifact : ErrorCode::corrupt_artifact) << size;
  }
}

TEST_F(ArtifactFile, FlippedBytesNeverCrash) {
  const base::Bytes bytes = TinyElf(samples::note()).bytes();
  for (std::size_t i = 0; i < sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) + 16; ++i) {
    for (std::uint8_t flip : {0x01, 0x80, 0xFF}) {
      base::Bytes changed = bytes;
      changed[i] ^= flip;
      static_cast<void>(read(changed));
    }
  }
}

TEST_F(ArtifactFile, ARangeThatOverflowsIsTruncated) {
  TinyElf file(samples::note());
  file.program.p_offset = UINT64_MAX - 8;
  expect_refused(file.bytes(), ErrorCode::corrupt_artifact, "truncated");
}

TEST_F(ArtifactFile, AMissingSectionTableIsTruncated) {
  TinyElf file(samples::note());
  file.header.e_shoff = 1 << 20;
  file.header.e_shnum = 3;
  file.header.e_shentsize = sizeof(Elf64_Shdr);
  expect_refused(file.bytes(), ErrorCode::corrupt_artifact, "truncated");
}

TEST_F(ArtifactFile, OtherFilesAreNoArtifacts) {
  expect_refused({'\0', 'a', 's', 'm', 1, 0, 0, 0}, ErrorCode::not_an_artifact, "tenon compile");
  expect_refused({}, ErrorCode::not_an_artifact, "tenon compile");
  TinyElf file(samples::note());
  file.note[12] = 'X';
  expect_refused(file.bytes(), ErrorCode::not_an_artifact, "no Tenon note");
  file.header.e_type = ET_REL;
  expect_refused(file.bytes(), ErrorCode::not_an_artifact, "shared object");
}

TEST_F(ArtifactFile, ASystemLibraryIsNoArtifact) {
  const auto info = read_artifact_info("/lib/x86_64-linux-gnu/libc.so.6");
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, ErrorCode::not_an_artifact);
  EXPECT_THAT(info.error().message, HasSubstr("has no Tenon note"));
}

TEST_F(ArtifactFile, AFlippedNoteIsCorrupt) {
  TinyElf file(samples::note());
  file.note.at(file.note.size() - 20) ^= 1;
  expect_refused(file.bytes(), ErrorCode::corrupt_artifact, "checksum");
}

TEST_F(ArtifactFile, AnotherMachineIsNamed) {
  TinyElf file(samples::note());
  file.header.e_machine = EM_AARCH64;
  expect_refused(file.bytes(), ErrorCode::cpu_mismatch, "compiled for aarch64, this machine is x86_64");
  Note note = samples::note();
  note.info.target_triple = "riscv64-unknown-linux-gnu";
  expect_refused(TinyElf(note).bytes(), ErrorCode::cpu_mismatch, "compiled for riscv64");
}

TEST_F(ArtifactFile, MissingCpuFeaturesAreAllNamed) {
  Note note = samples::note();
  note.info.cpu_features = {"sse2", "no-such-one", "nor-this"};
  expect_refused(TinyElf(note).bytes(), ErrorCode::cpu_mismatch, "this CPU lacks no-such-one, nor-this;");
}

TEST_F(ArtifactFile, MissingFilesAreIoErrors) {
  const auto info = read_artifact_info(std::filesystem::path(dir_) / "none.so");
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, ErrorCode::io);
  const auto directory = read_artifact_info(dir_);
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, ErrorCode::not_an_artifact);
}

}  // namespace
}  // namespace tenon::artifact
