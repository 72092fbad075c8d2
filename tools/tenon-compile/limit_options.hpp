// --time-limit and --memory-limit, of every verb that works in a child process.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>

#include "child_limits.hpp"

namespace tenon::tools {

struct LimitOptions {
  std::optional<std::uint64_t> seconds, bytes;  // in place of what the input's size gives

  // `to_do` and `input` are for the help: "compile", "the module".
  void add_to(CLI::App& app, const std::string& to_do, const std::string& input);
  [[nodiscard]] ChildLimits limits_for(std::size_t input_bytes) const;
};

}  // namespace tenon::tools
