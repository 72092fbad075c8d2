// The command line as a user meets it: `tenon compile`, then inspect, call and run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "support/process.hpp"
#include "unit/plugin/guests.hpp"

namespace tenon::e2e {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using tests::ProcessResult;
using tests::run;

constexpr char kMath[] = R"((module
  (func $fac (export "fac") (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 1))
      (else (i64.mul (local.get 0) (call $fac (i64.sub (local.get 0) (i64.const 1)))))))
  (func (export "add32") (param f32 f32) (result f32) (f32.add (local.get 0) (local.get 1)))
  (func (export "add64") (param f64 f64) (result f64) (f64.add (local.get 0) (local.get 1)))
  (func (export "div64") (param f64 f64) (result f64) (f64.div (local.get 0) (local.get 1)))
  (func (export "negate") (param i32) (result i32) (i32.sub (i32.const 0) (local.get 0)))
  (func (export "four") (result i32 i64 f32 f64) (i32.const -1) (i64.const -2) (f32.const 0.1) (f64.const 1e300))
  (func (export "none"))
  (func $inner (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
  (func $outer (export "crash") (param i32) (result i32) (i32.add (call $inner (local.get 0)) (i32.const 1)))))";

class CommandLine : public testing::Test {
 protected:
  ProcessResult tenon(std::vector<std::string> arguments, std::string_view input = {}) {
    arguments.insert(arguments.begin(), TENON_TOOL);
    return run(arguments, input);
  }
  // The artifact of a guest in text form.
  std::string compiled(const std::string& name, std::string_view text,
                       const std::vector<std::string>& options = {}) {
    tests::write_text(dir_ / (name + ".wat"), text);
    const std::string artifact = dir_ / (name + ".so");
    std::vector<std::string> arguments{"compile", dir_ / (name + ".wat"), "-o", artifact};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto result = tenon(arguments);
    EXPECT_EQ(result.exit_status, 0) << result.standard_error;
    EXPECT_EQ(result.standard_error, "");
    return artifact;
  }
  void expect_output(const std::vector<std::string>& arguments, const std::string& output) {
    const auto result = tenon(arguments);
    EXPECT_EQ(result.exit_status, 0) << result.standard_error;
    EXPECT_EQ(result.standard_output, output);
    EXPECT_EQ(result.standard_error, "");
  }
  // One line on standard error, nothing on standard output.
  void expect_failure(const std::vector<std::string>& arguments, int status, const std::string& beginning) {
    const auto result = tenon(arguments);
    EXPECT_EQ(result.exit_status, status) << testing::PrintToString(arguments);
    EXPECT_EQ(result.standard_output, "");
    EXPECT_THAT(result.standard_error, StartsWith(beginning));
    EXPECT_EQ(std::ranges::count(result.standard_error, '\n'), 1) << result.standard_error;
  }
  tests::TempDir dir_;
};

TEST_F(CommandLine, CallsIntegers) {
  const auto math = compiled("math", kMath);
  expect_output({"call", math, "fac", "20"}, "2432902008176640000\n");
  expect_output({"call", math, "fac", "0"}, "1\n");
  expect_output({"call", math, "negate", "5"}, "-5\n");
  expect_output({"call", math, "negate", "-5"}, "5\n");
  expect_output({"call", math, "negate", "--", "-2147483648"}, "-2147483648\n");
}

TEST_F(CommandLine, CallsFloatsWithTheShortestText) {
  const auto math = compiled("math", kMath);
  expect_output({"call", math, "add64", "0.1", "0.2"}, "0.30000000000000004\n");
  expect_output({"call", math, "add32", "0.1", "0"}, "0.1\n");
  expect_output({"call", math, "div64", "1", "0"}, "inf\n");
  expect_output({"call", math, "div64", "-1", "0"}, "-inf\n");
  expect_output({"call", math, "div64", "-0.0", "1"}, "-0\n");
  const auto nan = tenon({"call", math, "add64", "nan", "1"});
  EXPECT_EQ(nan.standard_output, "nan\n");
}

TEST_F(CommandLine, PrintsEachResultOnItsLine) {
  const auto math = compiled("math", kMath);
  expect_output({"call", math, "four"}, "-1\n-2\n0.1\n1e+300\n");
  expect_output({"call", math, "none"}, "");
}

TEST_F(CommandLine, ATrapTellsItsNameAndWhereItWas) {
  const auto math = compiled("math", kMath, {"-O0"});
  const auto result = tenon({"call", math, "crash", "0"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_EQ(result.standard_output, "");
  EXPECT_THAT(result.standard_error, StartsWith("tenon: call: "));
  EXPECT_THAT(result.standard_error, AllOf(HasSubstr("integer divide by zero"),
                                           HasSubstr("at inner (func 7)"), HasSubstr("at outer (func 8)")));
}

TEST_F(CommandLine, UsageErrorsEndWithTwo) {
  const auto math = compiled("math", kMath);
  const std::vector<std::vector<std::string>> mistakes{
      {},
      {"no-such-verb"},
      {"call"},
      {"call", math},
      {"call", math, "fac"},
      {"call", math, "fac", "1", "2"},
      {"call", math, "fac", "one"},
      {"call", math, "negate", "99999999999"},
      {"inspect"},
      {"inspect", math, "--no-such-option"},
      {"run", math, "--key", "k"},
      {"call", math, "--fule", "100", "fac", "1"},
      {"call", math, "--fuel", "-1", "fac", "1"},
      {"call", math, "--fuel", "18446744073709551616", "fac", "1"},
      {"call", math, "--table-limit", "-1", "fac", "1"},
      {"call", math, "--timeout", "nan", "fac", "1"},
      {"call", math, "--timeout", "-1", "fac", "1"},
      {"call", math, "--timeout", "50ms", "fac", "1"},
  };
  for (const auto& mistake : mistakes) {
    const auto result = tenon(mistake);
    EXPECT_EQ(result.exit_status, 2) << testing::PrintToString(mistake);
    EXPECT_EQ(result.standard_output, "") << testing::PrintToString(mistake);
    EXPECT_THAT(result.standard_error, StartsWith("tenon: ")) << testing::PrintToString(mistake);
  }
  expect_output({"call", math, "--table-limit", "010", "--timeout", "1e3", "fac", "3"}, "6\n");
  EXPECT_EQ(tenon({"compile"}).exit_status, 2);
  EXPECT_EQ(tenon({"compile", dir_ / "math.wat"}).exit_status, 2) << "no -o";
  EXPECT_EQ(tenon({"compile", dir_ / "math.wat", "-o", dir_ / "x.so", "-O9"}).exit_status, 2);
}

TEST_F(CommandLine, InputThatFailsEndsWithOneAndOneLine) {
  const auto math = compiled("math", kMath);
  expect_failure({"call", dir_ / "missing.so", "f"}, 1, "tenon: load: ");
  expect_failure({"call", math, "no such export"}, 1, "tenon: ");
  expect_failure({"call", dir_ / "math.wat", "fac", "1"}, 1, "tenon: load: ");
  expect_failure({"inspect", dir_ / "missing.so"}, 1, "tenon: load: ");
  expect_failure({"compile", dir_ / "missing.wasm", "-o", dir_ / "x.so"}, 1, "tenon: read: ");
  tests::write_text(dir_ / "bad.wasm", "not wasm");
  expect_failure({"compile", dir_ / "bad.wasm", "-o", dir_ / "x.so"}, 1, "tenon: read: ");
  tests::write_text(dir_ / "bad.wat", "(module (func (result i32)))");
  expect_failure({"compile", dir_ / "bad.wat", "-o", dir_ / "x.so"}, 1, "tenon: read: ");
  EXPECT_FALSE(std::filesystem::exists(dir_ / "x.so"));

  const auto needy = compiled("needy", R"((module (import "env" "missing" (func)) (func (export "f"))))");
  expect_failure({"call", needy, "f"}, 1, "tenon: link: ");
  expect_output({"call", needy, "f", "--unknown-imports=trap"}, "");
}

TEST_F(CommandLine, LimitsAreOptionsThatTheErrorsName) {
  const std::string table = compiled(
      "table", R"((module (table 20000000 externref) (func (export "f") (result i32) i32.const 1)))");
  EXPECT_THAT(tenon({"call", table, "f"}).standard_error, HasSubstr("--table-limit"));
  expect_output({"call", "--table-limit", "20000000", table, "f"}, "1\n");
  const auto refused = tenon({"call", "--table-limit", "20000000", "--memory-limit", "1M", table, "f"});
  EXPECT_THAT(refused.standard_error, HasSubstr("--memory-limit"));
  const auto deep = compiled("math", kMath, {"-O0"});
  const auto exhausted = tenon({"call", "--stack-limit", "256K", deep, "fac", "100000"});
  EXPECT_EQ(exhausted.exit_status, 1);
  EXPECT_THAT(exhausted.standard_error,
              HasSubstr("the limit is 262144 bytes: StoreOptions::stack_limit, --stack-limit"));
}

TEST_F(CommandLine, RunHasTheLimitsOfTexts) {
  const auto guest = compiled("plugin", plugin::assemblyscript_guest(R"(
      (data (i32.const 100) "0123456789\n")
      (func $log (i32.store (i32.const 16) (i32.const 100)) (i32.store (i32.const 20) (i32.const 11))
        (drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24))))
      (func (export "_start") (call $log) (call $log) (call $log)))"),
                              {"-O0"});
  const std::vector<std::string> run_one{"run", guest, "--key", "k", "--payload", std::string(2000, 'x')};
  const auto with = [&](const std::string& option, const std::string& value) {
    auto arguments = run_one;
    arguments.insert(arguments.end(), {option, value});
    return tenon(arguments);
  };
  EXPECT_EQ(tenon(run_one).exit_status, 0);
  const auto refused = with("--result-limit", "1K");
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.standard_error,
              HasSubstr("the limit of 1024 (PluginOptions::result_limit, --result-limit)"));
  EXPECT_EQ(with("--log-limit", "12").standard_error,
            "[plugin] 0123456789\n[tenon] 22 bytes of log dropped; one call may log 12 "
            "(PluginOptions::log_limit, --log-limit)\n");
  EXPECT_EQ(with("--text-type", "string").exit_status, 0);
  EXPECT_EQ(with("--text-type", "bytes").exit_status, 2);
  EXPECT_EQ(with("--log-limit", "much").exit_status, 2);
}

TEST_F(CommandLine, FuelEndsWhatWasCompiledWithMetering) {
  const std::string text =
      R"((module (func (export "spin") (loop (br 0))) (func (export "_start") (loop (br 0)))
           (func (export "one") (result i32) i32.const 1)))";
  const auto plain = compiled("plain", text), metered = compiled("metered", text, {"--metering"});
  expect_output({"call", metered, "--fuel", "1", "one"}, "1\n");
  for (const auto& stopped :
       {tenon({"call", metered, "--fuel", "1000", "spin"}), tenon({"exec", metered, "--fuel", "1000"})}) {
    EXPECT_EQ(stopped.exit_status, 1);
    EXPECT_THAT(stopped.standard_error, HasSubstr("tenon: call: out of fuel: the guest used up the 1000"));
  }
  expect_failure({"call", plain, "--fuel", "1000", "one"}, 1, "tenon: link: ");
  EXPECT_THAT(tenon({"call", plain, "--fuel", "1000", "one"}).standard_error,
              HasSubstr("compile --metering"));
  EXPECT_THAT(tenon({"inspect", metered}).standard_output, HasSubstr("--metering"));
  EXPECT_THAT(tenon({"inspect", plain}).standard_output, testing::Not(HasSubstr("--metering")));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which want to be first
// A crash of the system left an empty file where a whole one had been.
TEST_F(CommandLine, AnArtifactThatIsNotOnTheDiskIsAFailure) {
  const std::string artifact = compiled("math", kMath);
  const auto before = tests::read_file(artifact);
  const std::string other = dir_ / "other.wat";
  tests::write_text(other, "(module)");
  const auto compile = [&](const std::string& failing) {
    return run({"env", ("LD_PRELOAD=" TENON_TEST_FAILING_FSYNC), "FAILING_FSYNC=" + failing, TENON_TOOL,
                "compile", other, "-o", artifact});
  };
  const auto failed = compile("file");
  EXPECT_EQ(failed.exit_status, 1);
  EXPECT_THAT(failed.standard_error, AllOf(HasSubstr("cannot write"), HasSubstr(artifact)));
  EXPECT_EQ(tests::read_file(artifact), before);
  EXPECT_EQ(compile("folder").exit_status, 1);
  EXPECT_EQ(compile("neither").exit_status, 0);
}
#endif

// wat2wasm 1.0.32 refuses a constant expression that names a global of the module.
TEST_F(CommandLine, ReadsTextThatOnlyOurValidatorKnows) {
  const auto artifact =
      compiled("newer", R"((module (global $a i32 (i32.const 3)) (global $b i32 (global.get $a))
    (func (export "b") (result i32) (global.get $b))))");
  expect_output({"call", artifact, "b"}, "3\n");
}

TEST_F(CommandLine, InspectPrintsValidJson) {
  const auto math = compiled("math", kMath, {"-O1", "--strict"});
  const auto result = tenon({"inspect", math, "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.standard_error;
  const json info = json::parse(result.standard_output);
  EXPECT_EQ(info.at("optimization_level"), 1);
  EXPECT_EQ(info.at("strict"), true);
  EXPECT_EQ(info.at("exports").at(0).at("name"), "fac");
  EXPECT_EQ(info.at("exports").at(0).at("type"), "function (i64) -> i64");
  EXPECT_EQ(info.at("imports").size(), 0u);
  EXPECT_EQ(info.at("source_sha256").get<std::string>().size(), 64u);
}

TEST_F(CommandLine, SizesAreWrittenAlikeEverywhere) {
  const auto math = compiled("math", kMath);
  const std::string wat = (dir_ / "math.wat").string(), out = (dir_ / "sized.so").string();
  EXPECT_EQ(tenon({"compile", wat, "-o", out, "--memory-limit", "2G"}).exit_status, 0);
  EXPECT_EQ(tenon({"call", "--memory-limit", "64M", math, "fac", "5"}).standard_output, "120\n");
  for (const auto& result : {tenon({"compile", wat, "-o", out, "--memory-limit", "64MB"}),
                             tenon({"call", "--memory-limit", "64MB", math, "fac", "5"})}) {
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.standard_error, HasSubstr("\"64MB\" is no size; try 64M"));
  }
}

TEST_F(CommandLine, AProposalThatCannotBeCompiledIsNotEnabled) {
  compiled("math", kMath);
  const auto result =
      tenon({"compile", (dir_ / "math.wat").string(), "-o", (dir_ / "x.so").string(), "--enable", "gc"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.standard_error, HasSubstr("gc cannot be compiled yet"));
}

// Output that nobody got was a success.
TEST_F(CommandLine, OutputThatIsLostIsAFailure) {
  const auto math = compiled("math", kMath);
  const std::string printer = compiled("printer", R"((module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 0) "\08\00\00\00\03\00\00\00abc")
    (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))))");
  const std::string tenon = TENON_TOOL;
  for (const std::string& command :
       {tenon + " call " + math + " fac 20", tenon + " inspect " + math, tenon + " exec " + printer,
        tenon + " compile --json " + (dir_ / "math.wat").string() + " -o " + (dir_ / "x.so").string()}) {
    const auto result = run({"sh", "-c", command + " > /dev/full"});
    EXPECT_EQ(result.exit_status, 1) << command;
    EXPECT_THAT(result.standard_error,
                AllOf(StartsWith("tenon: write: cannot write"), HasSubstr("No space left")))
        << command;
  }
}

TEST_F(CommandLine, GuestsGetDirectories) {
  const auto probe = compiled("probe", R"((module
    (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 0) "given") (data (i32.const 8) "made")
    (func (export "size") (result i64)
      (drop (call $stat (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 5) (i32.const 64)))
      (i64.load (i32.const 96)))
    (func (export "make") (result i32) (call $make (i32.const 3) (i32.const 8) (i32.const 4)))
    (func (export "name_size") (param i32) (result i32)
      (drop (call $prestat (local.get 0) (i32.const 64))) (i32.load (i32.const 68)))))");
  const std::string dir = dir_ / "directory";
  std::filesystem::create_directory(dir);
  tests::write_text(dir + "/given", "five!");
  expect_output({"call", "--dir", dir, probe, "size"}, "5\n");
  expect_output({"call", "--dir", dir + ":ro", probe, "make"}, "76\n");
  expect_output({"call", "--dir", dir + "::/guest:ro", "--dir", dir + "::/g", probe, "name_size", "3"},
                "6\n");
  expect_output({"call", "--dir", dir + "::/guest:ro", "--dir", dir + "::/g", probe, "name_size", "4"},
                "2\n");
  EXPECT_FALSE(std::filesystem::exists(dir + "/made"));
  expect_output({"call", "--dir", dir + "::/guest", probe, "make"}, "0\n");
  EXPECT_TRUE(std::filesystem::exists(dir + "/made"));
  for (const std::string bad : {"", "::", "::/guest", ":ro"})
    expect_failure({"call", "--dir", bad, probe, "size"}, 2, "tenon: usage: ");
  for (const char* verb : {"exec", "call", "run"}) {
    const auto result = tenon({verb, "--dir", dir_ / "missing", probe, "size"});
    EXPECT_NE(result.exit_status, 0) << verb;
  }
  expect_failure({"exec", "--dir", dir_ / "missing", probe}, 1,
                 "tenon: link: WASI cannot give the guest the directory");
}

TEST_F(CommandLine, AVerbThatIsNotThereIsNamedAndTheNearestOffered) {
  expect_failure({"bogus"}, 2,
                 "tenon: usage: there is no verb \"bogus\"; there are new, compile, check, inspect");
  expect_failure({"complie", "x"}, 2, "tenon: usage: there is no verb \"complie\"; did you mean compile?");
  expect_failure({"inspct"}, 2, "tenon: usage: there is no verb \"inspct\"; did you mean inspect?");
}

TEST_F(CommandLine, CompilesFromAndToPipes) {
  const auto math = compiled("math", kMath);
  const std::string wasm = dir_ / "math.wasm", tool = TENON_TOOL;
  ASSERT_EQ(run({"wat2wasm", "--debug-names", dir_ / "math.wat", "-o", wasm}).exit_status, 0);
  const std::string expected = tests::read_text(math);
  const std::string piped = dir_ / "piped.so";
  EXPECT_EQ(run({"sh", "-c", tool + " compile - -o - < " + wasm + " > " + piped}).exit_status, 0);
  EXPECT_EQ(tests::read_text(piped), expected);
  EXPECT_EQ(run({"bash", "-c", tool + " compile <(cat " + wasm + ") -o " + piped}).exit_status, 0);
  EXPECT_EQ(tests::read_text(piped), expected);
  expect_failure({"compile", wasm, "-o", "-", "--json"}, 2, "tenon: usage: --json and -o - both write");
}

// They waited for somebody at the other end, for ever.
TEST_F(CommandLine, APipeIsNoArtifactAndNoModule) {
  const std::string pipe = dir_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  expect_failure({"compile", pipe, "-o", dir_ / "x.so"}, 1, "tenon: read: " + pipe + " is a pipe");
  expect_failure({"inspect", pipe}, 1, "tenon: load: ");
  expect_failure({"call", pipe, "f"}, 1, "tenon: load: ");
}

TEST_F(CommandLine, AnArtifactGoesWhereALinkLeads) {
  tests::write_text(dir_ / "math.wat", kMath);
  const std::string link = dir_ / "link.so", target = dir_ / "target.so";
  std::filesystem::create_symlink("target.so", link);
  for (int i = 0; i < 2; ++i) {  // it need not be there yet
    EXPECT_EQ(tenon({"compile", dir_ / "math.wat", "-o", link}).exit_status, 0);
    EXPECT_TRUE(std::filesystem::is_symlink(link));
    EXPECT_TRUE(std::filesystem::is_regular_file(std::filesystem::symlink_status(target)));
  }
  expect_output({"call", target, "fac", "3"}, "6\n");
}

TEST_F(CommandLine, NeverOverwritesTheModule) {
  const std::string wat = dir_ / "math.wat", other = dir_ / "other.wat";
  tests::write_text(wat, kMath);
  std::filesystem::create_symlink(wat, other);
  for (const std::string& output : {wat, other})
    expect_failure({"compile", wat, "-o", output}, 2,
                   "tenon: usage: -o " + output + " would overwrite the module");
  EXPECT_EQ(tests::read_text(wat), kMath);
}

TEST_F(CommandLine, ErrorsAreJsonWhereThatWasAskedFor) {
  tests::write_text(dir_ / "bad.wasm", "no module");
  struct Case {
    std::string code;
    std::vector<std::string> arguments;
  };
  const std::vector<Case> cases = {
      {"io", {"compile", "--json", dir_ / "missing.wasm", "-o", dir_ / "x.so"}},
      {"malformed", {"compile", "--json", dir_ / "bad.wasm", "-o", dir_ / "x.so"}},
      {"io", {"inspect", "--json", dir_ / "missing.so"}}};
  for (const auto& [code, arguments] : cases) {
    const auto result = tenon(arguments);
    EXPECT_EQ(result.exit_status, 1);
    const json error = json::parse(result.standard_output).at("error");
    EXPECT_EQ(error.at("code"), code);
    EXPECT_EQ("tenon: " + error.at("phase").get<std::string>() + ": " +
                  error.at("message").get<std::string>() + "\n",
              result.standard_error);
  }
}

TEST_F(CommandLine, HelpAndVersion) {
  EXPECT_EQ(tenon({"-V"}).standard_output, tenon({"--version"}).standard_output);
  EXPECT_THAT(tenon({"--version"}).standard_output, StartsWith("tenon "));
  for (const char* verb : {"inspect", "call", "run", "exec", "compile"}) {
    const auto result = tenon({verb, "--help"});
    EXPECT_EQ(result.exit_status, 0) << verb;
    EXPECT_FALSE(result.standard_output.empty()) << verb;
  }
}

// The AssemblyScript example, as `tenon run` serves it.
class RunVerb : public CommandLine {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(TENON_EXAMPLE_WASM)) {
      GTEST_SKIP() << "no AssemblyScript example: " TENON_EXAMPLE_WASM " is not built (npm)";
    }
    plugin_ = dir_ / "plugin.so";
    const auto result = tenon({"compile", TENON_EXAMPLE_WASM, "-o", plugin_});
    ASSERT_EQ(result.exit_status, 0) << result.standard_error;
  }
  static std::vector<json> lines(const std::string& text) {
    std::vector<json> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(json::parse(line));
    return out;
  }
  std::string plugin_;
};

TEST_F(RunVerb, AnswersEachLineInOrder) {
  std::string input;
  for (int i = 0; i < 500; ++i) {
    input += json{{"key", "/k/" + std::to_string(i)},
                  {"payload", std::string(static_cast<std::size_t>(i), 'p') + "ü\n\"👋"}}
                 .dump() +
             "\n";
  }
  const auto result = tenon({"run", plugin_, "--host-demo", "--init", "Some input we have"}, input);
  EXPECT_EQ(result.exit_status, 0) << result.standard_error;
  EXPECT_THAT(result.standard_error,
              AllOf(HasSubstr("Init with: Some input we have"), HasSubstr(": 11"), HasSubstr(": 22")));
  const auto answers = lines(result.standard_output);
  ASSERT_EQ(answers.size(), 500u);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string key = "/k/" + std::to_string(i);
    EXPECT_EQ(answers[i].at("key"), key);
    EXPECT_EQ(answers[i].at("result"),
              "transform: " + key + " for payload " + std::string(i, 'p') + "ü\n\"👋");
  }
}

TEST_F(RunVerb, ABadLineCostsThatLineOnly) {
  const auto result = tenon({"run", plugin_, "--host-demo"},
                            "{\"key\":\"a\",\"payload\":\"1\"}\nnot json\n"
                            "{\"key\":\"b\"}\n{\"key\":\"c\",\"payload\":\"3\"}\n");
  EXPECT_EQ(result.exit_status, 1);
  const auto answers = lines(result.standard_output);
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[0].at("result"), "transform: a for payload 1");
  EXPECT_THAT(
      answers[1].at("error").get<std::string>(),
      AllOf(StartsWith("input line 2: not valid JSON at column 2: "), testing::Not(HasSubstr("exception"))));
  EXPECT_EQ(answers[2].at("key"), "b");
  EXPECT_TRUE(answers[2].contains("error"));
  EXPECT_EQ(answers[3].at("result"), "transform: c for payload 3");
}

TEST_F(RunVerb, OneKeyAndPayload) {
  const auto result = tenon({"run", plugin_, "--host-demo", "--key", "k", "--payload", "p"});
  EXPECT_EQ(result.exit_status, 0) << result.standard_error;
  EXPECT_EQ(lines(result.standard_output).at(0),
            (json{{"key", "k"}, {"result", "transform: k for payload p"}}));
}

TEST_F(RunVerb, WithoutTheHostFunctionsItDoesNotLink) {
  const auto result = tenon({"run", plugin_}, "");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.standard_error,
              AllOf(StartsWith("tenon: link: "), HasSubstr("custom"), HasSubstr("tests2")));
}

TEST_F(RunVerb, AFolderIsNoInput) {
  expect_failure({"run", plugin_, "--host-demo", "--input", dir_.path()}, 1,
                 "tenon: read: " + dir_.path().string() + " is a directory");
}

// It failed once for each line.
TEST_F(RunVerb, WithoutATransformItFailsOnce) {
  const auto math = compiled("math", kMath);
  const auto result =
      tenon({"run", math}, "{\"key\":\"a\",\"payload\":\"1\"}\n{\"key\":\"b\",\"payload\":\"2\"}\n");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_EQ(result.standard_output, "");
  EXPECT_THAT(result.standard_error,
              StartsWith("tenon: link: the plugin exports no function named transform"));
}

TEST_F(RunVerb, SaysWhenThePluginForgets) {
  const auto stopping = compiled("stopping", R"((module (memory (export "memory") 1)
    (func (export "malloc") (param i32) (result i32) unreachable)
    (func (export "transform") (param i32 i32) (result i32) unreachable)))");
  const auto result = tenon({"run", stopping},
                            "{\"key\":\"a\",\"payload\":\"1\"}\n{\"key\":\"b\",\"payload\":\"2\"}\n"
                            "{\"key\":\"c\",\"payload\":\"3\"}\n");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_EQ(lines(result.standard_output).size(), 3u);
  EXPECT_EQ(result.standard_error,
            "tenon: run: the plugin stopped; it is loaded anew, initialised again, and remembers nothing of "
            "the lines "
            "before\n");
}

}  // namespace
}  // namespace tenon::e2e
