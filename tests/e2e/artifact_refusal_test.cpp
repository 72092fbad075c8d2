// Files that are no artifact for this runtime and this machine: each refused
// with a message of its own, before any of its code could run.
#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/module.hpp>

#include "artifact/abi.hpp"
#include "artifact/machine/cpu_features.hpp"
#include "artifact/note.hpp"
#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// The bytes of a good artifact, and where its note's payload lies.
class Artifact {
 public:
  Artifact()
      : bytes_(tests::read_file(guest_.artifact())),
        payload_(artifact::encode_note({guest_.module().info(), {}})) {
    const auto found = std::ranges::search(bytes_, payload_);
    if (found.size() != payload_.size()) throw std::runtime_error("no note in the artifact");
    note_ = static_cast<std::size_t>(found.begin() - bytes_.begin());
  }
  [[nodiscard]] const base::Bytes& bytes() const { return bytes_; }
  [[nodiscard]] const base::Bytes& payload() const { return payload_; }
  [[nodiscard]] std::size_t note() const { return note_; }
  [[nodiscard]] ArtifactInfo info() const { return guest_.module().info(); }

  // The artifact with another note of the same size.
  [[nodiscard]] base::Bytes with_note(const base::Bytes& payload) const {
    base::Bytes out = bytes_;
    std::ranges::copy(payload, out.begin() + static_cast<std::ptrdiff_t>(note_));
    return out;
  }

 private:
  tests::Guest guest_{R"((module
    (import "env" "f" (func (param i32)))
    (memory (export "memory") 1)
    (func (export "one") (result i32) (i32.const 1))))"};
  base::Bytes bytes_;
  base::Bytes payload_;
  std::size_t note_ = 0;
};

bool is_mapped(const std::filesystem::path& path) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
  if (handle == nullptr) return false;
  dlclose(handle);
  return true;
}

class ArtifactRefusal : public testing::Test {
 protected:
  // The error of loading a file; that it was not even mapped is checked here.
  Error refusal(const std::filesystem::path& path) {
    const auto module = Module::load(path);
    if (module) {
      ADD_FAILURE() << path << " was loaded";
      return {};
    }
    EXPECT_EQ(module.error().phase, Phase::load);
    EXPECT_FALSE(is_mapped(path));
    EXPECT_EQ(module.error().message.find('\n'), std::string::npos) << module.error().message;
    return module.error();
  }
  Error refusal(const base::Bytes& bytes) {
    tests::write_file(dir_ / "file.so", bytes);
    return refusal(dir_ / "file.so");
  }

  static void SetUpTestSuite() { good_ = std::make_unique<Artifact>(); }
  static void TearDownTestSuite() { good_.reset(); }
  static std::unique_ptr<Artifact> good_;
  tests::TempDir dir_;
};
std::unique_ptr<Artifact> ArtifactRefusal::good_;

TEST_F(ArtifactRefusal, AnUntouchedCopyLoads) {
  tests::write_file(dir_ / "copy.so", good_->bytes());
  EXPECT_TRUE(Module::load(dir_ / "copy.so"));
}

TEST_F(ArtifactRefusal, AMissingFile) {
  const Error error = refusal(dir_ / "missing.so");
  EXPECT_EQ(error.code, ErrorCode::io);
  EXPECT_THAT(error.message, AllOf(HasSubstr("missing.so"), HasSubstr("No such file")));
}

TEST_F(ArtifactRefusal, ADirectory) {
  const Error error = refusal(dir_.path());
  EXPECT_EQ(error.code, ErrorCode::not_an_artifact);
  EXPECT_THAT(error.message, HasSubstr("not a regular file"));
}

TEST_F(ArtifactRefusal, AnEmptyFile) { EXPECT_EQ(refusal(base::Bytes{}).code, ErrorCode::not_an_artifact); }

TEST_F(ArtifactRefusal, AText) {
  tests::write_text(dir_ / "notes.txt", "Dear loader,\nthis is only a letter.\n");
  const Error error = refusal(dir_ / "notes.txt");
  EXPECT_EQ(error.code, ErrorCode::not_an_artifact);
  EXPECT_THAT(error.message, AllOf(HasSubstr("not an ELF file"), HasSubstr("tenon compile")));
}

// The likeliest mistake of all.
TEST_F(ArtifactRefusal, AWasmFile) {
  const Error error = refusal(tests::wat_to_wasm("(module)"));
  EXPECT_EQ(error.code, ErrorCode::not_an_artifact);
  EXPECT_THAT(error.message, HasSubstr("tenon compile"));
}

TEST_F(ArtifactRefusal, ASystemLibrary) {
  Dl_info libc{};
  ASSERT_NE(dladdr(dlsym(RTLD_DEFAULT, "puts"), &libc), 0);
  // A copy: the original is mapped already.
  std::filesystem::copy_file(libc.dli_fname, dir_ / "libc-copy.so");
  const Error error = refusal(dir_ / "libc-copy.so");
  EXPECT_EQ(error.code, ErrorCode::not_an_artifact);
  EXPECT_THAT(error.message, HasSubstr("no Tenon note"));
}

TEST_F(ArtifactRefusal, AConstructorDoesNotRun) {
  unsetenv("TENON_TEST_CONSTRUCTOR_RAN");
  const Error error = refusal(std::filesystem::path(TENON_TEST_CONSTRUCTOR));
  EXPECT_EQ(error.code, ErrorCode::not_an_artifact);
  EXPECT_EQ(getenv("TENON_TEST_CONSTRUCTOR_RAN"), nullptr);

  // That it would run, and be seen, if the file were opened.
  void* handle = dlopen(TENON_TEST_CONSTRUCTOR, RTLD_NOW);
  ASSERT_NE(handle, nullptr) << dlerror();
  EXPECT_NE(getenv("TENON_TEST_CONSTRUCTOR_RAN"), nullptr);
  dlclose(handle);
}

TEST_F(ArtifactRefusal, ATruncatedArtifactOfAnyLength) {
  const std::size_t size = good_->bytes().size();
  for (std::size_t length = 0; length < size && !HasFailure(); length += length < 128 ? 1 : 61) {
    SCOPED_TRACE("first " + std::to_string(length) + " bytes");
    const Error error =
        refusal(base::Bytes(good_->bytes().begin(), good_->bytes().begin() + static_cast<long>(length)));
    // Less than the magic number is no ELF file at all.
    EXPECT_EQ(error.code, length < 4 ? ErrorCode::not_an_artifact : ErrorCode::corrupt_artifact)
        << error.message;
  }
  base::Bytes all_but_one = good_->bytes();
  all_but_one.pop_back();
  EXPECT_THAT(refusal(all_but_one).message, HasSubstr("truncated"));
}

TEST_F(ArtifactRefusal, AFlippedByteAnywhereInTheNote) {
  for (std::size_t i = 0; i < good_->payload().size() && !HasFailure(); ++i) {
    for (const int mask : {0x01, 0x80, 0xFF}) {
      SCOPED_TRACE("byte " + std::to_string(i) + " of the note, xor " + std::to_string(mask));
      base::Bytes bytes = good_->bytes();
      bytes[good_->note() + i] ^= static_cast<std::uint8_t>(mask);
      // The first eight bytes are the versions.
      EXPECT_EQ(refusal(bytes).code, i < 8 ? ErrorCode::version_mismatch : ErrorCode::corrupt_artifact);
    }
  }
}

TEST_F(ArtifactRefusal, AnotherAbiVersion) {
  base::Bytes note = good_->payload();
  note[4] = static_cast<std::uint8_t>(artifact::kAbiVersion + 1);
  const Error error = refusal(good_->with_note(note));
  EXPECT_EQ(error.code, ErrorCode::version_mismatch);
  EXPECT_THAT(error.message, AllOf(HasSubstr("ABI version " + std::to_string(artifact::kAbiVersion + 1)),
                                   HasSubstr("compile the module again")));
}

TEST_F(ArtifactRefusal, AnotherFormatVersion) {
  base::Bytes note = good_->payload();
  note[0] = static_cast<std::uint8_t>(artifact::kFormatVersion + 1);
  const Error error = refusal(good_->with_note(note));
  EXPECT_EQ(error.code, ErrorCode::version_mismatch);
  EXPECT_THAT(error.message, HasSubstr("format version " + std::to_string(artifact::kFormatVersion + 1)));
}

// A note for `info`, its producer's name as long as makes the size fit.
std::optional<base::Bytes> note_of_size(ArtifactInfo info, std::size_t size) {
  for (std::size_t length = 0; length < 120; ++length) {
    info.producer = std::string(length, 'x');
    base::Bytes note = artifact::encode_note({info, {}});
    if (note.size() == size) return note;
  }
  return std::nullopt;
}

std::string missing_feature() {
  for (const std::string_view feature : artifact::known_cpu_features()) {
    if (!artifact::machine_has(feature)) return std::string(feature);
  }
  return "a-feature-that-no-machine-has";
}

TEST_F(ArtifactRefusal, ACpuFeatureThatThisMachineLacks) {
  ArtifactInfo info = good_->info();
  ASSERT_FALSE(info.cpu_features.empty());
  info.cpu_features.back() = missing_feature();
  const auto note = note_of_size(info, good_->payload().size());
  ASSERT_TRUE(note) << "no note of that size";
  const Error error = refusal(good_->with_note(*note));
  EXPECT_EQ(error.code, ErrorCode::cpu_mismatch);
  EXPECT_THAT(error.message, AllOf(HasSubstr(missing_feature()), HasSubstr("--cpu")));
}

TEST_F(ArtifactRefusal, AnotherArchitecture) {
  ArtifactInfo info = good_->info();
  info.target_triple = "riscv64-unknown-linux-gnu";
  const auto note = note_of_size(info, good_->payload().size());
  ASSERT_TRUE(note) << "no note of that size";
  const Error error = refusal(good_->with_note(*note));
  EXPECT_EQ(error.code, ErrorCode::cpu_mismatch);
  EXPECT_THAT(error.message, HasSubstr("riscv64"));
}

// A note that is whole, but another artifact's: the code carries its digest.
TEST_F(ArtifactRefusal, ANoteThatBelongsToOtherCode) {
  ArtifactInfo info = good_->info();
  info.source_sha256[0] ^= 1;
  tests::write_file(dir_ / "file.so", good_->with_note(artifact::encode_note({info, {}})));
  const auto module = Module::load(dir_ / "file.so");
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().code, ErrorCode::corrupt_artifact) << to_string(module.error());
}

}  // namespace
}  // namespace tenon::e2e
