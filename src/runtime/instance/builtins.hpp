// The functions of the runtime that guest code calls.
#pragma once

#include "artifact/abi.hpp"

namespace tenon::runtime {

// The one table of builtins, which each store's record points to.
[[nodiscard]] const artifact::Builtins& builtins();

}  // namespace tenon::runtime
