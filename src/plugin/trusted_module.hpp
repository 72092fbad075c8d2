// Whether a module that is loaded already is one that the options of a plugin let in.
#pragma once

#include <expected>

#include <tenon/error.hpp>
#include <tenon/module.hpp>

namespace tenon::plugin {

// Errors, phase load: untrusted, where there are trusted keys and none of them is the one by
// which the module was verified as it was loaded.
[[nodiscard]] std::expected<void, Error> check_trust(const Module& module, const LoadOptions& options);

}  // namespace tenon::plugin
