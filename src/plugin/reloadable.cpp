// Reloadable, over its state.
#include <tenon/reloadable.hpp>

#include "plugin/reloadable_state.hpp"

namespace tenon {

using plugin::PoolState;
using plugin::ReloadableState;

Reloadable::Reloadable(std::unique_ptr<ReloadableState> state) : state_(std::move(state)) {}
Reloadable::Reloadable(Reloadable&&) noexcept = default;
Reloadable& Reloadable::operator=(Reloadable&&) noexcept = default;
Reloadable::~Reloadable() = default;

std::expected<Reloadable, Error> Reloadable::load(const std::filesystem::path& path,
                                                  const PluginOptions& options,
                                                  const ReloadableOptions& reloadable_options) {
  auto state = ReloadableState::make(path, options, reloadable_options);
  if (!state) return std::unexpected(std::move(state.error()));
  return Reloadable(std::move(*state));
}

std::expected<void, Error> Reloadable::reload() { return state_->reload(state_->path()); }
std::expected<void, Error> Reloadable::reload(const std::filesystem::path& path) {
  return state_->reload(path);
}
std::expected<void, Error> Reloadable::reload(const Module& module) { return state_->reload(module); }

std::expected<Pool::Lease, Error> Reloadable::borrow(std::chrono::nanoseconds wait) {
  return state_->borrow(PoolState::after(wait));
}

std::expected<Pool::Lease, Error> Reloadable::borrow() { return borrow(state_->current()->options().wait); }

std::expected<void, Error> Reloadable::execute(std::string_view key, std::string_view payload,
                                               std::string& result) {
  auto lease = borrow();
  if (!lease) return std::unexpected(std::move(lease.error()));
  return lease->execute(key, payload, result);
}

std::expected<std::string, Error> Reloadable::execute(std::string_view key, std::string_view payload) {
  std::string result;
  if (auto done = execute(key, payload, result); !done) return std::unexpected(std::move(done.error()));
  return result;
}

PoolStatistics Reloadable::statistics() const { return state_->current()->statistics(); }
Module Reloadable::module() const { return state_->current()->module(); }

}  // namespace tenon
