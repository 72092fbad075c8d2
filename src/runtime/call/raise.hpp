// How runtime functions that guest code calls end the current activation early. Host
// functions do it through detail::raise_host_error (tenon/host_function.hpp).
#pragma once

#include <tenon/error.hpp>

namespace tenon::runtime {

// Ends the current activation; does not return. The callers hold no object
// that needs a destructor.
[[noreturn]] void raise_trap(TrapCode code) noexcept;

}  // namespace tenon::runtime
