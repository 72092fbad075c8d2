// A plugin's export by its name, as every protocol looks for it.
#pragma once

#include <expected>
#include <string_view>

#include <tenon/store.hpp>

namespace tenon::plugin {

// Errors: unknown_export, which lists what there is.
[[nodiscard]] std::expected<Function, Error> exported_function(const Instance& instance,
                                                               std::string_view name);

}  // namespace tenon::plugin
