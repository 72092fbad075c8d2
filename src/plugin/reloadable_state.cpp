#include "plugin/reloadable_state.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <new>
#include <utility>

#include "base/error.hpp"

namespace tenon::plugin {
namespace {

bool exports_function(const Module& module, std::string_view name) {
  return std::ranges::any_of(module.exports(), [&](const ExportType& item) {
    return item.name == name && kind_of(item.type) == ExternKind::function;
  });
}

}  // namespace

ReloadableState::ReloadableState(std::filesystem::path path, const PluginOptions& options,
                                 const ReloadableOptions& reloadable_options)
    : path_(std::move(path)), plugin_options_(options), options_(reloadable_options) {
  // Nothing takes over before one plugin of it has been initialised.
  options_.pool.minimum = std::max<std::size_t>(options_.pool.minimum, 1);
}

ReloadableState::~ReloadableState() {
  watch_.reset();
  if (current_ != nullptr) current_->close();
}

std::expected<std::unique_ptr<ReloadableState>, Error> ReloadableState::make(
    const std::filesystem::path& path, const PluginOptions& options,
    const ReloadableOptions& reloadable_options) {
  std::error_code ignored;  // where there is no current folder; then the path is as good
  const auto whole = std::filesystem::absolute(path, ignored);
  std::unique_ptr<ReloadableState> state(
      new ReloadableState(ignored ? path : whole, options, reloadable_options));
  if (reloadable_options.watch) {  // before it is loaded: no version may be missed
    auto watch = FileWatch::make(state->path_);
    if (!watch) return std::unexpected(std::move(watch.error()));
    state->watch_ = std::move(*watch);
  }
  if (auto done = state->load(state->path_); !done) return std::unexpected(std::move(done.error()));
  if (state->watch_ != nullptr) {
    if (auto done = state->watch(); !done) return std::unexpected(std::move(done.error()));
  }
  return state;
}

std::expected<void, Error> ReloadableState::watch() {
  return watch_->start({.changed = [this] { tell(reload(path_)); },
                        .lost = [this](Error error) { tell(std::unexpected(std::move(error))); }});
}

void ReloadableState::tell(std::expected<void, Error> done) const {
  if (!options_.on_reload) return;
  try {
    options_.on_reload(std::move(done));
  } catch (abi::__forced_unwind&) {  // the thread ends in it
    throw;
  } catch (...) {  // nobody to tell, as the header says
  }
}

std::shared_ptr<PoolState> ReloadableState::current() const {
  const std::lock_guard lock(swapping_);
  return current_;
}

// Precondition: `reloading_` is held, or nobody else has this yet.
std::expected<void, Error> ReloadableState::take(const Module& module) {
  auto made = PoolState::make(module, plugin_options_, options_.pool, counters_);
  if (!made) return std::unexpected(std::move(made.error()));
  // Calls of it would fail on a version without.
  const std::string& transform = plugin_options_.values().transform_function;
  if (exports_function(module, transform)) plugin_options_.transform_function(transform);
  {
    const std::lock_guard lock(swapping_);
    current_.swap(*made);
  }
  if (*made != nullptr) (*made)->close();
  return {};
}

std::expected<void, Error> ReloadableState::load(const std::filesystem::path& path) {
  LoadOptions options = plugin_options_.values().load;
  options.private_copy = true;
  const auto module = Module::load(path, options);
  if (!module) return std::unexpected(module.error());
  return take(*module);
}

template <typename Work>
std::expected<void, Error> ReloadableState::replace(Work&& work) {
  const std::lock_guard lock(reloading_);
  std::expected<void, Error> done;
  try {
    done = work();
  } catch (const std::bad_alloc&) {
    done = base::fail(Phase::load, ErrorCode::out_of_resources, "no memory for another version");
  }
  PoolCounters::add(done ? counters_->reloads : counters_->failed_reloads);
  if (!done) done.error().message += " (the version in use stays)";
  return done;
}

std::expected<void, Error> ReloadableState::reload(const std::filesystem::path& path) {
  return replace([&] { return load(path); });
}

std::expected<void, Error> ReloadableState::reload(const Module& module) {
  return replace([&] { return take(module); });
}

// A pool that has been closed meanwhile has a successor.
std::expected<Pool::Lease, Error> ReloadableState::borrow(PoolState::Clock::time_point until) {
  for (;;) {
    if (auto lease = current()->borrow(until)) return std::move(*lease);
  }
}

}  // namespace tenon::plugin
