// How a host's values get into slots whose type guest code trusts: globals, tables,
// arguments, results of host functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tenon/types.hpp>
#include <tenon/value.hpp>

#include "artifact/abi.hpp"

namespace tenon::runtime {

// Why the value does not have the type, or may not go to this store's guests, in words for
// people; nullopt if it may.
[[nodiscard]] std::optional<std::string> why_not_of_type(const Value& value, ValueType type,
                                                         const artifact::StoreRecord& store);
// The same for as many values as there are types.
[[nodiscard]] std::optional<std::string> why_not_of_type(std::span<const Value> values,
                                                         const std::vector<ValueType>& types,
                                                         const artifact::StoreRecord& store);

}  // namespace tenon::runtime
