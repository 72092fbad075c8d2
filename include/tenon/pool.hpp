// A pool of plugins: one instance for each thread that needs one, all of one module.
//
//   auto pool = tenon::Pool::make(*module, tenon::PluginOptions{}, {.config = "Some input", .maximum = 8});
//   if (!pool) return fail(pool.error());
//   auto out = pool->execute("/some/test/1", "{}");                // from any thread
//   if (auto lease = pool->borrow(std::chrono::seconds(1))) {      // or several calls of one plugin
//     auto first = lease->execute("/some/test/2", "{}");           // counted, as the one above
//     auto other = (*lease)->call("other", std::array<std::string_view, 1>{"text"});
//   }                                                              // the plugin goes back
//
// A Pool is a cheap handle to shared state: copy it freely, use it from any thread. Plugins
// are instances of their own with memories of their own: what one remembers, the others do
// not know, and no call can rely on the plugin that an earlier call had. The host functions,
// the log callback and everything else in the options are shared, so they must be
// thread-safe.
//
// Plugins are made as they are needed, up to a maximum, in the thread that needs one: the
// first is loaded and initialised, the others begin with a snapshot of it, in microseconds,
// where one can hold its state (tenon/snapshot.hpp). When all are borrowed, whoever comes next
// waits, and the one who waits longest gets the next. A plugin that stopped (a trap, a
// timeout, …) is thrown away when it comes back, and the next borrower makes another in its
// place; with Isolation::fresh_each_call it goes on by itself.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>
#include <tenon/module.hpp>
#include <tenon/plugin.hpp>
#include <tenon/pool_statistics.hpp>

namespace tenon TENON_API {

struct PoolOptions {
  // What init is called with: of the first plugin, whose state after it the others begin with, or
  // of each where no snapshot can hold that. Without one it is not called.
  std::optional<std::string> config{};
  // Has each plugin loaded and initialised by itself, for plugins whose init tells the host
  // something, or whose calls must not start from the same random state.
  bool initialise_each = false;
  std::size_t maximum = 8;  // plugins at a time, at least 1; each may take PluginOptions::memory_limit
  std::size_t minimum = 1;  // that are made at once; at most `maximum`
  // How long execute and borrow wait for a plugin where the caller does not say.
  std::chrono::nanoseconds wait = std::chrono::seconds(30);
};

class Pool {
 public:
  // One plugin, borrowed: a pointer to it that gives it back. It may outlive all handles of the
  // pool. Like the plugin, it is for one thread at a time. One that was moved from holds
  // nothing, and can only be destroyed or assigned to.
  class Lease {
   public:
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&& other) noexcept;
    // Gives the plugin back, where it goes to whoever waits longest. Never while a call of it runs.
    ~Lease();

    // Plugin::execute, counted in the pool's statistics. Counting takes two looks at a clock
    // and two additions: 39 ns (docs/performance.md). After an error that stopped the plugin each
    // further call gives `poisoned`, as ever: give it back and borrow another.
    [[nodiscard]] std::expected<std::string, Error> execute(std::string_view key, std::string_view payload);
    [[nodiscard]] std::expected<void, Error> execute(std::string_view key, std::string_view payload,
                                                     std::string& result);
    // Valid while the lease holds it, also when the lease is moved. Not to be moved from.
    [[nodiscard]] Plugin& operator*() const;
    [[nodiscard]] Plugin* operator->() const { return &**this; }

   private:
    friend class plugin::PoolState;
    Lease(std::shared_ptr<plugin::PoolState> pool, std::unique_ptr<plugin::PoolMember> member);
    void give_back() noexcept;

    std::shared_ptr<plugin::PoolState> pool_;  // before the plugin, whose code it keeps
    std::unique_ptr<plugin::PoolMember> member_;
  };

  // Makes `minimum` plugins: loads and initialises each. Errors: as Plugin::load and
  // Plugin::init; invalid_argument for options that make no sense.
  [[nodiscard]] static std::expected<Pool, Error> make(const Module& module, const PluginOptions& options,
                                                       const PoolOptions& pool_options = {});

  // A plugin: a free one, else a new one, else the next that comes back within `wait`, or within
  // PoolOptions::wait. Without time to wait (0) it is only now or never. Loading a new one is
  // not part of the wait; PluginOptions::timeout is for that. Nothing is held meanwhile that
  // other borrowers need.
  //
  // A thread may borrow several. Host functions may borrow too, but not without a bound on the
  // wait: where all plugins are in calls that wait for another, nobody gets one.
  //
  // Errors: timeout (phase call), where there was none in time; and as Plugin::load and
  // Plugin::init, where a new one could not be made.
  [[nodiscard]] std::expected<Lease, Error> borrow(std::chrono::nanoseconds wait);
  [[nodiscard]] std::expected<Lease, Error> borrow();
  // Borrows a plugin, calls it and gives it back. Errors: as borrow and Plugin::execute.
  [[nodiscard]] std::expected<std::string, Error> execute(std::string_view key, std::string_view payload);
  [[nodiscard]] std::expected<void, Error> execute(std::string_view key, std::string_view payload,
                                                   std::string& result);

  // Never waits for a call, nor has a call wait.
  [[nodiscard]] PoolStatistics statistics() const;
  [[nodiscard]] const Module& module() const;  // valid while a handle or a lease lives

 private:
  explicit Pool(std::shared_ptr<plugin::PoolState> state) : state_(std::move(state)) {}
  std::shared_ptr<plugin::PoolState> state_;
};

}  // namespace tenon
