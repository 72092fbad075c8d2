// Snapshots: the state of an instance as a value, to go back to or to make new instances from.
//
//   auto clean = instance->snapshot();           // once, after the guest has set itself up
//   if (!clean) return fail(clean.error());
//   auto step = instance->function<void()>("step");
//   if (!step) return fail(step.error());
//   auto done = (*step)();                       // the guest may change or break anything
//   if (auto reset = instance->reset(*clean); !reset) return fail(reset.error());
//   tenon::Store other;
//   auto second = other.instantiate(*clean);     // an instance that is set up already
//
// A snapshot holds what is the instance's own: memories with their sizes, globals, tables,
// which segments were dropped, and the states that its imports name (SnapshotState; WASI's
// descriptors are one; not the files that a guest has opened, so there is no snapshot while one
// is open). It does not hold what the host keeps for it elsewhere, such as what
// host functions remember; nor what it imports. So it refuses, in one line that says which:
// an instance that imports a memory, a table or a mutable global, one with a shared memory,
// and one that holds a caught exception. An externref, or a reference to a function that is
// not the instance's own, is kept, but only for instances of the same store.
//
// Taking one copies all memory that is not zero. What resetting costs depends on the artifact:
// `tenon compile --resettable` makes code that notes what it writes, and undoing costs as much
// as was written; other code is right as well, and slower (docs/isolation.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/module.hpp>

namespace tenon TENON_API {

// An immutable value that shares its contents with its copies. Any number of threads may use
// one at once, and it may outlive the store that it was taken in. It keeps the module loaded.
class Snapshot {
 public:
  [[nodiscard]] const Module& module() const;
  // Bytes of all its memories, zeros included.
  [[nodiscard]] std::uint64_t memory_size() const;

 private:
  friend struct runtime::Access;
  explicit Snapshot(std::shared_ptr<const runtime::SnapshotImpl> impl) : impl_(std::move(impl)) {}

  std::shared_ptr<const runtime::SnapshotImpl> impl_;
};

// What host functions remember for one guest, where snapshots are to hold it too: derive from
// this, and give it to the imports beside the functions (Imports::state). Called on the
// thread of the instance's store, never while its guest runs.
class SnapshotState {
 public:
  virtual ~SnapshotState();
  // Why there can be no snapshot at this moment, in one line; empty where there can. Then
  // Instance::snapshot fails with it (invalid_argument).
  [[nodiscard]] virtual std::string why_not_now() const { return {}; }
  // The state as a value that never changes: it may be used on any thread, and restored often.
  [[nodiscard]] virtual std::shared_ptr<const void> save() const = 0;
  // Goes back to what save() gave, of this object or of one with the same name in another
  // instance's imports. What it throws comes out of Instance::reset.
  virtual void restore(const std::shared_ptr<const void>& saved) = 0;
};

}  // namespace tenon
