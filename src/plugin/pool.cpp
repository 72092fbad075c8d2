// Pool and its leases, over what they share.
#include <tenon/pool.hpp>

#include "plugin/pool_state.hpp"

namespace tenon {

using plugin::PoolState;

Pool::Lease::Lease(std::shared_ptr<PoolState> pool, std::unique_ptr<plugin::PoolMember> member)
    : pool_(std::move(pool)), member_(std::move(member)) {}
Pool::Lease::Lease(Lease&&) noexcept = default;

Pool::Lease& Pool::Lease::operator=(Lease&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  pool_ = std::move(other.pool_);
  member_ = std::move(other.member_);
  return *this;
}

Pool::Lease::~Lease() { give_back(); }

void Pool::Lease::give_back() noexcept {
  if (member_ != nullptr) pool_->give_back(std::move(member_));
}

Plugin& Pool::Lease::operator*() const { return member_->plugin; }

std::expected<void, Error> Pool::Lease::execute(std::string_view key, std::string_view payload,
                                                std::string& result) {
  const auto before = PoolState::Clock::now();
  auto done = member_->plugin.execute(key, payload, result);
  member_->calls.count(PoolState::Clock::now() - before, done ? nullptr : &done.error());
  return done;
}

std::expected<std::string, Error> Pool::Lease::execute(std::string_view key, std::string_view payload) {
  std::string result;
  if (auto done = execute(key, payload, result); !done) return std::unexpected(std::move(done.error()));
  return result;
}

std::expected<Pool, Error> Pool::make(const Module& module, const PluginOptions& options,
                                      const PoolOptions& pool_options) {
  auto state = PoolState::make(module, options, pool_options, std::make_shared<plugin::PoolCounters>());
  if (!state) return std::unexpected(std::move(state.error()));
  return Pool(std::move(*state));
}

// No pool that has a handle is ever closed.
std::expected<Pool::Lease, Error> Pool::borrow(std::chrono::nanoseconds wait) {
  return *state_->borrow(PoolState::after(wait));
}

std::expected<Pool::Lease, Error> Pool::borrow() { return borrow(state_->options().wait); }

std::expected<void, Error> Pool::execute(std::string_view key, std::string_view payload,
                                         std::string& result) {
  auto lease = borrow();
  if (!lease) return std::unexpected(std::move(lease.error()));
  return lease->execute(key, payload, result);
}

std::expected<std::string, Error> Pool::execute(std::string_view key, std::string_view payload) {
  std::string result;
  if (auto done = execute(key, payload, result); !done) return std::unexpected(std::move(done.error()));
  return result;
}

PoolStatistics Pool::statistics() const { return state_->statistics(); }
const Module& Pool::module() const { return state_->module(); }

}  // namespace tenon
