// What a store owns.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <vector>

#include <tenon/store.hpp>

#include "artifact/abi.hpp"
#include "base/type_registry.hpp"
#include "runtime/call/activation.hpp"
#include "runtime/call/host_call.hpp"
#include "runtime/instance/exception_heap.hpp"
#include "runtime/instance/global.hpp"
#include "runtime/instance/instance.hpp"
#include "runtime/instance/table.hpp"
#include "runtime/instance/tag.hpp"
#include "runtime/memory/budget.hpp"
#include "runtime/memory/linear_memory.hpp"

namespace tenon::runtime {

class StoreImpl final : public StoreHead, private ExceptionRoots {
 public:
  StoreImpl(const StoreOptions& options, const artifact::Builtins& builtins);
  StoreImpl(const StoreImpl&) = delete;
  StoreImpl& operator=(const StoreImpl&) = delete;
  ~StoreImpl();

  [[nodiscard]] const StoreOptions& options() const { return options_; }

  // Everything lives until the store is destroyed, even an instance that could not be
  // completed: references to it in tables stay good.
  InstanceImpl* add_instance(const Module& module);
  [[nodiscard]] std::size_t instance_count() const { return instances_.size(); }
  [[nodiscard]] std::expected<MemoryImpl*, Error> add_memory(
      const MemoryType& type, const MemoryStart* start = nullptr,
      const std::shared_ptr<SlotArena>& slots = nullptr);
  // A memory that several stores share; this store keeps it from now on.
  MemoryImpl* share(const std::shared_ptr<MemoryImpl>& memory);
  [[nodiscard]] std::expected<TableImpl*, Error> add_table(const TableType& type);
  TagImpl* add_tag(const TagType& type);
  GlobalImpl* add_global(const GlobalType& type, const Value& initial);
  // `typed`: whether the guest's thunk will call typed code.
  // `type_id` is that of the function's type.
  HostFunctionImpl* add_host_function(const HostFunction& function, std::uint32_t type_id, bool typed,
                                      InstanceImpl* caller);
  // A record for a host function that no artifact has imported.
  const artifact::FunctionRecord* add_record(const HostFunction& function);

  [[nodiscard]] const std::shared_ptr<Interruption>& interruption_owner() const { return interruption_; }
  // Why calls cannot be watched as the options want it; null where they can.
  [[nodiscard]] const Error* why_not_watched() const { return why_not_watched_.get(); }

  void give_fuel(std::uint64_t fuel);
  // Whether its fuel is one that an instance without metering would not keep to.
  [[nodiscard]] bool limits_fuel() const { return fuel_given < kUnlimitedFuel; }
  [[nodiscard]] bool has_unmetered() const { return has_unmetered_; }

  [[nodiscard]] ExceptionHeap& exceptions() { return exceptions_; }
  // The account of all bytes that guests can make this store hold
  // (StoreOptions::memory_limit).
  [[nodiscard]] const std::shared_ptr<Budget>& budget() const { return budget_; }

 private:
  void make_interruptible();
  MemoryImpl* keep(std::shared_ptr<MemoryImpl> memory);
  void mark_exceptions(ExceptionHeap& heap) const override;

  StoreOptions options_;
  std::shared_ptr<Interruption> interruption_;
  std::unique_ptr<const Error> why_not_watched_;
  bool has_unmetered_ = false;
  std::shared_ptr<Budget> budget_;                   // before all that counts for it
  base::TypeUses types_used_;                        // by what the host made
  std::unique_ptr<std::uint64_t[]> tail_arguments_;  // the record's; null until an instance needs it
  std::vector<CodeRange> texts_;                     // those of guest_code
  std::vector<base::AddressRange> reservations_;     // likewise
  std::vector<std::unique_ptr<InstanceImpl>> instances_;
  std::vector<std::shared_ptr<MemoryImpl>> memories_;  // only shared ones have other owners
  std::vector<std::unique_ptr<TableImpl>> tables_;
  std::deque<GlobalImpl> globals_;
  std::list<TagImpl> tags_;  // seldom any, and an empty list takes nothing
  ExceptionHeap exceptions_{*this, *this, *budget_};
  std::deque<HostFunctionImpl> host_functions_;
  std::list<artifact::FunctionRecord> records_;
};

}  // namespace tenon::runtime
