#include "plugin/line_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(LineLogCallbackTest, OneThatThrowsLosesItsLineOnly) {
  std::vector<std::string> lines;
  LineLog log([&](LogStream, std::string_view line) {
    if (line == "bad") throw std::runtime_error("no");
    lines.emplace_back(line);
  });
  log.write(LogStream::standard_error, "bad\ngood\n");
  EXPECT_THAT(lines, ElementsAre("good"));
}

}  // namespace
}  // namespace tenon::plugin
