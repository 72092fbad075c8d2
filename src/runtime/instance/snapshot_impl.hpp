// What a Snapshot (tenon/snapshot.hpp) holds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <tenon/module.hpp>

#include "base/bytes.hpp"
#include "runtime/instance/table.hpp"
#include "runtime/memory/budget.hpp"
#include "runtime/memory/saved_memory.hpp"

namespace tenon::runtime {

// A reference that means the same in every instance of the module, or one for its store alone.
struct SavedReference {
  enum class Kind : std::uint8_t { null, own_function, of_the_store } kind = Kind::null;
  std::uint64_t value = 0;  // the function's index, or the bits
};

// Immutable.
class SnapshotImpl {
 public:
  struct Table {
    SavedTable contents;  // whose elements are these:
    std::vector<SavedReference> elements;
  };
  // A cell whose bits are a reference. All others are in `cells`.
  struct Global {
    std::uint32_t index;  // among the instance's own
    SavedReference reference;
  };

  explicit SnapshotImpl(Module module_used) : module(std::move(module_used)) {}

  Module module;
  // Of what the instance has of its own, in order.
  std::vector<std::shared_ptr<const SavedMemory>> memories;
  std::vector<Table> tables;
  base::Bytes cells;  // of all its globals, as they lie in the instance
  std::vector<Global> references;
  std::vector<bool> data_dropped, elements_dropped;
  using State = std::pair<std::string, std::shared_ptr<const void>>;  // with its name
  std::vector<State> states;
  // The account of the one store in which its references have a meaning; null: any.
  std::shared_ptr<const Budget> only_store;
};

}  // namespace tenon::runtime
