// Making an instance of a module (section 4.5.4).
#pragma once

#include <expected>

#include <tenon/store.hpp>

#include "runtime/instance/snapshot.hpp"

namespace tenon::runtime {

class InstanceImpl;
class StoreImpl;

[[nodiscard]] std::expected<InstanceImpl*, Error> instantiate(StoreImpl& store, const Module& module,
                                                              const Definitions& imports);
// As the snapshot has it: nothing is filled, and no start function runs.
[[nodiscard]] std::expected<InstanceImpl*, Error> instantiate(StoreImpl& store,
                                                              const SnapshotPointer& snapshot,
                                                              const Definitions& imports);

}  // namespace tenon::runtime
