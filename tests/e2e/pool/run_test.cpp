// `tenon run` with several plugins at work, and what it counts.
#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pool/guest.hpp"
#include "support/process.hpp"

namespace tenon::e2e {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using tests::ProcessResult;

class RunWithJobs : public testing::Test {
 protected:
  void SetUp() override {
    tests::write_text(dir_ / "echo.wat", kEchoGuest);
    const auto result = tests::run({TENON_TOOL, "compile", dir_ / "echo.wat", "-o", plugin_});
    ASSERT_EQ(result.exit_status, 0) << result.standard_error;
  }
  ProcessResult run(std::vector<std::string> options, const std::string& input) const {
    options.insert(options.begin(), {TENON_TOOL, "run", plugin_, "--unknown-imports", "zero"});
    return tests::run(options, input);
  }
  static std::string record(const std::string& key, const std::string& payload) {
    return json{{"key", key}, {"payload", payload}}.dump() + "\n";
  }
  static std::vector<json> lines(const std::string& text) {
    std::vector<json> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(json::parse(line));
    return out;
  }

  tests::TempDir dir_;
  const std::string plugin_ = dir_ / "echo.so";
};

TEST_F(RunWithJobs, EveryLineIsAnsweredInOrder) {
  std::string input;
  for (int i = 0; i < 5000; ++i) {
    const char* kind = i % 500 == 3 ? "t" : i % 1000 == 4 ? "b" : "p";
    input += i % 700 == 5 ? "no record\n" : record(std::to_string(i), kind + std::string(i % 90, '.'));
    if (i % 100 == 0) input += "  \n";  // gets no answer
  }
  const auto one = run({}, input);
  const auto four = run({"--jobs", "4"}, input);
  EXPECT_EQ(one.exit_status, 1);
  EXPECT_EQ(four.exit_status, 1);
  EXPECT_EQ(lines(one.standard_output).size(), 5000u);
  EXPECT_EQ(four.standard_output, one.standard_output);
  EXPECT_EQ(four.standard_error, one.standard_error);
  EXPECT_THAT(four.standard_error, HasSubstr("it is loaded anew"));
  EXPECT_EQ(run({"--jobs", "4"}, record("k", "p")).exit_status, 0);
  EXPECT_EQ(run({"--jobs", "4"}, "").standard_output, "");
}

// Printing flushed the answers while another thread wrote some: they came twice.
TEST_F(RunWithJobs, PluginsThatPrintDoNotDisturbTheAnswers) {
  std::string input, answers;
  for (int i = 0; i < 20'000; ++i) {
    input += record(std::to_string(i), "output");
    answers += json{{"key", std::to_string(i)}, {"result", "output"}}.dump() + "\n";
  }
  const auto result = run({"--jobs", "4"}, input);
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_TRUE(result.standard_output == answers);
  std::string printed;
  for (int i = 0; i < 20'000; ++i) printed += "[plugin] output\n";
  EXPECT_TRUE(result.standard_error == printed);
}

TEST_F(RunWithJobs, ALineThatNeverEndsCostsThatLineOnly) {
  std::string input;
  for (int i = 0; i < 200; ++i) input += record(std::to_string(i), i % 50 == 7 ? "loop" : "payload");
  const auto result = run({"--jobs", "3", "--timeout", "200"}, input);
  EXPECT_EQ(result.exit_status, 1);
  const auto answers = lines(result.standard_output);
  ASSERT_EQ(answers.size(), 200u);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].at("key"), std::to_string(i));
    if (i % 50 == 7) {
      EXPECT_THAT(answers[i].at("error").get<std::string>(), HasSubstr("200 ms"));
    } else {
      EXPECT_EQ(answers[i].at("result"), "payload");
    }
  }
}

// It writes a line and a piece of another, and reads the answer before it goes on.
TEST_F(RunWithJobs, ACallerMayWaitForEachAnswer) {
  for (const char* jobs : {"1", "3"}) {
    const auto script = std::string("coproc T { ") + TENON_TOOL + " run " + plugin_ +
                        " --unknown-imports zero --jobs " + jobs + R"(; }
      printf '{"key":"0","payload":"p"}\n{"key":' >&${T[1]}
      for ((i = 1; i <= 200; ++i)); do
        read -t 60 -r answer <&${T[0]} || exit 3
        echo "$answer"
        printf '"%s","payload":"p"}\n{"key":' $i >&${T[1]}
      done
      read -t 60 -r answer <&${T[0]} && echo "$answer")";
    const auto result = tests::run({"bash", "-c", script});
    EXPECT_EQ(result.exit_status, 0) << result.standard_error;
    const auto answers = lines(result.standard_output);
    ASSERT_EQ(answers.size(), 201u) << jobs;
    for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i].at("key"), std::to_string(i));
  }
}

TEST_F(RunWithJobs, OutputThatCannotBeWrittenEndsIt) {
  for (const char* jobs : {"1", "3"}) {
    // The input never ends; the run does.
    const auto script =
        std::string("while echo '{\"key\":\"k\",\"payload\":\"p\"}'; do :; done 2> /dev/null | ") +
        TENON_TOOL + " run " + plugin_ + " --unknown-imports zero --jobs " + jobs + " > /dev/full";
    const auto result = tests::run({"bash", "-c", script});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.standard_error, HasSubstr("tenon: write: cannot write the output"));
  }
  // Nor does it wait for a line that never comes.
  const auto script = std::string("(echo '{\"key\":\"k\",\"payload\":\"p\"}'; exec sleep 1000) | (") +
                      TENON_TOOL + " run " + plugin_ +
                      " --unknown-imports zero --jobs 2 > /dev/full; kill 0)";
  const auto result = tests::run({"setsid", "-w", "bash", "-c", script});
  EXPECT_THAT(result.standard_error, HasSubstr("tenon: write: cannot write the output"));
}

TEST_F(RunWithJobs, CountsWhatItDid) {
  const std::string input = record("a", "p") + record("b", "trap") + record("c", "p") + "none\n";
  for (const char* jobs : {"1", "2"}) {
    const auto result = run({"--jobs", jobs, "--metrics", dir_ / "metrics"}, input);
    EXPECT_EQ(result.exit_status, 1);
    const auto text = tests::read_text(dir_ / "metrics");
    EXPECT_THAT(text, HasSubstr("tenon_pool_calls_total{plugin=\"echo\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("tenon_pool_errors_total{plugin=\"echo\",code=\"trap\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("tenon_pool_replaced_total{plugin=\"echo\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("tenon_pool_plugins_maximum{plugin=\"echo\"} " + std::string(jobs) + "\n"));
  }
  const auto result = run({"--metrics", "/dev/full", "--key", "k", "--payload", "p"}, "");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.standard_error,
              HasSubstr("tenon: write: cannot write /dev/full: No space left on device"));
  EXPECT_EQ(run({"--jobs", "0"}, "").exit_status, 2);
}

TEST_F(RunWithJobs, MetricsThatHaveNoPlaceAreRefusedBeforeTheWork) {
  const auto path = dir_ / "no_such_folder/metrics";
  const auto result = run({"--metrics", path}, record("a", "p"));
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_EQ(result.standard_output, "");
  EXPECT_EQ(result.standard_error,
            "tenon: write: cannot write " + path.string() + ": No such file or directory\n");
}

TEST_F(RunWithJobs, EveryLineMayHaveACleanState) {
  const std::string input = record("a", "c") + record("b", "c") + record("c", "trap") + record("d", "c");
  const auto results = [&](const char* isolation) {
    std::string all;
    for (const auto& line : lines(run({"--isolation", isolation}, input).standard_output))
      all += line.value("result", "!");
    return all;
  };
  EXPECT_EQ(results("fresh_each_call"), "11!1");
  EXPECT_EQ(results("shared_state"), "12!1");  // the one that stopped was loaded anew
  EXPECT_THAT(run({"--isolation", "fresh_each_call"}, input).standard_error,
              testing::Not(HasSubstr("loaded anew")));
  EXPECT_EQ(run({"--isolation", "fresh"}, "").exit_status, 2);
}

}  // namespace
}  // namespace tenon::e2e
