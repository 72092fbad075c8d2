#include "plugin/line_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <sstream>

namespace tenon::plugin {
namespace {

using testing::ElementsAre;

class LineLogTest : public testing::Test {
 protected:
  std::vector<std::string> lines_;
  LineLog log_{[this](LogStream, std::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(LineLogTest, PiecesBecomeLines) {
  log_.write(LogStream::standard_output, "a");
  log_.write(LogStream::standard_output, "b\nc");
  EXPECT_THAT(lines_, ElementsAre("ab"));
  log_.write(LogStream::standard_output, "\n");
  EXPECT_THAT(lines_, ElementsAre("ab", "c"));
  log_.flush();
  EXPECT_EQ(lines_.size(), 2u);
}

TEST_F(LineLogTest, StreamsDoNotMix) {
  log_.write(LogStream::standard_output, "out");
  log_.write(LogStream::standard_error, "error\n");
  EXPECT_THAT(lines_, ElementsAre("error"));
  log_.flush();
  EXPECT_THAT(lines_, ElementsAre("error", "out"));
  EXPECT_EQ(log_.last_error_line(), "error");
}

// Safety: what another caller's call left unfinished must not turn up in this one's line or error.
TEST_F(LineLogTest, ACallBeginsItsOwnLines) {
  log_.write(LogStream::standard_error, "secret");
  log_.begin_call();
  log_.write(LogStream::standard_error, "mine\n");
  EXPECT_THAT(lines_, ElementsAre("secret", "mine"));
  EXPECT_EQ(log_.last_error_line(), "mine");
}

TEST_F(LineLogTest, ALongLineIsCut) {
  log_.write(LogStream::standard_output, std::string(2 * LineLog::kMaxLine + 3, 'x'));
  log_.flush();
  ASSERT_EQ(lines_.size(), 3u);
  EXPECT_EQ(lines_[0].size(), LineLog::kMaxLine);
  EXPECT_EQ(lines_[2], "xxx");
}

TEST_F(LineLogTest, BytesPassAsTheyAre) {
  log_.write(LogStream::standard_output, std::string_view("\xFF\0\r\n", 4));
  EXPECT_THAT(lines_, ElementsAre(std::string("\xFF\0\r", 3)));
}

// The callback looked at a line that a guest, called meanwhile, made longer.
TEST(LineLogCallbackTest, OneInWhichAGuestPrintsKeepsItsLine) {
  std::vector<std::string> lines;
  LineLog* running = nullptr;
  LineLog log([&](LogStream stream, std::string_view line) {
    if (line == "first") running->write(stream, std::string(1000, 'x') + "\nrest");
    lines.emplace_back(line);
  });
  running = &log;
  log.write(LogStream::standard_output, "first\nsecond\n");
  EXPECT_THAT(lines, ElementsAre(std::string(1000, 'x'), "first", "restsecond"));
}

// A guest with three streams of unfinished lines must not get past its limit.
TEST(LineLogBudgetTest, WhatDoesNotFitIsPassedOnUnfinished) {
  std::vector<std::string> lines;
  const auto budget = std::make_shared<runtime::Budget>(1000, "limit");
  LineLog log([&](LogStream, std::string_view line) { lines.emplace_back(line); }, budget);
  log.write(LogStream::standard_output, std::string(500, 'a'));
  EXPECT_THAT(lines, ElementsAre());
  log.write(LogStream::standard_error, std::string(600, 'b'));
  EXPECT_THAT(lines, ElementsAre(std::string(600, 'b')));
  log.write(LogStream::standard_output, std::string(2000, 'c') + "\n");
  log.flush();
  std::string all;
  for (const auto& line : lines) all += line;
  EXPECT_EQ(all, std::string(600, 'b') + std::string(500, 'a') + std::string(2000, 'c'));
  EXPECT_LE(budget->remaining(), 1000u - 485u);  // a short string takes nothing
}

TEST(LineLogLimitTest, DropsWholeLinesUntilTheNextCall) {
  std::vector<std::string> lines;
  LineLog log([&](LogStream, std::string_view line) { lines.emplace_back(line); }, nullptr, 10);
  log.write(LogStream::standard_output, "1234\n567890\n1\n");
  log.flush();
  EXPECT_THAT(lines, ElementsAre("1234",
                                 "9 bytes of log dropped; one call may log 10 (PluginOptions::log_limit, "
                                 "--log-limit)"));
  lines.clear();
  log.flush();
  log.begin_call();
  log.write(LogStream::standard_error, "123456789\n");
  log.flush();
  EXPECT_THAT(lines, ElementsAre("123456789"));
}

// Lines of no bytes would be free otherwise.
TEST(LineLogLimitTest, CountsNewlines) {
  std::size_t lines = 0;
  LineLog log([&](LogStream, std::string_view) { ++lines; }, nullptr, 10);
  log.write(LogStream::standard_output, std::string(1000, '\n'));
  EXPECT_EQ(lines, 10u);
}

// Warnings are Tenon's: the prefix tells, and no guest can write it.
TEST(LineLogDefaultTest, WarningsHaveAnotherPrefix) {
  const std::ostringstream lines;
  auto* const before = std::clog.rdbuf(lines.rdbuf());
  LineLog log({});
  log.warn("look");
  log.write(LogStream::standard_output, "[tenon] look\n");
  std::clog.rdbuf(before);
  EXPECT_EQ(lines.str(), "[tenon] look\n[plugin] [tenon] look\n");
}

// A guest could clear the screen, or change what the line before it says.
TEST(LineLogDefaultTest, WritesNoCommandsToATerminal) {
  const std::ostringstream lines;
  auto* const before = std::clog.rdbuf(lines.rdbuf());
  LineLog({}).write(LogStream::standard_output, "\x1B[2J\rgr\u00FC\u00DFe \u65E5\u672C\u202E\x9B\x7F\n");
  std::clog.rdbuf(before);
  EXPECT_EQ(lines.str(), "[plugin] \\x1B[2J\\x0Dgr\u00FC\u00DFe \u65E5\u672C\\xE2\\x80\\xAE\\x9B\\x7F\n");
}

TEST(LineLogBudgetTest, LinesThatWerePassedOnCountNoMore) {
  const auto budget = std::make_shared<runtime::Budget>(100'000, "limit");
  LineLog* running = nullptr;
  LineLog log(
      [&](LogStream stream, std::string_view line) {
        if (line.size() > 500) running->write(stream, "x");
      },
      budget);
  running = &log;
  for (int i = 0; i < 1000; ++i) log.write(LogStream::standard_output, std::string(1000, 'a') + "\n");
  EXPECT_GE(budget->remaining(), 95'000u);
}

TEST(LineLogCallbackTest, OneThatThrowsLosesItsLineAndIsTold) {
  std::vector<std::string> lines;
  LineLog log([&](LogStream, std::string_view line) {
    if (line == "bad") throw std::runtime_error("no");
    lines.emplace_back(line);
  });
  log.write(LogStream::standard_error, "bad\ngood\n");
  EXPECT_THAT(lines, ElementsAre("good"));
  EXPECT_EQ(log.take_failure(), "no");
  EXPECT_EQ(log.take_failure(), std::nullopt);
}

}  // namespace
}  // namespace tenon::plugin
