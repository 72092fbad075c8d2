// What `tenon run --jobs` is made of: lines as they come, work by several threads, results in
// the order of the lines.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "in_order.hpp"
#include "line_reader.hpp"

namespace tenon::tool {
namespace {

using namespace std::chrono_literals;

TEST(InOrder, ResultsComeInTheOrderOfTheTexts) {
  std::string written, expected;
  InOrder work(
      4,
      [](const std::string& text, std::size_t number) {
        std::minstd_rand random(static_cast<unsigned>(number));
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 100));
        return text + ",";
      },
      [&](std::string_view results, bool) {
        written += results;
        return true;
      });
  for (std::size_t i = 0; i < 3000; ++i) {
    ASSERT_TRUE(work.push(std::to_string(i), i));
    expected += std::to_string(i) + ",";
  }
  work.finish();
  EXPECT_EQ(written, expected);
}

// Somebody may wait for an answer before he sends the next text.
TEST(InOrder, EachResultIsPassedOnWhereNothingElseIsThere) {
  std::atomic<int> flushed = 0;
  InOrder work(
      3, [](const std::string& text, std::size_t) { return text; },
      [&](std::string_view, bool is_all) {
        if (is_all) ++flushed;
        return true;
      });
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(work.push("text", 0));
    while (flushed <= i) std::this_thread::yield();
  }
  work.finish();
  EXPECT_EQ(flushed, 200);
}

// The first text takes as long as it likes.
class Blocked : public testing::Test {
 protected:
  std::string answer(std::size_t number, std::string result) {
    if (number == 0) go_on_.wait();
    ++done_;
    return result;
  }
  // As many as there is room for.
  void push_in_thread(InOrder& work, std::size_t count, std::size_t size) {
    pusher_ = std::jthread([this, &work, count, size] {
      for (std::size_t i = 0; i < count && work.push(std::string(size, 'x'), i); ++i) ++pushed_;
    });
  }
  // Until nothing moves any more.
  std::size_t settled() {
    for (std::size_t before = ~std::size_t{0}; before != pushed_ + done_;) {
      before = pushed_ + done_;
      std::this_thread::sleep_for(100ms);
    }
    return pushed_;
  }

  std::latch go_on_{1};
  std::atomic<std::size_t> pushed_ = 0, done_ = 0, written_ = 0;
  std::jthread pusher_;
};

TEST_F(Blocked, ASlowTextHoldsBackTheNumberOfOthers) {
  InOrder work(
      2, [&](const std::string&, std::size_t number) { return answer(number, "r"); },
      [&](std::string_view results, bool) {
        written_ += results.size();
        return true;
      });
  push_in_thread(work, 10 * InOrder::kMostTexts, 1);
  EXPECT_EQ(settled(), InOrder::kMostTexts);
  EXPECT_EQ(written_, 0u);
  go_on_.count_down();
  pusher_.join();
  work.finish();
  EXPECT_EQ(written_, 10 * InOrder::kMostTexts);
}

TEST_F(Blocked, ASlowTextHoldsBackTheBytesOfOthersAndOfTheirResults) {
  constexpr std::size_t kResult = InOrder::kMostBytes / 8;
  InOrder work(
      2, [&](const std::string&, std::size_t number) { return answer(number, std::string(kResult, 'r')); },
      [&](std::string_view results, bool) {
        written_ += results.size();
        return true;
      });
  push_in_thread(work, 40, 1000);
  settled();
  EXPECT_LE(done_, 10u);
  EXPECT_EQ(written_, 0u);
  go_on_.count_down();
  pusher_.join();
  work.finish();
  EXPECT_EQ(written_, 40 * kResult);
}

TEST_F(Blocked, ATextLargerThanAllThatMayBeUnderWayComesThrough) {
  InOrder work(
      2, [&](const std::string& text, std::size_t) { return text; },
      [&](std::string_view results, bool) {
        written_ += results.size();
        return true;
      });
  for (std::size_t i = 0; i < 3; ++i) ASSERT_TRUE(work.push(std::string(InOrder::kMostBytes + 1, 'x'), i));
  work.finish();
  EXPECT_EQ(written_, 3 * (InOrder::kMostBytes + 1));
}

TEST(InOrder, AFailedWriteStopsEverything) {
  std::atomic<int> answered = 0;
  InOrder work(
      2,
      [&](const std::string& text, std::size_t) {
        ++answered;
        return text;
      },
      [](std::string_view, bool) { return false; });
  int pushed = 0;
  while (pushed < 100'000 && work.push("text", 0)) ++pushed;
  EXPECT_LT(pushed, 100'000);
  work.finish();
  EXPECT_LE(answered, pushed);

  // Also somebody who waits for the next line.
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  LineReader reader(ends[0], work.stop_descriptor());
  std::string line;
  EXPECT_FALSE(reader.next(line));
  EXPECT_FALSE(reader.has_failed());
  close(ends[0]);
  close(ends[1]);
}

TEST(InOrder, WhatTheWorkThrowsComesOut) {
  InOrder work(
      2, [](const std::string&, std::size_t) -> std::string { throw std::runtime_error("no memory"); },
      [](std::string_view, bool) { return true; });
  while (work.push("text", 0)) {}
  EXPECT_THROW(work.finish(), std::runtime_error);
}

TEST(InOrder, MayBeGivenUp) {
  InOrder work(
      2, [](const std::string& text, std::size_t) { return text; },
      [](std::string_view, bool) { return true; });
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(work.push("text", 0));
}

// A caller writes a line and a piece of the next, and waits for the answer.
TEST(LineReader, ALineIsThereAsSoonAsItIsWhole) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const auto send = [&](std::string_view text) {
    ASSERT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  };
  LineReader reader(ends[0]);
  std::string line;
  send("one\r\n\nthr");
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line, "one\r");
  EXPECT_TRUE(reader.has_line());
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line, "");
  EXPECT_FALSE(reader.has_line());
  send("ee\n" + std::string(100, 'x'));
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line, "three");
  close(ends[1]);
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line, std::string(100, 'x')) << "what is behind the last newline";
  EXPECT_FALSE(reader.next(line));
  EXPECT_FALSE(reader.next(line));
  EXPECT_FALSE(reader.has_failed());
  close(ends[0]);
}

TEST(LineReader, LongLinesAndManyOfThem) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::jthread writer([&] {
    for (std::size_t size = 1; size < 5'000'000; size *= 3) {
      const std::string text = std::string(size, 'l') + "\n";
      for (std::size_t at = 0; at < text.size();)
        at += static_cast<std::size_t>(write(ends[1], text.data() + at, text.size() - at));
    }
    close(ends[1]);
  });
  LineReader reader(ends[0]);
  std::string line;
  for (std::size_t size = 1; size < 5'000'000; size *= 3) {
    ASSERT_TRUE(reader.next(line));
    ASSERT_EQ(line, std::string(size, 'l'));
  }
  EXPECT_FALSE(reader.next(line));
  close(ends[0]);
}

TEST(LineReader, SaysWhenReadingFails) {
  const int folder = open("/", O_RDONLY);
  LineReader reader(folder);
  std::string line;
  EXPECT_FALSE(reader.next(line));
  EXPECT_TRUE(reader.has_failed());
  close(folder);
}

}  // namespace
}  // namespace tenon::tool
