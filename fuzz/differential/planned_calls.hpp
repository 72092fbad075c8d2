// Which calls of a random module's exports are worth making, and with what.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <tenon/types.hpp>
#include <tenon/value.hpp>

namespace tenon::fuzz {

struct PlannedCall {
  std::string name;
  std::string shown;  // in the log
  std::vector<Value> arguments;
  std::vector<ValueType> results;
};

// Functions without parameters first, then the others, twice each, with arguments that depend on
// nothing but names and positions. An export "digest" is called after each of them.
[[nodiscard]] std::vector<PlannedCall> plan_calls(std::span<const ExportType> exports);

}  // namespace tenon::fuzz
