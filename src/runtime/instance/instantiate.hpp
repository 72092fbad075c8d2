// Making an instance of a module (section 4.5.4).
#pragma once

#include <expected>

#include <tenon/store.hpp>

namespace tenon::runtime {

class InstanceImpl;
class StoreImpl;

[[nodiscard]] std::expected<InstanceImpl*, Error> instantiate(StoreImpl& store, const Module& module,
                                                              const Definitions& imports);

}  // namespace tenon::runtime
