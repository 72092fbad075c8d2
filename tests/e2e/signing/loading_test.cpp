// What a host with trusted keys loads: what they signed, every byte of it, and nothing else.
#include <fcntl.h>
#include <link.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "signing/signing.hpp"

namespace tenon::e2e {
namespace {

using testing::HasSubstr;

// How many objects the system's loader has loaded in this process's life.
unsigned long long objects_loaded() {
  unsigned long long count = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* to) {
        *static_cast<unsigned long long*>(to) = info->dlpi_adds;
        return 1;
      },
      &count);
  return count;
}

int number_of(const Module& module) {
  Store store;
  const auto instance = store.instantiate(module).value();
  return instance.function<int()>("number").value()().value();
}

class SignedArtifacts : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    key_ = std::make_unique<tool::SecretKey>(tool::SecretKey::make().value());
    other_ = std::make_unique<tool::SecretKey>(tool::SecretKey::make().value());
    one_ = artifact_of(1);
    two_ = artifact_of(2);
    ASSERT_EQ(one_.size(), two_.size());
  }
  static void TearDownTestSuite() { key_.reset(), other_.reset(); }

  static LoadOptions trusting(std::vector<PublicKey> keys) { return {.trusted_keys = std::move(keys)}; }
  static LoadOptions trusting() { return trusting({key_->public_key()}); }

  // Writes in place: thousands of new files take a minute.
  std::expected<Module, Error> load(const base::Bytes& bytes, const LoadOptions& options = trusting()) {
    const int fd = open(path_.c_str(), O_WRONLY | O_CREAT, 0600);
    EXPECT_EQ(ftruncate(fd, static_cast<off_t>(bytes.size())), 0);
    EXPECT_EQ(pwrite(fd, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    close(fd);
    return Module::load(path_, options);
  }
  // The message. That nothing was mapped is checked here.
  std::string refusal(const base::Bytes& bytes, const LoadOptions& options = trusting()) {
    const auto before = objects_loaded();
    const auto module = load(bytes, options);
    EXPECT_EQ(objects_loaded(), before);
    if (module) {
      ADD_FAILURE() << "was loaded";
      return {};
    }
    EXPECT_EQ(module.error().phase, Phase::load);
    EXPECT_EQ(module.error().code, ErrorCode::untrusted) << module.error().message;
    EXPECT_EQ(module.error().message.find('\n'), std::string::npos);
    return module.error().message;
  }

  static std::unique_ptr<tool::SecretKey> key_, other_;
  static base::Bytes one_, two_;
  tests::TempDir dir_;
  std::filesystem::path path_ = dir_ / "plugin.so";
};
std::unique_ptr<tool::SecretKey> SignedArtifacts::key_, SignedArtifacts::other_;
base::Bytes SignedArtifacts::one_, SignedArtifacts::two_;

TEST_F(SignedArtifacts, TheHonestOneLoads) {
  const auto module = load(signed_by(*key_, one_));
  ASSERT_TRUE(module) << to_string(module.error());
  EXPECT_EQ(number_of(*module), 1);
  ASSERT_NE(module->signature(), nullptr);
  EXPECT_EQ(module->signature()->signer, "a test");
  EXPECT_EQ(module->signature()->time, "2026-01-31T23:59:59Z");
  EXPECT_EQ(module->signature()->key_id, key_->public_key().id());
}

TEST_F(SignedArtifacts, WithoutKeysASignatureIsNothing) {
  const auto module = load(signed_by(*other_, one_), {});
  ASSERT_TRUE(module) << to_string(module.error());
  EXPECT_EQ(module->signature(), nullptr);
}

TEST_F(SignedArtifacts, UnsignedOnesAreRefused) { EXPECT_THAT(refusal(one_), HasSubstr("not signed")); }

TEST_F(SignedArtifacts, NobodyIsTrustedByAnEmptyList) {
  EXPECT_THAT(refusal(signed_by(*key_, one_), trusting({})), HasSubstr("is not trusted"));
}

TEST_F(SignedArtifacts, AnotherKeyIsRefused) {
  const auto message = refusal(signed_by(*other_, one_));
  EXPECT_THAT(message, HasSubstr(other_->public_key().id()));
}

// It says that the trusted key signed it.
TEST_F(SignedArtifacts, AnotherKeyUnderATrustedNameIsRefused) {
  auto forged = trust::encode_trailer(
      {.signer = "a test", .time = "2026-01-31T23:59:59Z", .key_id = key_->public_key().id()}, one_.size());
  auto message = trust::Message::begin().value();
  message.add(one_);
  message.add(forged);
  forged = joined(forged, other_->sign(message.finish()));
  EXPECT_THAT(refusal(joined(one_, forged)), HasSubstr("changed after it was signed"));
}

TEST_F(SignedArtifacts, SeveralKeysMayBeTrusted) {
  const auto both = trusting({key_->public_key(), other_->public_key()});
  for (const auto* key : {key_.get(), other_.get()}) {
    const auto module = load(signed_by(*key, one_), both);
    ASSERT_TRUE(module) << to_string(module.error());
    EXPECT_EQ(module->signature()->key_id, key->public_key().id());
  }
}

TEST_F(SignedArtifacts, EveryChangedByteIsNoticed) {
  const auto good = signed_by(*key_, one_);
  const std::size_t trailer = one_.size();
  for (std::size_t i = 0; i < good.size() && !HasFailure(); ++i) {
    if (i >= 4096 && i + 4096 < trailer) continue;
    SCOPED_TRACE("byte " + std::to_string(i));
    for (const int bit : {1, 0x20, 0x80}) {
      auto changed = good;
      changed[i] ^= bit;
      refusal(changed);
      if (i < trailer) break;
    }
  }
}

TEST_F(SignedArtifacts, EveryShorterFileIsNoticed) {
  const auto good = signed_by(*key_, one_);
  for (std::size_t length = 0; length < good.size() && !HasFailure(); ++length) {
    SCOPED_TRACE("first " + std::to_string(length) + " bytes");
    refusal({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)});
  }
}

TEST_F(SignedArtifacts, AppendedBytesAreNoticed) {
  const auto good = signed_by(*key_, one_);
  for (const std::size_t count : {1, 2, 16, 64, 400, 4096, 1 << 20}) {
    refusal(joined(good, base::Bytes(count, 0)));
    refusal(joined(base::Bytes(count, 0), good));
    refusal(joined(joined(one_, base::Bytes(count, 0)), trailer_of(one_, *key_)));
  }
}

TEST_F(SignedArtifacts, TheSignatureOfAnotherIsNoticed) {
  EXPECT_THAT(refusal(joined(two_, trailer_of(one_, *key_))), HasSubstr("changed after it was signed"));
  EXPECT_THAT(refusal(joined(joined(two_, base::Bytes(8, 0)), trailer_of(one_, *key_))),
              HasSubstr("a file of another size"));
}

TEST_F(SignedArtifacts, TwoSignaturesAreNone) {
  const auto once = signed_by(*key_, one_);
  refusal(joined(once, trailer_of(one_, *key_)));
  // Honestly signed, but what is signed ends in a signature.
  EXPECT_THAT(refusal(signed_by(*key_, once)), HasSubstr("two signatures"));
  tests::write_file(dir_ / "plugin.sig", trailer_of(once, *key_));
  auto options = trusting();
  options.signature = dir_ / "plugin.sig";
  EXPECT_THAT(refusal(once, options), HasSubstr("two signatures"));
}

TEST_F(SignedArtifacts, DetachedSignatures) {
  auto options = trusting();
  options.signature = dir_ / "plugin.sig";
  const auto before = load(one_, options);
  ASSERT_FALSE(before);
  EXPECT_EQ(before.error().code, ErrorCode::io);

  const auto trailer = trailer_of(one_, *key_);
  tests::write_file(options.signature, trailer);
  const auto module = load(one_, options);
  ASSERT_TRUE(module) << to_string(module.error());
  EXPECT_EQ(number_of(*module), 1);

  refusal(two_, options);
  refusal(signed_by(*key_, one_), options);
  tests::write_file(options.signature, joined(trailer, base::Bytes(1, 0)));
  refusal(one_, options);
  tests::write_file(options.signature, joined(base::Bytes(1, 0), trailer));
  refusal(one_, options);
  tests::write_file(options.signature, {});
  EXPECT_THAT(refusal(one_, options), HasSubstr("not a signature"));
  for (std::size_t i = 0; i < trailer.size() && !HasFailure(); ++i) {
    auto changed = trailer;
    changed[i] ^= 1;
    tests::write_file(options.signature, changed);
    refusal(one_, options);
  }
}

TEST_F(SignedArtifacts, PipesAndDevicesDoNotKeepItWaiting) {
  ASSERT_EQ(mkfifo((dir_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(Module::load(dir_ / "pipe", trusting()).error().code, ErrorCode::untrusted);
  EXPECT_EQ(Module::load("/dev/zero", trusting()).error().code, ErrorCode::untrusted);
  EXPECT_EQ(Module::load(dir_.path(), trusting()).error().code, ErrorCode::untrusted);
  auto options = trusting();
  options.signature = dir_ / "pipe";
  EXPECT_EQ(load(one_, options).error().code, ErrorCode::io);
}

// A hole, with a trailer that names the trusted key.
class SparseArtifact : public SignedArtifacts {
 protected:
  void make(std::uint64_t size) {
    const auto trailer = joined(
        trust::encode_trailer(
            {.signer = "a test", .time = "2026-01-31T23:59:59Z", .key_id = key_->public_key().id()}, size),
        trust::Signature{});
    std::ofstream(path_, std::ios::binary)
        .seekp(static_cast<std::streamoff>(size))
        .write(reinterpret_cast<const char*>(trailer.data()), static_cast<std::streamsize>(trailer.size()));
  }
};

TEST_F(SparseArtifact, TakesNoMemory) {
  make(std::uint64_t{100} << 20);
  // What is written to files in memory counts for this limit.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  const rlimit small{.rlim_cur = 1 << 20, .rlim_max = old.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto module = Module::load(path_, trusting());
  setrlimit(RLIMIT_FSIZE, &old);
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().code, ErrorCode::untrusted) << module.error().message;
}

TEST_F(SparseArtifact, TakesNoTime) {
  make(std::uint64_t{1} << 40);
  EXPECT_THAT(Module::load(path_, trusting()).error().message, HasSubstr("larger than 4 GiB"));
}

TEST_F(SignedArtifacts, VerifyingAlone) {
  tests::write_file(path_, signed_by(*key_, one_));
  const std::vector keys{key_->public_key()};
  EXPECT_EQ(verify_signature(path_, keys).value().signer, "a test");
  EXPECT_EQ(read_signature(path_).value().value().signer, "a test");
  EXPECT_EQ(verify_signature(path_, {}).error().code, ErrorCode::untrusted);
  tests::write_file(path_, one_);
  EXPECT_EQ(verify_signature(path_, keys).error().code, ErrorCode::untrusted);
  EXPECT_FALSE(read_signature(path_).value());
  EXPECT_EQ(read_signature(dir_ / "none").error().code, ErrorCode::io);
}

}  // namespace
}  // namespace tenon::e2e
