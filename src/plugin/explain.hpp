// What an error of a plugin says beside what its engine says: the guest's last words, the
// growth that was refused before, the advice of its protocol.
#pragma once

#include <expected>

#include <tenon/error.hpp>
#include <tenon/module.hpp>

#include "plugin/line_log.hpp"
#include "plugin/protocol.hpp"
#include "runtime/memory/budget.hpp"

namespace tenon::plugin {

// `kind` is the plugin's protocol, where it speaks one; else each may explain the error.
[[nodiscard]] Error explained(Error error, const ProtocolKind* kind, const Module& module, const LineLog& log,
                              const runtime::Budget& budget);

// Puts the log callback's exception into `done`, unless the call has an error of its own,
// which takes precedence.
void add_failure_of_log(std::expected<void, Error>& done, LineLog& log);

}  // namespace tenon::plugin
