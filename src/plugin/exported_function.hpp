// A plugin's export by its name, as every protocol looks for it.
#pragma once

#include <expected>
#include <string_view>

#include <tenon/detail/plugin_value.hpp>
#include <tenon/store.hpp>

namespace tenon::plugin {

// Errors: unknown_export, which lists what there is.
[[nodiscard]] std::expected<Function, Error> exported_function(const Instance& instance,
                                                               std::string_view name);

// signature_mismatch: the export has another type than its protocol gives to functions of the
// signature, which `expected` says.
[[nodiscard]] std::unexpected<Error> no_function_of_signature(std::string_view name, const FunctionType& type,
                                                              const detail::PluginSignature& signature,
                                                              std::string_view expected);

// The same for a plugin that declares the function as `declared`.
[[nodiscard]] std::unexpected<Error> no_function_declared(std::string_view name, std::string_view declared,
                                                          const detail::PluginSignature& signature);

}  // namespace tenon::plugin
