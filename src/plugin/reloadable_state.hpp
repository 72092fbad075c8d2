// What a Reloadable points to: the pool of its newest version.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <mutex>

#include <tenon/reloadable.hpp>

#include "plugin/file_watch.hpp"
#include "plugin/pool_state.hpp"

namespace tenon::plugin {

class ReloadableState {
 public:
  [[nodiscard]] static std::expected<std::unique_ptr<ReloadableState>, Error> make(
      const std::filesystem::path& path, const PluginOptions& options,
      const ReloadableOptions& reloadable_options);
  // Whoever waits for a plugin meanwhile breaks the rules; leases go on.
  ~ReloadableState();
  ReloadableState(const ReloadableState&) = delete;
  ReloadableState& operator=(const ReloadableState&) = delete;

  [[nodiscard]] std::expected<void, Error> reload(const std::filesystem::path& path);
  [[nodiscard]] std::expected<void, Error> reload(const Module& module);
  [[nodiscard]] std::expected<Pool::Lease, Error> borrow(PoolState::Clock::time_point until);
  [[nodiscard]] std::shared_ptr<PoolState> current() const;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  ReloadableState(std::filesystem::path path, const PluginOptions& options,
                  const ReloadableOptions& reloadable_options);
  [[nodiscard]] std::expected<void, Error> load(const std::filesystem::path& path);
  [[nodiscard]] std::expected<void, Error> take(const Module& module);
  template <typename Work>
  [[nodiscard]] std::expected<void, Error> replace(Work&& work);
  [[nodiscard]] std::expected<void, Error> watch();
  void tell(std::expected<void, Error> done) const;

  const std::filesystem::path path_;
  PluginOptions plugin_options_;  // under `reloading_`
  ReloadableOptions options_;
  const std::shared_ptr<PoolCounters> counters_ = std::make_shared<PoolCounters>();

  std::mutex reloading_;         // one reload at a time; never taken by calls
  mutable std::mutex swapping_;  // guards the pointer below, for as long as it is copied
  std::shared_ptr<PoolState> current_;
  std::unique_ptr<FileWatch> watch_;  // last: its thread uses the rest
};

}  // namespace tenon::plugin
