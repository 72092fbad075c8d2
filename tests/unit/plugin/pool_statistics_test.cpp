// Counting, and statistics as text for Prometheus.
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugin/pool_counters.hpp"

namespace tenon::plugin {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The rules of the format, version 0.0.4: each metric once, its help and type first, then its
// samples, each of them once.
void expect_well_formed(const std::string& text) {
  EXPECT_TRUE(text.ends_with('\n'));
  static const std::regex kHelp("# HELP ([a-z_]+) .+");
  static const std::regex kType("# TYPE ([a-z_]+) (counter|gauge|histogram)");
  static const std::regex kSample(
      R"re(([a-z_]+)(\{[a-z]+="(?:[^"\\]|\\[\\"n])*"(?:,[a-z]+="(?:[^"\\]|\\[\\"n])*")*\}) ([-+.0-9e]+))re");
  std::set<std::string> seen;
  std::string helped, name, type;
  std::smatch parts;
  for (const std::string& line : lines_of(text)) {
    if (std::regex_match(line, parts, kHelp)) {
      helped = parts[1];
      EXPECT_TRUE(seen.insert(helped).second) << line;
    } else if (std::regex_match(line, parts, kType)) {
      name = parts[1];
      type = parts[2];
      EXPECT_EQ(name, helped);
      EXPECT_EQ(type == "counter", name.ends_with("_total")) << line;
    } else if (std::regex_match(line, parts, kSample)) {
      const std::string suffix = parts[1].str().substr(std::min(name.size(), parts[1].str().size()));
      EXPECT_TRUE(parts[1].str().starts_with(name)) << line;
      const std::set<std::string> allowed = type == "histogram"
                                                ? std::set<std::string>{"_bucket", "_sum", "_count"}
                                                : std::set<std::string>{""};
      EXPECT_TRUE(allowed.contains(suffix)) << line;
      EXPECT_TRUE(seen.insert(parts[1].str() + parts[2].str()).second) << line;
    } else {
      ADD_FAILURE() << line;
    }
  }
}

TEST(PoolStatistics, TimesFallIntoTheirClasses) {
  PoolCounters counters;
  std::optional<PoolCounters::Calls> one(counters);
  for (const auto time : {-5ns, 0ns, 256ns}) one->count(time, nullptr);
  one.reset();  // what it counted stays
  PoolCounters::Calls two(counters), three(counters);
  two.count(257ns, nullptr);
  three.count(512ns, nullptr);
  two.count(513ns, nullptr);
  three.count(kLatencyBounds.back(), nullptr);
  two.count(kLatencyBounds.back() + 1ns, nullptr);
  two.count(1h, nullptr);
  const PoolStatistics now = counters.read();
  EXPECT_EQ(now.calls, 9u);
  EXPECT_EQ(now.latency[0], 3u);
  EXPECT_EQ(now.latency[1], 2u);
  EXPECT_EQ(now.latency[2], 1u);
  EXPECT_EQ(now.latency[kLatencyBounds.size() - 1], 1u);
  EXPECT_EQ(now.latency[kLatencyBounds.size()], 2u);
  EXPECT_EQ(now.latency_sum, 1h + 2 * kLatencyBounds.back() + 1ns + 256ns + 257ns + 512ns + 513ns);
}

TEST(PoolStatistics, ErrorsAreCountedByCodeWhateverItIs) {
  PoolCounters counters;
  PoolCounters::Calls calls(counters);
  Error error{.code = ErrorCode::timeout};
  calls.count(1us, &error);
  error.code = static_cast<ErrorCode>(255);  // a host function's
  calls.count(1us, &error);
  const PoolStatistics now = counters.read();
  EXPECT_THAT(now.errors, ElementsAre(Pair(ErrorCode::timeout, 1), Pair(static_cast<ErrorCode>(255), 1)));
  EXPECT_EQ(now.timeouts, 1u);
  EXPECT_EQ(now.interrupts, 0u);
}

TEST(Prometheus, ReadsAsTheFormatHasIt) {
  PoolStatistics statistics;
  expect_well_formed(to_prometheus(statistics, "empty"));
  statistics.calls = 7;
  statistics.errors = {
      {ErrorCode::version_mismatch, 2}, {static_cast<ErrorCode>(200), 3}, {static_cast<ErrorCode>(201), 4}};
  statistics.wait_time = 1500ms;
  statistics.maximum = 8;
  statistics.latency.front() = 4;
  statistics.latency[1] = 2;
  statistics.latency.back() = 1;
  statistics.latency_sum = 2500us;
  const std::string text = to_prometheus(statistics, "p");
  expect_well_formed(text);
  for (const char* line : {
           R"(tenon_pool_calls_total{plugin="p"} 7)",
           R"(tenon_pool_errors_total{plugin="p",code="version_mismatch"} 2)",
           R"(tenon_pool_errors_total{plugin="p",code="unknown"} 7)",
           R"(tenon_pool_errors_total{plugin="p",code="timeout"} 0)",
           R"(tenon_pool_wait_seconds_total{plugin="p"} 1.5)",
           R"(tenon_pool_plugins_maximum{plugin="p"} 8)",
           R"(tenon_pool_call_duration_seconds_bucket{plugin="p",le="2.56e-07"} 4)",
           R"(tenon_pool_call_duration_seconds_bucket{plugin="p",le="5.12e-07"} 6)",
           R"(tenon_pool_call_duration_seconds_bucket{plugin="p",le="8.589934592"} 6)",
           R"(tenon_pool_call_duration_seconds_bucket{plugin="p",le="+Inf"} 7)",
           R"(tenon_pool_call_duration_seconds_sum{plugin="p"} 0.0025)",
           R"(tenon_pool_call_duration_seconds_count{plugin="p"} 7)",
       }) {
    EXPECT_THAT(lines_of(text), testing::Contains(line));
  }
}

TEST(Prometheus, NamesMayHoldAnything) {
  const std::string text = to_prometheus(PoolStatistics{}, "a\"b\\c\nd{}\xFF é");
  expect_well_formed(text);
  EXPECT_THAT(text, HasSubstr("calls_total{plugin=\"a\\\"b\\\\c\\nd{}\uFFFD é\"} 0\n"));
}

TEST(Prometheus, SeveralPoolsShareOnePage) {
  PoolStatistics one, two;
  one.calls = 1;
  two.calls = 2;
  const NamedStatistics both[] = {{"one", one}, {"two", two}};
  const std::string text = to_prometheus(both);
  expect_well_formed(text);
  EXPECT_THAT(text, HasSubstr("calls_total{plugin=\"one\"} 1\ntenon_pool_calls_total{plugin=\"two\"} 2\n"));
  EXPECT_EQ(to_prometheus(std::span<const NamedStatistics>()).find('{'), std::string::npos);
}

}  // namespace
}  // namespace tenon::plugin
