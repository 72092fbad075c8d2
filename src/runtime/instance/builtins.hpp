// What guest code asks of the runtime.
#pragma once

#include "artifact/abi.hpp"

namespace tenon::runtime {

// The one table of builtins, which each store's record points to.
[[nodiscard]] const artifact::Builtins& builtins();

}  // namespace tenon::runtime
