// A plugin whose artifact can be replaced while it is in use.
//
//   auto plugin = tenon::Reloadable::load("optimized.so", tenon::PluginOptions{},
//       {.pool = {.config = "Some input we have", .maximum = 4},
//        .watch = true,
//        .on_reload = [](std::expected<void, tenon::Error> done) { if (!done) fail(done.error()); }});
//   if (!plugin) return fail(plugin.error());
//   auto out = plugin->execute("/some/test/1", "{}");   // from any thread, always the newest version
//   if (auto done = plugin->reload(); !done) fail(done.error());   // the old one goes on
//
// A new version is loaded and initialised completely before it takes over; where that fails,
// the old one stays. So it does where the old one exports the transform function and the new
// one does not. The calls that run meanwhile end on the version on which they began, and
// no call fails because of a new one. What plugins remembered is not carried over. The
// memory and code of an old version go with its last lease; until then there may be as many
// of its plugins as were borrowed, and those of the new one besides.
//
// Artifacts are loaded from private copies (LoadOptions::private_copy), so that somebody who
// writes into the file in place neither changes nor crashes what runs. docs/deploying.md says
// how to put a new version there.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>
#include <tenon/module.hpp>
#include <tenon/plugin.hpp>
#include <tenon/pool.hpp>
#include <tenon/pool_statistics.hpp>

namespace tenon TENON_API {

struct ReloadableOptions {
  PoolOptions pool{};  // of each version; one plugin at least is made at once
  // Reload when the file is replaced, or was written to and is closed: a thread of Tenon's
  // waits for that (inotify), with all signals blocked. It also sees where the path leads
  // through a symbolic link beside it that is replaced, as with mounted Kubernetes volumes. One
  // change may come to two reloads.
  bool watch = false;
  // What came of each reload that the watching thread did, on that thread; and an error of
  // code `io` where the folder went away, after which nothing is watched. The first may come
  // before `load` has returned. It may use the Reloadable, but not destroy it. An exception that
  // it throws is lost.
  std::function<void(std::expected<void, Error>)> on_reload{};
};

// All functions but the destructor and assignment are thread-safe. Leases, and calls on other
// threads that have borrowed already, may outlive it. A process that is forked off has
// nothing that watches, and must not destroy one that does.
class Reloadable {
 public:
  // Errors: as Module::load, Pool::make; with `watch` also io, where the folder is not there,
  // and out_of_resources, where the system has no more watches (fs.inotify.max_user_instances).
  [[nodiscard]] static std::expected<Reloadable, Error> load(
      const std::filesystem::path& path, const PluginOptions& options = {},
      const ReloadableOptions& reloadable_options = {});
  Reloadable(Reloadable&&) noexcept;
  Reloadable& operator=(Reloadable&&) noexcept;
  // Ends the watching at once, but for a reload or callback that runs.
  ~Reloadable();

  // Loads the file anew, whether it has changed or not; or another; or takes a module that
  // is there, which is best loaded with LoadOptions::private_copy. The path that is watched,
  // and that a later reload() loads, stays that of `load`. One reload at a time: others wait.
  // Errors: as load; the message says that the old version stays.
  [[nodiscard]] std::expected<void, Error> reload();
  [[nodiscard]] std::expected<void, Error> reload(const std::filesystem::path& path);
  [[nodiscard]] std::expected<void, Error> reload(const Module& module);

  // As Pool's, on the newest version. Who waits for a plugin when a new version comes gets
  // one of that.
  [[nodiscard]] std::expected<Pool::Lease, Error> borrow(std::chrono::nanoseconds wait);
  [[nodiscard]] std::expected<Pool::Lease, Error> borrow();
  [[nodiscard]] std::expected<std::string, Error> execute(std::string_view key, std::string_view payload);
  [[nodiscard]] std::expected<void, Error> execute(std::string_view key, std::string_view payload,
                                                   std::string& result);

  [[nodiscard]] PoolStatistics statistics() const;  // of all versions together
  [[nodiscard]] Module module() const;              // the newest version's

 private:
  explicit Reloadable(std::unique_ptr<plugin::ReloadableState> state);
  std::unique_ptr<plugin::ReloadableState> state_;
};

}  // namespace tenon
