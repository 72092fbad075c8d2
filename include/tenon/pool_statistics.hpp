// What a pool of plugins has done so far, as numbers, and as text for Prometheus.
//
//   auto pool = tenon::Pool::make(*module, tenon::PluginOptions{}, {.config = "Some input we have"});
//   if (!pool) return fail(pool.error());
//   const tenon::PoolStatistics statistics = pool->statistics();   // at any time, from any thread
//   std::cout << tenon::to_prometheus(statistics, "optimized");
//
// All of these are plain values.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include <tenon/api.hpp>
#include <tenon/error.hpp>

namespace tenon TENON_API {

// Upper bounds of the classes into which the times of calls fall, each twice the one before:
// 256 ns, 512 ns, … 8.6 s. A call of exactly a bound's time is in its class, and one that
// took longer than all of them in a last class of its own.
inline constexpr auto kLatencyBounds = [] {
  std::array<std::chrono::nanoseconds, 26> bounds{};
  for (std::size_t i = 0; i < bounds.size(); ++i)
    bounds[i] = std::chrono::nanoseconds(std::int64_t{256} << i);
  return bounds;
}();

// Everything is counted from the start of the pool, or of the Reloadable: the counts of one
// go on from one version of its plugin to the next. Numbers that belong together may be a
// few calls apart, since nobody waits for whoever reads them.
struct PoolStatistics {
  // Calls by Pool::execute and Lease::execute. What is called through Lease's pointer is
  // counted nowhere.
  std::uint64_t calls = 0;                    // those that failed are among them
  std::map<ErrorCode, std::uint64_t> errors;  // of those calls, by code; only what has come up
  std::uint64_t timeouts = 0;                 // calls that ended with ErrorCode::timeout, of their own
  std::uint64_t interrupts = 0;               // and with ErrorCode::interrupted

  std::uint64_t replaced = 0;      // plugins that had stopped when they came back, and went
  std::uint64_t failed_makes = 0;  // borrowers for whom a plugin could not be loaded or initialised

  std::uint64_t waits = 0;                // borrowers that found no free plugin, and waited
  std::uint64_t failed_waits = 0;         // those whose time was over before there was one
  std::chrono::nanoseconds wait_time{0};  // of all of them; those that still wait are not in it

  std::uint64_t reloads = 0;         // of a Reloadable: new versions that took over
  std::uint64_t failed_reloads = 0;  // and those that could not

  // Now. A Reloadable's old versions count until their last call is over.
  std::size_t in_use = 0;   // plugins that are borrowed
  std::size_t members = 0;  // plugins that there are, borrowed or free
  std::size_t maximum = 0;  // that the pool may have

  // Calls by the time that they took, in the plugin alone: waiting for one is not in it. The
  // last element is for those beyond all bounds. The sum of all is `calls`.
  std::array<std::uint64_t, kLatencyBounds.size() + 1> latency{};
  std::chrono::nanoseconds latency_sum{0};
};

struct NamedStatistics {
  std::string_view plugin;
  PoolStatistics statistics;
};

// Prometheus's text format, version 0.0.4 (Content-Type: text/plain; version=0.0.4), of one
// or several pools: metrics tenon_pool_…, each with a label plugin="NAME". Times are in
// seconds. Names may hold anything; what is no UTF-8 comes out as U+FFFD. Each metric has its
// name and type once, so give all pools of a page to one call.
[[nodiscard]] std::string to_prometheus(std::span<const NamedStatistics> pools);
[[nodiscard]] std::string to_prometheus(const PoolStatistics& statistics, std::string_view plugin);

}  // namespace tenon
