// The way of a host's values into slots whose type guest code trusts: globals,
// tables, arguments, results of host functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tenon/types.hpp>
#include <tenon/value.hpp>

#include "artifact/abi.hpp"

namespace tenon::runtime {

// Why the value is none of the type, or none that this store's guests may have,
// in words for people; nullopt if it is one.
[[nodiscard]] std::optional<std::string> why_not_of_type(const Value& value, ValueType type,
                                                         const artifact::StoreRecord& store);
// The same for as many values as there are types.
[[nodiscard]] std::optional<std::string> why_not_of_type(std::span<const Value> values,
                                                         const std::vector<ValueType>& types,
                                                         const artifact::StoreRecord& store);

}  // namespace tenon::runtime
