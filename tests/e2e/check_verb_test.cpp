// `tenon check` and `tenon compile --check` as a user meets them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/process.hpp"

namespace tenon::e2e {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kGuest[] =
    "(module (memory 1) (func (export \"f\") (param i32) (result i64) (i64.const 0x1122334455667788)))";

class CheckVerb : public testing::Test {
 protected:
  static tests::ProcessResult tenon(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), TENON_TOOL);
    return tests::run(arguments);
  }
  tests::ProcessResult compile(const std::string& output, const std::vector<std::string>& options,
                               std::string_view guest = kGuest) {
    tests::write_text(dir_ / "guest.wat", guest);
    std::vector<std::string> arguments{"compile", dir_ / "guest.wat", "-o", output};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return tenon(arguments);
  }
  std::string artifact() {
    const std::string path = dir_ / "guest.so";
    EXPECT_EQ(compile(path, {}).exit_status, 0);
    return path;
  }
  // With a system call in place of the constant.
  std::string faulty_artifact() {
    auto bytes = tests::read_file(artifact());
    const std::vector<std::uint8_t> constant{0x48, 0xB8, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11};
    const std::vector<std::uint8_t> code{0x0F, 0x05, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90};
    const auto found = std::ranges::search(bytes, constant);
    EXPECT_FALSE(found.empty());
    std::ranges::copy(code, found.begin());
    tests::write_file(dir_ / "faulty.so", bytes);
    return dir_ / "faulty.so";
  }
  tests::TempDir dir_;
};

TEST_F(CheckVerb, SaysThatNothingIsFound) {
  const auto path = artifact();
  const auto result = tenon({"check", path});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_THAT(result.standard_error, AllOf(StartsWith(path + ": "), HasSubstr("nothing found")));
  EXPECT_EQ(tenon({"check", "-q", path}).standard_error, "");
}

TEST_F(CheckVerb, SaysWhatIsFound) {
  const auto path = faulty_artifact();
  const auto result = tenon({"check", path});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.standard_error, AllOf(StartsWith("tenon: check: wasm.0.f: 0x"), HasSubstr("syscall"),
                                           HasSubstr("(instruction)")));
}

TEST_F(CheckVerb, SaysItAsJson) {
  const auto result = tenon({"check", "--json", artifact(), faulty_artifact(), dir_ / "guest.wat"});
  EXPECT_EQ(result.exit_status, 1);
  const auto reports = json::parse(result.standard_output);
  ASSERT_EQ(reports.size(), 3u);
  EXPECT_TRUE(reports[0]["findings"].empty());
  EXPECT_TRUE(reports[0]["memory_uses"].contains("unproven"));
  EXPECT_EQ(reports[1]["findings"][0]["kind"], "instruction");
  EXPECT_EQ(reports[2]["error"]["code"], "not an artifact");
}

TEST_F(CheckVerb, SaysInOneLineWhatCannotBeRead) {
  const std::string module = dir_ / "guest.wat";
  tests::write_text(module, kGuest);
  EXPECT_EQ(tenon({"check", module}).standard_error,
            "tenon: load: " + module + ": not an ELF file; compile a .wasm with `tenon compile`\n");
  EXPECT_EQ(tenon({"check"}).exit_status, 2);
}

// Safety: whatever an artifact makes of the check, it ends at the limit.
TEST_F(CheckVerb, EndsWhereItsMemoryDoes) {
  std::string guest = "(module (memory 1) (func (export \"f\") (param i32)";
  for (int i = 0; i < 40'000; ++i)
    guest += "(i32.store offset=" + std::to_string(i) + " (local.get 0) (local.get 0))";
  const std::string path = dir_ / "large.so";
  ASSERT_EQ(compile(path, {"-O0"}, guest + "))").exit_status, 0);
  const auto limited = tenon({"check", "--memory-limit", "1M", path});
  EXPECT_EQ(limited.exit_status, 1);
  EXPECT_EQ(limited.standard_error,
            "tenon: load: " + path +
                ": checking takes more than 1 MiB of memory, the limit that --memory-limit gives; try "
                "--memory-limit with more\n");
}

TEST_F(CheckVerb, CompileChecksWhatItMade) {
  const auto result = compile(dir_ / "checked.so", {"--check", "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.standard_error;
  EXPECT_TRUE(json::parse(result.standard_output)["check"]["findings"].empty());
  EXPECT_FALSE(tests::read_file(dir_ / "checked.so").empty());
  const auto refused = compile(dir_ / "checked.s", {"--check", "--emit", "asm"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.standard_error, EndsWith("--check reads an artifact; it goes with --emit so alone\n"));
}

}  // namespace
}  // namespace tenon::e2e
