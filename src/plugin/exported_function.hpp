// A plugin's export by its name, as every protocol looks for it.
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include <tenon/store.hpp>

namespace tenon::plugin {

// Errors: unknown_export, which lists what there is.
[[nodiscard]] std::expected<Function, Error> exported_function(const Instance& instance,
                                                               std::string_view name);

// signature_mismatch: the export is of another type than its protocol gives to functions
// of that many texts, which `expected` says.
[[nodiscard]] std::unexpected<Error> no_function_of_texts(std::string_view name, const FunctionType& type,
                                                          std::size_t texts, std::string_view expected);

}  // namespace tenon::plugin
