// Statistics as Prometheus's text exposition format, version 0.0.4.
#include <algorithm>
#include <charconv>
#include <functional>
#include <type_traits>
#include <utility>

#include <tenon/pool_statistics.hpp>

#include "base/utf8.hpp"

namespace tenon {
namespace {

// As prometheus.io/docs/instrumenting/exposition_formats has it, "Comments, help text, and
// type information".
std::string label_value(std::string_view text) {
  std::string well_formed;
  if (base::find_invalid_utf8(text)) {
    const std::u16string units = base::utf8_to_utf16(text);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(units.data());
    base::utf16le_to_utf8({bytes, units.size() * sizeof(char16_t)}, well_formed);
    text = well_formed;
  }
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string code_label(ErrorCode code) {
  std::string name(to_string(code));
  std::ranges::replace(name, ' ', '_');
  return name;
}

std::string seconds(std::chrono::nanoseconds time) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), static_cast<double>(time.count()) / 1e9).ptr;
  return {text, end};
}

class Page {
 public:
  explicit Page(std::span<const NamedStatistics> pools) : pools_(pools) {}

  void head(std::string_view name, std::string_view type, std::string_view help) {
    name_ = "tenon_pool_" + std::string(name);
    text_ +=
        "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + " " + std::string(type) + "\n";
  }
  void sample(const NamedStatistics& pool, std::string_view suffix, std::string_view more_labels,
              std::string_view value) {
    text_ += name_;
    text_ += suffix;
    text_ += "{plugin=\"" + label_value(pool.plugin) + "\"";
    text_ += more_labels;
    text_ += "} ";
    text_ += value;
    text_ += '\n';
  }
  // A metric with one value for each pool: a number, or a time.
  template <typename Member>
  void metric(std::string_view name, std::string_view type, std::string_view help, Member member) {
    head(name, type, help);
    for (const NamedStatistics& pool : pools_) {
      const auto value = std::invoke(member, pool.statistics);
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, std::chrono::nanoseconds>) {
        sample(pool, "", "", seconds(value));
      } else {
        sample(pool, "", "", std::to_string(value));
      }
    }
  }
  void errors();
  void latency();
  std::string take() { return std::move(text_); }

 private:
  std::span<const NamedStatistics> pools_;
  std::string name_;
  std::string text_;
};

// Timeouts and interrupts also where there are none yet: a series that begins with its first
// error has no rate.
void Page::errors() {
  head("errors_total", "counter", "Calls that failed, by the code of their error.");
  for (const NamedStatistics& pool : pools_) {
    auto errors = pool.statistics.errors;
    for (const auto code : {ErrorCode::trap, ErrorCode::timeout, ErrorCode::interrupted})
      errors.try_emplace(code);
    std::map<std::string, std::uint64_t> by_label;  // codes that this version does not know share one
    for (const auto& [code, count] : errors) by_label[code_label(code)] += count;
    for (const auto& [label, count] : by_label)
      sample(pool, "", ",code=\"" + label_value(label) + "\"", std::to_string(count));
  }
}

void Page::latency() {
  head("call_duration_seconds", "histogram", "Time of calls in the plugin, without waiting for one.");
  for (const NamedStatistics& pool : pools_) {
    const PoolStatistics& statistics = pool.statistics;
    std::uint64_t calls = 0;
    for (std::size_t i = 0; i < kLatencyBounds.size(); ++i) {
      calls += statistics.latency[i];
      sample(pool, "_bucket", ",le=\"" + seconds(kLatencyBounds[i]) + "\"", std::to_string(calls));
    }
    calls += statistics.latency.back();
    sample(pool, "_bucket", ",le=\"+Inf\"", std::to_string(calls));
    sample(pool, "_sum", "", seconds(statistics.latency_sum));
    sample(pool, "_count", "", std::to_string(calls));
  }
}

}  // namespace

std::string to_prometheus(std::span<const NamedStatistics> pools) {
  using S = PoolStatistics;
  Page page(pools);
  page.metric("calls_total", "counter", "Calls of the plugin, failed ones included.", &S::calls);
  page.errors();
  page.metric("replaced_total", "counter", "Plugins that stopped in a call and were replaced.", &S::replaced);
  page.metric("failed_makes_total", "counter", "Plugins that could not be loaded or initialised.",
              &S::failed_makes);
  page.metric("waits_total", "counter", "Borrowers that found no free plugin.", &S::waits);
  page.metric("failed_waits_total", "counter", "Borrowers that waited in vain.", &S::failed_waits);
  page.metric("wait_seconds_total", "counter", "Time that borrowers waited for a plugin.", &S::wait_time);
  page.metric("reloads_total", "counter", "New versions of the plugin that took over.", &S::reloads);
  page.metric("failed_reloads_total", "counter", "New versions that were refused.", &S::failed_reloads);
  page.metric("plugins_in_use", "gauge", "Plugins that are borrowed now.", &S::in_use);
  page.metric("plugins", "gauge", "Plugins that there are now, borrowed or free.", &S::members);
  page.metric("plugins_maximum", "gauge", "Plugins that there may be.", &S::maximum);
  page.latency();
  return page.take();
}

std::string to_prometheus(const PoolStatistics& statistics, std::string_view plugin) {
  const NamedStatistics one{.plugin = plugin, .statistics = statistics};
  return to_prometheus(std::span(&one, 1));
}

}  // namespace tenon
