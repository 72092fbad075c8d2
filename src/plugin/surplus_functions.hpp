// Host functions that a plugin does not import, which are most likely misspelled.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <tenon/plugin.hpp>

namespace tenon::plugin {

// A warning that names them, each with the import that it nearly is; nullopt where there
// are none. No error: one options object may serve many plugins. Takes time in proportion
// to the number of imports, whatever their names are.
[[nodiscard]] std::optional<std::string> warning_of_surplus(
    const Module& module, std::span<const PluginOptions::Values::Host> given);

}  // namespace tenon::plugin
