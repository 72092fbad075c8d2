// The guests of guests.hpp as plugins, and short ways to load and call them.
#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tenon/plugin.hpp>

#include "support/wat.hpp"
#include "unit/plugin/guests.hpp"

namespace tenon::plugin {

inline const Module& strings() {
  static const tests::Guest kGuest(assemblyscript_guest(), {.optimization_level = 0});
  return kGuest.module();
}

inline const Module& buffers() {
  static const tests::Guest kGuest(array_buffer_guest(), {.optimization_level = 0});
  return kGuest.module();
}

inline Plugin load(const Module& module, const PluginOptions& options = {}) {
  auto plugin = Plugin::load(module, options);
  if (!plugin) throw std::runtime_error(to_string(plugin.error()));
  return std::move(*plugin);
}

inline std::expected<std::string, Error> call(Plugin& plugin, std::string_view function,
                                              std::string_view text) {
  return plugin.call(function, std::array{text});
}

// What a plugin logs.
using Lines = std::vector<std::pair<LogStream, std::string>>;

inline LogCallback into(Lines& lines) {
  return [&lines](LogStream stream, std::string_view line) { lines.emplace_back(stream, line); };
}

}  // namespace tenon::plugin
