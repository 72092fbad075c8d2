// What the plugin of every SDK has to do: the same functions, the same answers.
//
//   sdk_conformance ARTIFACT
#include <algorithm>
#include <iostream>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

namespace tenon::e2e {
namespace {

using namespace std::string_literals;
using Bytes = std::vector<std::byte>;
using View = std::span<const std::byte>;

std::string artifact;  // from the command line

const std::map<std::string, std::string, std::less<>> kConfig{{"colour", "grün 👋"}, {"empty", ""}};

std::uint32_t checksum(View data, std::uint32_t seed) {
  return std::accumulate(data.begin(), data.end(), seed, [](std::uint32_t sum, std::byte byte) {
    return sum * 31 + static_cast<std::uint32_t>(byte);
  });
}

class Sdk : public testing::Test {
 protected:
  PluginOptions options() {
    return PluginOptions{}
        .host_function("app", "get_config",
                       [](std::string_view key) -> std::optional<std::string> {
                         const auto found = kConfig.find(key);
                         return found == kConfig.end() ? std::nullopt : std::optional(found->second);
                       })
        .host_function("app", "checksum", checksum)
        .host_function("app", "note",
                       [this](std::string_view text, bool yes, double number) {
                         notes_ +=
                             std::string(text) + (yes ? " yes " : " no ") + std::to_string(number) + "\n";
                       })
        .log([this](LogStream, std::string_view line) { log_ += std::string(line) + "\n"; });
  }
  Plugin load(const PluginOptions& options) {
    auto plugin = Plugin::load(artifact, options);
    if (!plugin) throw std::runtime_error(to_string(plugin.error()));
    return std::move(*plugin);
  }
  template <typename Signature>
  static PluginFunction<Signature> find(const Plugin& plugin, std::string_view name) {
    auto function = plugin.function<Signature>(name);
    if (!function) throw std::runtime_error(to_string(function.error()));
    return std::move(*function);
  }
  // Every plane of Unicode, zeros, nothing, and 16 MiB.
  static std::vector<std::string> texts() {
    return {"", "a", "a\0b"s, "Grüße", "日本語", "👋\U0010FFFF\U0002F800", std::string(16 << 20, 'x')};
  }
  std::string log_;
  std::string notes_;
};

TEST_F(Sdk, Transforms) {
  auto plugin = load(options());
  ASSERT_TRUE(plugin.init("Hello"));
  EXPECT_EQ(log_, "greeting is Hello\n");
  for (const std::string& text : texts())
    EXPECT_EQ(plugin.execute("key", text).value(), "Hello key: " + text);
}

TEST_F(Sdk, Texts) {
  auto plugin = load(options());
  const auto echo = find<std::string(std::string_view)>(plugin, "echo");
  for (const std::string& text : texts()) EXPECT_EQ(echo(text).value(), text);
  const auto maybe = find<std::optional<std::string>(std::optional<std::string_view>)>(plugin, "maybe");
  EXPECT_EQ(maybe(std::nullopt).value(), std::nullopt);
  for (const std::string& text : texts()) EXPECT_EQ(maybe(text).value(), text);
  EXPECT_EQ(find<bool(std::string_view)>(plugin, "is_long")("short").value(), false);
  EXPECT_EQ(find<bool(std::string_view)>(plugin, "is_long")("long enough").value(), true);
}

TEST_F(Sdk, BytesOfEveryValue) {
  auto plugin = load(options());
  Bytes bytes(256);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
  const auto reversed = find<Bytes(View)>(plugin, "reversed");
  EXPECT_EQ(reversed(bytes).value(), Bytes(bytes.rbegin(), bytes.rend()));
  EXPECT_EQ(reversed({}).value(), Bytes());
  EXPECT_EQ(find<std::uint32_t(View)>(plugin, "sum")(bytes).value(), checksum(bytes, 7));
}

TEST_F(Sdk, Numbers) {
  auto plugin = load(options());
  const auto mixed =
      find<double(bool, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, float, double)>(plugin,
                                                                                                  "mixed");
  EXPECT_EQ(mixed(true, -5, 4'000'000'000, -1, 1, 0.5, 0.25).value(), 3'999'999'996.75);
  EXPECT_EQ(mixed(false, 0, 0, INT64_MIN, std::uint64_t{1} << 63, 0, 0).value(), 0);
  EXPECT_EQ(notes_, "mixed yes 0.250000\nmixed no 0.000000\n");
}

TEST_F(Sdk, HostFunctionsGiveTexts) {
  auto plugin = load(options());
  const auto setting = find<std::optional<std::string>(std::string_view)>(plugin, "setting");
  EXPECT_EQ(setting("colour").value(), "grün 👋");
  EXPECT_EQ(setting("empty").value(), "");
  EXPECT_EQ(setting("none").value(), std::nullopt);
}

TEST_F(Sdk, ErrorsSayWhy) {
  auto plugin = load(options());
  const auto refused = find<std::string(std::string_view)>(plugin, "refuse")("no");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::guest_error);
  EXPECT_EQ(refused.error().message, "refused: no");
  EXPECT_FALSE(plugin.stopped());
  const auto panicked = find<void(std::string_view)>(plugin, "panic")("help");
  ASSERT_FALSE(panicked);
  EXPECT_EQ(panicked.error().message.substr(0, 14), "panicked: help");
  EXPECT_TRUE(plugin.stopped());
}

TEST_F(Sdk, StateStaysBetweenCallsUnlessEachIsFresh) {
  for (const bool is_fresh : {false, true}) {
    auto plugin = load(options().isolation(is_fresh ? Isolation::fresh_each_call : Isolation::shared_state));
    ASSERT_TRUE(plugin.init("Hello"));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(plugin.execute("k", "p").value(), "Hello k: p");
    EXPECT_EQ(find<std::int32_t()>(plugin, "count")().value(), is_fresh ? 0 : 3);
  }
}

// Whoever forgets to free something runs out of 20 MiB.
TEST_F(Sdk, AMillionCallsTakeNoMoreMemory) {
  auto plugin = load(options().memory_limit(20 << 20));
  ASSERT_TRUE(plugin.init("Hello"));
  const auto setting = find<std::optional<std::string>(std::string_view)>(plugin, "setting");
  const std::string payload(100, 'p');
  std::string result;
  for (int i = 0; i < 500'000; ++i) {
    ASSERT_TRUE(plugin.execute("key", payload, result));
    ASSERT_EQ(setting("colour").value(), "grün 👋");
  }
}

TEST_F(Sdk, OutOfMemoryIsAnErrorAndThePluginIsReplaced) {
  auto plugin = load(options().memory_limit(20 << 20));
  const auto large = plugin.execute("key", std::string(30 << 20, 'x'));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::out_of_resources) << to_string(large.error());
}

}  // namespace
}  // namespace tenon::e2e

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " ARTIFACT\n";
    return 2;
  }
  tenon::e2e::artifact = argv[1];
  return RUN_ALL_TESTS();
}
