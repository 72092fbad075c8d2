// For each proposal a module that uses it, as small as can be.
#pragma once

#include "base/bytes.hpp"
#include "wasm/features.hpp"

namespace tenon::conformance {

[[nodiscard]] base::Bytes probe_of(wasm::Feature feature);

}  // namespace tenon::conformance
