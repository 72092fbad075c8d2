// Trusted keys of plugins, pools and what is reloaded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "signing/signing.hpp"

namespace tenon::e2e {
namespace {

using testing::HasSubstr;

class SignedPlugins : public testing::Test {
 protected:
  SignedPlugins() { tests::write_file(path_, signed_by(key_, artifact_of(1))); }

  template <typename Loaded>
  static void expect_untrusted(const Loaded& loaded) {
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::untrusted) << loaded.error().message;
  }

  const tool::SecretKey key_ = tool::SecretKey::make().value(), other_ = tool::SecretKey::make().value();
  const PluginOptions trusting_ = PluginOptions{}.trusted_keys({key_.public_key()});
  const PluginOptions trusting_another_ = PluginOptions{}.trusted_keys({other_.public_key()});
  tests::TempDir dir_;
  std::filesystem::path path_ = dir_ / "plugin.so";
};

TEST_F(SignedPlugins, ByPath) {
  EXPECT_TRUE(Plugin::load(path_, trusting_));
  expect_untrusted(Plugin::load(path_, trusting_another_));
  expect_untrusted(Plugin::load(path_, PluginOptions{}.trusted_keys({})));
}

TEST_F(SignedPlugins, WithADetachedSignature) {
  const auto artifact = artifact_of(1);
  tests::write_file(path_, artifact);
  tests::write_file(dir_ / "plugin.sig", trailer_of(artifact, key_));
  expect_untrusted(Plugin::load(path_, trusting_));
  EXPECT_TRUE(Plugin::load(path_, PluginOptions(trusting_).signature(dir_ / "plugin.sig")));
}

// A module remembers by which key it was let in.
TEST_F(SignedPlugins, ByModule) {
  const auto unverified = Module::load(path_).value();
  expect_untrusted(Plugin::load(unverified, trusting_));
  expect_untrusted(Pool::make(unverified, trusting_));
  const auto verified = Module::load(path_, {.trusted_keys = std::vector{key_.public_key()}}).value();
  EXPECT_TRUE(Plugin::load(verified, trusting_));
  EXPECT_TRUE(Pool::make(verified, trusting_));
  expect_untrusted(Plugin::load(verified, trusting_another_));
  expect_untrusted(Pool::make(verified, trusting_another_));
}

TEST_F(SignedPlugins, BySnapshot) {
  const auto snapshot = Plugin::load(path_)->instance().snapshot().value();
  EXPECT_TRUE(Plugin::load(snapshot));
  expect_untrusted(Plugin::load(snapshot, trusting_));
  const auto verified = Plugin::load(path_, trusting_)->instance().snapshot().value();
  EXPECT_TRUE(Plugin::load(verified, trusting_));
}

TEST_F(SignedPlugins, Reloading) {
  expect_untrusted(Reloadable::load(path_, trusting_another_));
  auto plugin = Reloadable::load(path_, trusting_);
  ASSERT_TRUE(plugin) << to_string(plugin.error());
  const auto number = [&] {
    return plugin->borrow().value()->instance().function<int()>("number").value()().value();
  };
  EXPECT_EQ(number(), 1);

  tests::write_file(path_, artifact_of(2));
  expect_untrusted(plugin->reload());
  tests::write_file(path_, signed_by(other_, artifact_of(2)));
  expect_untrusted(plugin->reload());
  expect_untrusted(plugin->reload(Module::load(path_).value()));
  EXPECT_EQ(number(), 1);

  tests::write_file(path_, signed_by(key_, artifact_of(2)));
  EXPECT_TRUE(plugin->reload());
  EXPECT_EQ(number(), 2);
}

}  // namespace
}  // namespace tenon::e2e
