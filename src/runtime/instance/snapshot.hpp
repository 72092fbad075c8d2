// The state of an instance as a value (tenon/snapshot.hpp): taking it, putting it back, and
// what a new instance needs of it.
#pragma once

#include <expected>
#include <memory>

#include <tenon/error.hpp>

#include "runtime/instance/snapshot_impl.hpp"

namespace tenon::runtime {

class InstanceImpl;
class StoreImpl;
using SnapshotPointer = std::shared_ptr<const SnapshotImpl>;

// Errors: as Instance::snapshot and Instance::reset have them.
[[nodiscard]] std::expected<SnapshotPointer, Error> take_snapshot(InstanceImpl& instance);
[[nodiscard]] std::expected<void, Error> reset(InstanceImpl& instance, const SnapshotPointer& snapshot);
// Of an instance that has just been made, with its memories as they were saved. Errors:
// out_of_resources.
[[nodiscard]] std::expected<void, Error> begin_as(InstanceImpl& instance, const SnapshotPointer& snapshot);
// Invalid_argument for a snapshot that cannot go into the store, in the phase.
[[nodiscard]] std::expected<void, Error> check_store(const StoreImpl& store, const SnapshotImpl& snapshot,
                                                     Phase phase);

}  // namespace tenon::runtime
