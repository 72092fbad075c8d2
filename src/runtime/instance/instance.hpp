// An instance: the block of memory that guest code works on, and what the runtime knows
// about it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tenon/module.hpp>

#include "artifact/abi.hpp"
#include "artifact/plan.hpp"
#include "runtime/call/activation.hpp"
#include "runtime/instance/access.hpp"
#include "runtime/instance/constant.hpp"
#include "runtime/instance/global.hpp"
#include "runtime/instance/module_impl.hpp"
#include "runtime/instance/table.hpp"
#include "runtime/instance/tag.hpp"
#include "runtime/memory/linear_memory.hpp"
#include "runtime/memory/zeroed_memory.hpp"

namespace tenon::runtime {

class StoreImpl;

class InstanceImpl final : public InstanceHead, public ConstantScope {
 public:
  // `store_record` is the store's.
  InstanceImpl(StoreImpl* store, artifact::StoreRecord* store_record, const Module& module);
  InstanceImpl(const InstanceImpl&) = delete;
  InstanceImpl& operator=(const InstanceImpl&) = delete;

  [[nodiscard]] StoreImpl& store() const { return *store_; }
  [[nodiscard]] const Module& handle() const { return module_; }
  [[nodiscard]] const LoadedModule& module() const { return Access::of(module_).loaded(); }
  [[nodiscard]] artifact::InstanceRecord* record() const {
    return reinterpret_cast<artifact::InstanceRecord*>(block_.data());
  }

  // These fill the instance in, in the order of the index spaces, while the imports are
  // bound and the rest is made.
  void add_memory(MemoryImpl* memory);
  void add_table(TableImpl* table);
  void add_tag(TagImpl* tag);
  void add_global(GlobalImpl* global);  // an imported one
  GlobalImpl* add_own_global(const GlobalType& type);
  void set_imported_function(std::uint32_t index, const artifact::FunctionRecord& record);

  [[nodiscard]] MemoryImpl& memory(std::uint32_t index) const { return *memories_[index]; }
  [[nodiscard]] TableImpl& table(std::uint32_t index) const { return *tables_[index]; }
  [[nodiscard]] GlobalImpl& global(std::uint32_t index) const override { return *globals_[index]; }
  [[nodiscard]] TagImpl& tag(std::uint32_t index) const { return *tags_[index]; }
  [[nodiscard]] std::span<const GlobalImpl> own_globals() const { return own_globals_; }
  [[nodiscard]] MemoryImpl* main_memory() const;
  [[nodiscard]] const artifact::FunctionRecord* function(std::uint32_t index) const override;

  // A passive segment until it is dropped; nothing after.
  [[nodiscard]] base::ByteView data_segment(std::uint32_t index) const;
  [[nodiscard]] std::span<const artifact::ConstantExpression> element_segment(std::uint32_t index) const;
  void drop_data(std::uint32_t index) {
    data_dropped_[index] = true;
    segments_changed = true;
  }
  void drop_elements(std::uint32_t index) {
    elements_dropped_[index] = true;
    segments_changed = true;
  }

  // For snapshots (snapshot.cpp): what is this instance's own, behind what it imports. Nothing
  // where it could not be completed.
  [[nodiscard]] std::span<MemoryImpl* const> own_memories() const {
    return std::span(memories_).subspan(std::min(imported_memories_, memories_.size()));
  }
  [[nodiscard]] std::span<TableImpl* const> own_tables() const {
    return std::span(tables_).subspan(std::min(imported_tables_, tables_.size()));
  }
  // Tells its memories where a call of the store has ended early since the last time; `stops`
  // is StoreHead's.
  void note_stops(std::uint64_t stops) {
    if (std::exchange(stops_noted_, stops) != stops) tell_stop();
  }
  // The cells of its globals, 16 bytes each.
  [[nodiscard]] std::span<std::uint8_t> own_cells() const { return own_cells_; }
  // The index of the function whose record this is; nullopt where it is not this instance's.
  [[nodiscard]] std::optional<std::uint32_t> index_of(const artifact::FunctionRecord* record) const;
  [[nodiscard]] const std::vector<bool>& data_dropped() const { return data_dropped_; }
  [[nodiscard]] const std::vector<bool>& elements_dropped() const { return elements_dropped_; }
  void set_dropped(const std::vector<bool>& data, const std::vector<bool>& elements) {
    data_dropped_ = data;
    elements_dropped_ = elements;
    segments_changed = false;
  }
  bool segments_changed = true;  // since then
  using State = std::pair<std::string, std::shared_ptr<SnapshotState>>;
  std::vector<State> states;  // of its host functions
  // The snapshot that it was last taken to or put back to; null where there is none.
  std::shared_ptr<const SnapshotImpl> baseline;
  bool has_states_in_order = false;  // its states are those of the baseline, in the same order
  bool is_half_reset = false;        // the last reset failed

 private:
  template <typename T>
  [[nodiscard]] T* at(std::uint64_t offset) const {
    return reinterpret_cast<T*>(block_.data() + offset);
  }

  void tell_stop();

  StoreImpl* store_;
  Module module_;
  ZeroedMemory block_;  // laid out by InstanceLayout
  std::vector<MemoryImpl*> memories_;
  std::vector<TableImpl*> tables_;
  std::vector<GlobalImpl*> globals_;
  std::vector<TagImpl*> tags_;
  std::vector<GlobalImpl> own_globals_;
  std::span<std::uint8_t> own_cells_;  // in the block
  std::size_t imported_memories_, imported_tables_;
  std::vector<bool> data_dropped_;
  std::vector<bool> elements_dropped_;
  std::uint64_t stops_noted_ = 0;
};

// The instance that guest code runs in.
[[nodiscard]] inline InstanceImpl& owner_of(const artifact::InstanceRecord* record) {
  return *static_cast<InstanceImpl*>(static_cast<InstanceHead*>(record->owner));
}

}  // namespace tenon::runtime
