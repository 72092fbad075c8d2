// What a store owns, and what the signal handler asks of it.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <vector>

#include <tenon/store.hpp>

#include "artifact/abi.hpp"
#include "base/type_registry.hpp"
#include "runtime/activation.hpp"
#include "runtime/ballast.hpp"
#include "runtime/budget.hpp"
#include "runtime/elf_mapping.hpp"
#include "runtime/exception_heap.hpp"
#include "runtime/global.hpp"
#include "runtime/host_call.hpp"
#include "runtime/instance.hpp"
#include "runtime/linear_memory.hpp"
#include "runtime/table.hpp"
#include "runtime/tag.hpp"

namespace tenon::runtime {

// The one table of builtins (builtins.cpp).
[[nodiscard]] const artifact::Builtins& builtins();

// What tenon_activate reads and writes of a store.
struct StoreHead {
  artifact::StoreRecord record{};
  std::size_t stack_reserve = 0;  // bytes of stack below a guest's start
};

class StoreImpl : public StoreHead {
 public:
  explicit StoreImpl(const StoreOptions& options);
  StoreImpl(const StoreImpl&) = delete;
  StoreImpl& operator=(const StoreImpl&) = delete;

  [[nodiscard]] const StoreOptions& options() const { return options_; }

  // Everything is freed with the store and not before: references from tables,
  // even of an instance that could not be completed, stay good.
  InstanceImpl* add_instance(const Module& module);
  [[nodiscard]] std::expected<MemoryImpl*, Error> add_memory(const MemoryType& type,
                                                             const MemoryStart* start = nullptr);
  // A memory of several stores, of which this one is from now on.
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

  // Signal-safe: these lists change only in host code of the store's thread,
  // and the handler reads them only for faults in guest code of that thread.
  [[nodiscard]] bool in_guest_text(std::uintptr_t pc) const;
  [[nodiscard]] bool in_memory_reservation(std::uintptr_t address) const;
  [[nodiscard]] const LoadedModule* module_at(std::uintptr_t pc) const;

  // What may hold references, for the collector of exceptions.
  template <typename F>
  void for_each_table(F&& visit) const {
    for (const auto& table : tables_) visit(*table);
  }
  template <typename F>
  void for_each_global(F&& visit) const {
    for (const auto& global : globals_) visit(global);
    for (const auto& instance : instances_) {
      for (const auto& global : instance->own_globals()) visit(global);
    }
  }
  [[nodiscard]] ExceptionHeap& exceptions() { return exceptions_; }
  [[nodiscard]] Ballast& ballast() { return ballast_; }
  // Of all bytes that guests can make this store hold (StoreOptions::memory_limit).
  [[nodiscard]] const std::shared_ptr<Budget>& budget() const { return budget_; }

 private:
  struct LoadedText {
    AddressRange range;
    const LoadedModule* module;
  };

  StoreOptions options_;
  std::shared_ptr<Budget> budget_;                   // before all that counts for it
  base::TypeUses types_used_;                        // by what the host made
  std::unique_ptr<std::uint64_t[]> tail_arguments_;  // the record's; null until an instance needs it
  std::vector<LoadedText> texts_;
  std::vector<std::unique_ptr<InstanceImpl>> instances_;
  std::vector<std::shared_ptr<MemoryImpl>> memories_;  // only shared ones have other owners
  std::vector<std::unique_ptr<TableImpl>> tables_;
  std::deque<GlobalImpl> globals_;
  std::list<TagImpl> tags_;  // seldom any, and an empty list takes nothing
  Ballast ballast_;
  ExceptionHeap exceptions_{this, *budget_};
  std::deque<HostFunctionImpl> host_functions_;
  std::list<artifact::FunctionRecord> records_;
};

[[nodiscard]] inline const StoreImpl& store_of(const Activation& activation) {
  return static_cast<const StoreImpl&>(*activation.store);
}

}  // namespace tenon::runtime
