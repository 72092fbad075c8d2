#include "plugin/pool_state.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "plugin/trusted_module.hpp"

namespace tenon::plugin {
namespace {

std::expected<void, Error> check(const PoolOptions& options) {
  const char* wrong = nullptr;
  if (options.maximum == 0) {
    wrong = "maximum is 0: a pool has at least one plugin";
  } else if (options.minimum > options.maximum) {
    wrong = "minimum is more than maximum";
  }
  if (wrong == nullptr) return {};
  return base::fail(Phase::load, ErrorCode::invalid_argument, std::string("options of a pool: ") + wrong);
}

}  // namespace

PoolState::PoolState(const Module& module, const PluginOptions& options, const PoolOptions& pool_options,
                     std::shared_ptr<PoolCounters> counters)
    : module_(module),
      plugin_options_(options),
      pool_options_(pool_options),
      counters_(std::move(counters)) {}

// Nothing is borrowed any more: each lease has a share in this.
PoolState::~PoolState() { close(); }

std::expected<std::shared_ptr<PoolState>, Error> PoolState::make(const Module& module,
                                                                 const PluginOptions& options,
                                                                 const PoolOptions& pool_options,
                                                                 std::shared_ptr<PoolCounters> counters) {
  if (auto fine = check(pool_options); !fine) return std::unexpected(std::move(fine.error()));
  if (auto fine = check_trust(module, options.values().load); !fine)
    return std::unexpected(std::move(fine.error()));
  auto state = std::make_shared<PoolState>(module, options, pool_options, std::move(counters));
  std::vector<Pool::Lease> first;  // all borrowed at a time, and then given back
  while (first.size() < pool_options.minimum) {
    auto lease = state->borrow(Clock::now());
    if (!*lease) return std::unexpected(std::move(lease->error()));
    first.push_back(std::move(**lease));
  }
  state->has_begun_ = true;
  return state;
}

PoolState::Clock::time_point PoolState::after(std::chrono::nanoseconds wait) {
  const auto now = Clock::now();
  wait = std::max(wait, std::chrono::nanoseconds(0));
  return wait < Clock::time_point::max() - now ? now + wait : Clock::time_point::max();
}

std::expected<Plugin, Error> PoolState::make_plugin() {
  std::optional<Snapshot> start;
  {
    const std::lock_guard lock(mutex_);
    start = start_;
  }
  if (start) {
    // Where the state means something in its own store only, the long way is left.
    if (auto plugin = Plugin::load(*start, plugin_options_)) return plugin;
  }
  auto plugin = Plugin::load(module_, plugin_options_);
  if (!plugin) return plugin;
  if (pool_options_.config) {
    if (auto done = plugin->init(*pool_options_.config); !done)
      return std::unexpected(std::move(done.error()));
  }
  if (start || pool_options_.initialise_each) return plugin;
  if (auto taken = plugin->instance().snapshot()) {
    const std::lock_guard lock(mutex_);
    start_ = std::move(*taken);
  }
  return plugin;
}

std::expected<PoolState::MemberPointer, Error> PoolState::make_member() {
  auto plugin = make_plugin();
  if (!plugin) return std::unexpected(std::move(plugin.error()));
  return MemberPointer(
      new PoolMember{.plugin = std::move(*plugin), .calls = PoolCounters::Calls(*counters_)});
}

// Precondition: one of the places is the caller's, and empty.
std::expected<Pool::Lease, Error> PoolState::fill_place() {
  struct Place {
    ~Place() {
      if (pool != nullptr) pool->release_place();
    }
    PoolState* pool;
  } place{this};  // given up where no plugin comes of it, also by an exception
  auto member = make_member();
  if (!member) {
    if (has_begun_) PoolCounters::add(counters_->failed_makes);
    return std::unexpected(std::move(member.error()));
  }
  {
    const std::lock_guard lock(mutex_);
    free_.reserve(places_);
  }
  place.pool = nullptr;
  PoolCounters::add(counters_->members);
  return lend(std::move(*member));
}

Pool::Lease PoolState::lend(MemberPointer member) {
  PoolCounters::add(counters_->in_use);
  return Pool::Lease(shared_from_this(), std::move(member));
}

std::optional<std::expected<Pool::Lease, Error>> PoolState::borrow(Clock::time_point until) {
  Lock lock(mutex_);
  if (is_closed_) return std::nullopt;
  if (!free_.empty()) {
    MemberPointer member = std::move(free_.back());
    free_.pop_back();
    lock.unlock();
    return lend(std::move(member));
  }
  if (places_ < pool_options_.maximum) {
    ++places_;
    lock.unlock();
    return fill_place();
  }
  Waiter self;
  const auto since = Clock::now();
  const Grant grant = wait(lock, self, until);
  lock.unlock();
  const auto waited = Clock::now() - since;
  PoolCounters::add(counters_->wait_nanoseconds, static_cast<std::uint64_t>(waited.count()));
  switch (grant) {
    case Grant::member: return lend(std::move(self.member));
    case Grant::place: return fill_place();
    case Grant::closed: return std::nullopt;
    case Grant::nothing: break;
  }
  return none_free(waited);
}

PoolState::Grant PoolState::wait(Lock& lock, Waiter& self, Clock::time_point until) {
  PoolCounters::add(counters_->waits);
  waiters_.push_back(&self);
  const auto is_served = [&] { return self.grant != Grant::nothing; };
  if (until == Clock::time_point::max()) {
    self.wake_up.wait(lock, is_served);
  } else if (!self.wake_up.wait_until(lock, until, is_served)) {
    waiters_.remove(&self);
    PoolCounters::add(counters_->failed_waits);
  }
  return self.grant;
}

// Under the lock, and to somebody who waits: once it is free, so is the waiter.
void PoolState::hand_over(Grant grant, MemberPointer member) noexcept {
  Waiter& first = *waiters_.front();
  waiters_.pop_front();
  first.grant = grant;
  first.member = std::move(member);
  first.wake_up.notify_one();
}

void PoolState::release_place() noexcept {
  const std::lock_guard lock(mutex_);
  if (waiters_.empty()) {
    --places_;
  } else {
    hand_over(Grant::place);
  }
}

void PoolState::give_back(MemberPointer member) noexcept {
  PoolCounters::subtract(counters_->in_use);
  if (member->plugin.stopped()) {
    PoolCounters::add(counters_->replaced);
  } else {
    const std::lock_guard lock(mutex_);
    if (!is_closed_ && waiters_.empty()) {
      free_.push_back(std::move(member));
    } else if (!is_closed_) {
      hand_over(Grant::member, std::move(member));
    }
  }
  if (member == nullptr) return;
  member.reset();  // before its place is another's, so that there are never more than the maximum
  PoolCounters::subtract(counters_->members);
  release_place();
}

void PoolState::close() noexcept {
  std::vector<MemberPointer> gone;
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    gone.swap(free_);
    places_ -= gone.size();
    while (!waiters_.empty()) hand_over(Grant::closed);
  }
  PoolCounters::subtract(counters_->members, gone.size());
}

std::unexpected<Error> PoolState::none_free(Clock::duration waited) const {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(waited).count();
  const std::string time = milliseconds == 0 ? "" : " for " + std::to_string(milliseconds) + " ms";
  return base::fail(Phase::call, ErrorCode::timeout,
                    "the pool had no free plugin" + time + ": all " + std::to_string(pool_options_.maximum) +
                        " are in use; allow a longer wait, or more of them (PoolOptions::maximum)");
}

PoolStatistics PoolState::statistics() const {
  PoolStatistics out = counters_->read();
  out.maximum = pool_options_.maximum;
  return out;
}

}  // namespace tenon::plugin
