// What the handles and the leases of a pool share.
//
// One lock guards the list of free plugins and the line of those who wait for one; plugins
// are made and destroyed outside it. Where somebody waits there is nothing free: what comes
// back, be it a plugin or the place of one that is gone, is handed to the first in line, so
// that nobody who comes later can take it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <expected>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <tenon/pool.hpp>

#include "plugin/pool_counters.hpp"

namespace tenon::plugin {

struct PoolMember {
  Plugin plugin;
  PoolCounters::Calls calls;
};

class PoolState : public std::enable_shared_from_this<PoolState> {
 public:
  using Clock = std::chrono::steady_clock;
  using MemberPointer = std::unique_ptr<PoolMember>;

  // `counters` may have counted for another pool before.
  [[nodiscard]] static std::expected<std::shared_ptr<PoolState>, Error> make(
      const Module& module, const PluginOptions& options, const PoolOptions& pool_options,
      std::shared_ptr<PoolCounters> counters);
  PoolState(const Module& module, const PluginOptions& options, const PoolOptions& pool_options,
            std::shared_ptr<PoolCounters> counters);
  ~PoolState();
  PoolState(const PoolState&) = delete;
  PoolState& operator=(const PoolState&) = delete;

  // Nullopt where the pool was closed: there is another to ask.
  [[nodiscard]] std::optional<std::expected<Pool::Lease, Error>> borrow(Clock::time_point until);
  void give_back(MemberPointer member) noexcept;
  // Frees what is free now, and the rest as it comes back. Whoever waits need not wait on.
  void close() noexcept;

  [[nodiscard]] PoolStatistics statistics() const;
  [[nodiscard]] const Module& module() const { return module_; }
  [[nodiscard]] const PoolOptions& options() const { return pool_options_; }
  // The moment `wait` from now; the end of all time where that is too far away.
  [[nodiscard]] static Clock::time_point after(std::chrono::nanoseconds wait);

 private:
  // What somebody in line is given.
  enum class Grant { nothing, member, place, closed };
  struct Waiter {
    std::condition_variable wake_up;
    Grant grant = Grant::nothing;
    MemberPointer member;
  };
  using Lock = std::unique_lock<std::mutex>;

  [[nodiscard]] std::expected<MemberPointer, Error> make_member();
  [[nodiscard]] std::expected<Plugin, Error> make_plugin();
  [[nodiscard]] std::expected<Pool::Lease, Error> fill_place();
  [[nodiscard]] Pool::Lease lend(MemberPointer member);
  [[nodiscard]] Grant wait(Lock& lock, Waiter& self, Clock::time_point until);
  void hand_over(Grant grant, MemberPointer member = nullptr) noexcept;
  void release_place() noexcept;
  [[nodiscard]] std::unexpected<Error> none_free(Clock::duration waited) const;

  const Module module_;
  const PluginOptions plugin_options_;
  const PoolOptions pool_options_;
  const std::shared_ptr<PoolCounters> counters_;
  bool has_begun_ = false;  // make has returned: who borrows is not the pool itself

  std::mutex mutex_;
  std::vector<MemberPointer> free_;  // has room for all places: giving back allocates nothing
  std::list<Waiter*> waiters_;       // the one in front waits longest
  std::size_t places_ = 0;           // plugins that there are or that somebody makes
  bool is_closed_ = false;
  // Of the first plugin after its init, from which the others are made; nullopt until there
  // is one, and where its state cannot be held.
  std::optional<Snapshot> start_;
};

}  // namespace tenon::plugin
