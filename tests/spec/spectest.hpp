// The host module that the official suite's modules import from.
#pragma once

#include <tenon/store.hpp>

namespace tenon::spec {

// Defines `spectest` in `imports`; its table, memory and globals live in `store`.
void add_spectest(Store& store, Imports& imports);

}  // namespace tenon::spec
