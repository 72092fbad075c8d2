// Signing as a user meets it: keygen, sign, verify, --trust.
#include <sys/stat.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/process.hpp"

namespace tenon::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;
using tests::ProcessResult;

class Signing : public testing::Test {
 protected:
  Signing() {
    tests::write_text(dir_ / "one.wat", "(module (func (export \"one\") (result i32) i32.const 1))");
    expect_ok({"compile", dir_ / "one.wat", "-o", artifact_});
    expect_ok({"keygen", "-o", key_});
  }
  ProcessResult tenon(std::vector<std::string> arguments, std::string_view input = {}) {
    arguments.insert(arguments.begin(), TENON_TOOL);
    return tests::run(arguments, input);
  }
  std::string expect_ok(const std::vector<std::string>& arguments, std::string_view input = {}) {
    const auto result = tenon(arguments, input);
    EXPECT_EQ(result.exit_status, 0) << result.standard_error;
    EXPECT_EQ(result.standard_error, "");
    return result.standard_output;
  }
  // One line on standard error, and nothing at the output.
  std::string expect_failure(const std::vector<std::string>& arguments, int status = 1,
                             std::string_view input = {}) {
    const auto result = tenon(arguments, input);
    EXPECT_EQ(result.exit_status, status) << result.standard_error;
    EXPECT_EQ(result.standard_output, "");
    EXPECT_EQ(std::ranges::count(result.standard_error, '\n'), 1) << result.standard_error;
    EXPECT_FALSE(std::filesystem::exists(signed_));
    return result.standard_error;
  }
  mode_t mode(const std::filesystem::path& path) {
    struct stat status{};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    return status.st_mode & 0777;
  }

  tests::TempDir dir_;
  const std::string artifact_ = dir_ / "one.so", signed_ = dir_ / "signed.so", key_ = dir_ / "release",
                    public_ = dir_ / "release.pub";
};

TEST_F(Signing, FromKeyToCall) {
  expect_ok({"sign", artifact_, "--key", key_, "-o", signed_, "--signer", "Example Ltd., plugins"});
  EXPECT_THAT(expect_ok({"verify", signed_, "--trust", public_}),
              AllOf(StartsWith("signed 2"), HasSubstr("by Example Ltd., plugins\nkey    ")));
  EXPECT_EQ(expect_ok({"call", signed_, "one", "--trust", public_}), "1\n");
  EXPECT_EQ(expect_ok({"call", signed_, "one"}), "1\n");
  EXPECT_EQ(mode(signed_) & 0111, mode(artifact_) & 0111);
}

TEST_F(Signing, InWordsForPrograms) {
  expect_ok({"sign", artifact_, "--key", key_, "-o", signed_});
  const auto verified = nlohmann::json::parse(expect_ok({"verify", signed_, "--trust", public_, "--json"}));
  EXPECT_EQ(verified["signer"], "release");
  EXPECT_THAT(verified["time"].get<std::string>(), MatchesRegex("2[0-9-]{9}T[0-9:]{8}Z"));
  const auto inspected = nlohmann::json::parse(expect_ok({"inspect", signed_, "--json"}));
  EXPECT_EQ(inspected["signature"], verified);
  EXPECT_EQ(inspected["source_sha256"], verified["source_sha256"]);
  EXPECT_THAT(expect_ok({"inspect", signed_}), HasSubstr("by release, key "));
  EXPECT_TRUE(nlohmann::json::parse(expect_ok({"inspect", artifact_, "--json"}))["signature"].is_null());
}

TEST_F(Signing, AllThatLoadsTakesTrust) {
  expect_ok({"keygen", "-o", dir_ / "other"});
  const std::string other = dir_ / "other.pub";
  for (const std::vector<std::string>& verb : {std::vector<std::string>{"call", artifact_, "one"},
                                               {"run", artifact_, "--key", "k", "--payload", "p"},
                                               {"exec", artifact_}}) {
    auto arguments = verb;
    arguments.insert(arguments.end(), {"--trust", public_});
    EXPECT_THAT(expect_failure(arguments), AllOf(StartsWith("tenon: load: "), HasSubstr("not signed")));
  }
  expect_failure({"verify", artifact_, "--trust", public_});
  expect_failure({"verify", artifact_}, 2);
  expect_ok({"sign", artifact_, "--key", key_, "-o", signed_});
  EXPECT_EQ(tenon({"call", signed_, "one", "--trust", other}).exit_status, 1);
  EXPECT_EQ(expect_ok({"call", signed_, "one", "--trust", other, "--trust", public_}), "1\n");
}

TEST_F(Signing, Detached) {
  expect_ok({"sign", artifact_, "--key", key_, "--detached"});
  const auto signature = artifact_ + ".sig";
  EXPECT_THAT(tests::read_text(signature), StartsWith("tenon signature: signed "));
  expect_ok({"verify", artifact_, "--trust", public_, "--signature", signature});
  EXPECT_EQ(expect_ok({"call", artifact_, "one", "--trust", public_, "--signature", signature}), "1\n");
  expect_failure({"call", artifact_, "one", "--signature", signature}, 2);
  expect_failure({"call", artifact_, "one", "--trust", public_});
  // Both forms have the same bytes.
  tests::write_text(signed_, tests::read_text(artifact_) + tests::read_text(signature));
  expect_ok({"verify", signed_, "--trust", public_});
}

TEST_F(Signing, ASignedOneIsSignedAnewOnRequest) {
  expect_ok({"sign", artifact_, "--key", key_, "-o", dir_ / "first.so"});
  EXPECT_THAT(expect_failure({"sign", dir_ / "first.so", "--key", key_, "-o", signed_}),
              HasSubstr("is signed already, by release; --replace"));
  expect_ok({"keygen", "-o", dir_ / "next"});
  expect_ok({"sign", dir_ / "first.so", "--key", dir_ / "next", "-o", signed_, "--replace"});
  expect_ok({"verify", signed_, "--trust", dir_ / "next.pub"});
  EXPECT_EQ(tenon({"verify", signed_, "--trust", public_}).exit_status, 1);
  // In place, and without a trace of the first.
  expect_ok({"sign", artifact_, "--key", dir_ / "next", "-o", artifact_});
  EXPECT_EQ(std::filesystem::file_size(artifact_), std::filesystem::file_size(signed_));
}

TEST_F(Signing, OnlyArtifactsAreSigned) {
  EXPECT_THAT(expect_failure({"sign", dir_ / "one.wat", "--key", key_, "-o", signed_}),
              HasSubstr("tenon compile"));
  EXPECT_THAT(expect_failure({"sign", dir_ / "none.so", "--key", key_, "-o", signed_}),
              HasSubstr("No such file"));
  tests::write_text(dir_ / "torn.so", tests::read_text(artifact_).substr(0, 500));
  expect_failure({"sign", dir_ / "torn.so", "--key", key_, "-o", signed_});
}

TEST_F(Signing, NamesOfSigners) {
  for (const char* name : {"\x1b[2Jx", "a\nb", " a", "\xff", "rel\u200Bease", "\u202Eesaeler"})
    EXPECT_THAT(expect_failure({"sign", artifact_, "--key", key_, "-o", signed_, "--signer", name}, 2),
                HasSubstr("is no --signer"));
  expect_failure({"sign", artifact_, "--key", key_}, 2);
}

TEST_F(Signing, KeysComeThroughStandardInput) {
  const std::vector<std::string> arguments{"sign", artifact_, "--key", "-", "-o", signed_};
  expect_failure(arguments, 2, tests::read_text(key_));
  auto named = arguments;
  named.insert(named.end(), {"--signer", "CI"});
  EXPECT_THAT(expect_failure(named, 1, "not a key"), HasSubstr("standard input is no key of Tenon"));
  expect_ok(named, tests::read_text(key_));
  expect_ok({"verify", signed_, "--trust", public_});
}

TEST_F(Signing, NothingIsSignedThatNobodyCouldVerify) {
  std::filesystem::resize_file(artifact_, std::uintmax_t{1} << 40);
  EXPECT_THAT(expect_failure({"sign", artifact_, "--key", key_, "-o", signed_}),
              HasSubstr("larger than 4 GiB"));
}

TEST_F(Signing, KeysAreMadeOnce) {
  EXPECT_EQ(mode(key_), 0600u);
  EXPECT_EQ(mode(public_), 0644u);
  const auto secret = tests::read_text(key_), open = tests::read_text(public_);
  EXPECT_THAT(expect_failure({"keygen", "-o", key_}), HasSubstr("release.pub is there already"));
  std::filesystem::remove(public_);
  EXPECT_THAT(expect_failure({"keygen", "-o", key_}), HasSubstr("release is there already"));
  EXPECT_FALSE(std::filesystem::exists(public_));  // of a pair that is not there
  EXPECT_EQ(tests::read_text(key_), secret);
  tests::write_text(public_, open);
  // As a keygen that was killed between the two leaves it.
  std::filesystem::remove(key_);
  const auto alone = expect_failure({"keygen", "-o", key_});
  EXPECT_THAT(alone, HasSubstr("release.pub is there already, and no secret key"));
  EXPECT_THAT(alone, HasSubstr("and try again"));
  EXPECT_EQ(tests::read_text(public_), open);
  EXPECT_FALSE(std::filesystem::exists(key_));
  std::filesystem::remove(public_);
  expect_ok({"keygen", "-o", key_});
  // A link that leads nowhere is there as well.
  std::filesystem::create_symlink("elsewhere", dir_ / "link");
  expect_failure({"keygen", "-o", dir_ / "link"});
  EXPECT_FALSE(std::filesystem::exists(dir_ / "elsewhere"));
  expect_failure({"keygen", "-o", dir_ / "no" / "folder"});
}

TEST_F(Signing, KeyFilesThatAreNone) {
  const auto with = [&](const std::string& file) {
    return expect_failure({"sign", artifact_, "--key", file, "-o", signed_});
  };
  EXPECT_THAT(with(public_), HasSubstr("is a public key; give the secret one"));
  EXPECT_THAT(with(dir_ / "none"), HasSubstr("No such file"));
  EXPECT_THAT(with(dir_.path()), HasSubstr("no file, so no key"));
  ASSERT_EQ(mkfifo((dir_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(with(dir_ / "pipe"), HasSubstr("no file, so no key"));
  tests::write_text(dir_ / "empty", "");
  EXPECT_THAT(with(dir_ / "empty"), HasSubstr("is empty"));
  const auto text = tests::read_text(key_);
  const auto write_key = [&](const std::string& contents) {
    tests::write_text(dir_ / "damaged", contents);
    std::filesystem::permissions(dir_ / "damaged", std::filesystem::perms(0600));
    return dir_ / "damaged";
  };
  for (std::size_t length = 20; length < text.size(); length += 7)
    EXPECT_THAT(with(write_key(text.substr(0, length))), HasSubstr("damaged key"));
  auto changed = text;
  changed[changed.size() - 2] ^= 1;
  EXPECT_THAT(with(write_key(changed)), HasSubstr("damaged key"));
  EXPECT_THAT(expect_failure({"verify", artifact_, "--trust", key_}),
              HasSubstr("is a secret key; give the public"));
}

TEST_F(Signing, SecretKeysAreForOneAlone) {
  for (const unsigned bits : {0640u, 0604u, 0620u, 0602u, 0644u, 0777u}) {
    std::filesystem::permissions(key_, std::filesystem::perms(bits));
    EXPECT_THAT(expect_failure({"sign", artifact_, "--key", key_, "-o", signed_}),
                HasSubstr("chmod 600 " + key_));
  }
  std::filesystem::permissions(key_, std::filesystem::perms(0400));
  expect_ok({"sign", artifact_, "--key", key_, "-o", signed_});
}

}  // namespace
}  // namespace tenon::e2e
