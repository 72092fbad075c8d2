// A script's values as the runtime's, and the comparison of results: bit by
// bit, NaN classes lane by lane (the reference interpreter's rules).
#pragma once

#include <span>
#include <string>

#include <tenon/value.hpp>

#include "script.hpp"

namespace tenon::spec {

[[nodiscard]] Value to_value(const ScriptValue& value);
[[nodiscard]] bool matches(const Value& got, const ScriptValue& expected);
[[nodiscard]] bool matches(std::span<const Value> got, std::span<const ScriptValue> expected);
// As describe(ScriptValue) writes them, for comparison by eye.
[[nodiscard]] std::string describe(std::span<const Value> values);

}  // namespace tenon::spec
