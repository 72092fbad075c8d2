// The AssemblyScript example under load: 20,000 calls with keys and payloads of
// all sizes, each result checked, for each policy of when the plugin's garbage
// collector runs.
#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>
#include <tenon/plugin.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

constexpr int kCalls = 20'000;
constexpr std::size_t kLargest = 100'000;  // bytes of a key or payload
constexpr std::uint64_t kCollectingLimit = 128 << 20;
constexpr std::uint64_t kNeverLimit = std::uint64_t{1} << 30;

// Texts of a given number of bytes, of characters of one to four bytes.
class Texts {
 public:
  std::string next() { return text_of(next_size()); }

 private:
  // Small ones are common, as in life; the edges come up again and again.
  std::size_t next_size() {
    constexpr std::size_t kEdges[] = {0, 1, 2, 15, 16, 17, 255, 256, 4095, 4096, 65535, 65536, kLargest};
    if (random_() % 50 == 0) return kEdges[random_() % std::size(kEdges)];
    const double exponent = std::uniform_real_distribution<double>(0, std::log(double{kLargest}))(random_);
    return static_cast<std::size_t>(std::exp(exponent));
  }
  std::string text_of(std::size_t size) {
    static constexpr std::string_view kPieces[] = {"a", "Z", "\"", "\n", std::string_view("\0", 1),
                                                   "é", "ß", "€",  "中", "👋"};
    std::string text;
    while (text.size() + 4 <= size) text += kPieces[random_() % std::size(kPieces)];
    text.resize(size, 'x');
    return text;
  }
  std::mt19937 random_{20240607};
};

PluginOptions options(CollectPolicy policy, std::uint64_t memory_limit) {
  return PluginOptions{}
      .host_function("custom", "tests", [](std::int32_t i) { return i + 1; })
      .host_function("custom", "tests2", [](std::int64_t i) { return i + 2; })
      .log([](LogStream, std::string_view) {})
      .assemblyscript({.collect = policy})
      .memory_limit(memory_limit);
}

class Collector : public testing::Test {
 protected:
  void SetUp() override {
    const auto wasm = tests::read_file(TENON_EXAMPLE_WASM);
    if (wasm.empty()) GTEST_SKIP() << "no AssemblyScript example: " TENON_EXAMPLE_WASM " is not built (npm)";
    guest_ = std::make_unique<tests::Guest>(wasm);
  }
  Plugin load(CollectPolicy policy, std::uint64_t memory_limit) const {
    auto plugin = Plugin::load(guest_->module(), options(policy, memory_limit));
    if (!plugin) throw std::runtime_error(to_string(plugin.error()));
    const auto ready = plugin->init("a configuration");
    if (!ready) throw std::runtime_error(to_string(ready.error()));
    return std::move(*plugin);
  }

  // Memory never passes the limit, and settles: what the second half of the
  // calls needs, the first half needed too, up to one growth.
  void expect_bounded(CollectPolicy policy) {
    Plugin plugin = load(policy, kCollectingLimit);
    Texts texts;
    std::uint64_t half_way = 0;
    std::string result;
    for (int i = 0; i < kCalls; ++i) {
      const std::string key = texts.next();
      const std::string payload = texts.next();
      const auto done = plugin.execute(key, payload, result);
      ASSERT_TRUE(done) << "call " << i << ": " << to_string(done.error());
      ASSERT_TRUE(result == "transform: " + key + " for payload " + payload) << "call " << i;
      if (i == kCalls / 2) half_way = plugin.memory_size();
    }
    EXPECT_LE(plugin.memory_size(), 2 * half_way);
    RecordProperty("memory", std::to_string(plugin.memory_size()));
  }

  std::unique_ptr<tests::Guest> guest_;
};

TEST_F(Collector, AfterEveryCall) { expect_bounded(CollectPolicy::every()); }

TEST_F(Collector, AfterEveryHundredCalls) { expect_bounded(CollectPolicy::every(100)); }

TEST_F(Collector, AfterGrowth) { expect_bounded(CollectPolicy::on_growth()); }

// The host never collects: every result is right until memory is used up, and
// then there is an error, not a crash and not a wrong result.
TEST_F(Collector, NeverGrowsUntilAnOrderlyError) {
  Plugin plugin = load(CollectPolicy::never(), kNeverLimit);
  const std::uint64_t before = plugin.memory_size();
  Texts texts;
  bool ended = false;
  for (int i = 0; i < kCalls && !ended; ++i) {
    const std::string key = texts.next();
    const std::string payload = texts.next();
    const auto result = plugin.execute(key, payload);
    if (result) {
      ASSERT_TRUE(*result == "transform: " + key + " for payload " + payload) << "call " << i;
      continue;
    }
    ended = true;
    EXPECT_FALSE(result.error().message.empty());
    EXPECT_TRUE(result.error().code == ErrorCode::guest_abort || result.error().code == ErrorCode::trap)
        << to_string(result.error());
    EXPECT_GT(plugin.memory_size(), kNeverLimit / 2) << "an error, though memory was left";
  }
  EXPECT_GT(plugin.memory_size(), before);
  EXPECT_LE(plugin.memory_size(), kNeverLimit);

  // Nothing of it reaches a plugin that is made anew.
  EXPECT_EQ(load(CollectPolicy::every(), kCollectingLimit).execute("k", "p").value(),
            "transform: k for payload p");
}

}  // namespace
}  // namespace tenon::e2e
