// The one way from public handles to what they stand for, and back. Tenon's own layers use
// it; host programs do not have this header.
#pragma once

#include <memory>
#include <utility>

#include <tenon/store.hpp>

namespace tenon::runtime {

struct Access {
  // What a handle stands for.
  static StoreImpl* of(const Store& store) { return store.impl_.get(); }
  static InstanceImpl* of(const Instance& instance) { return instance.impl_; }
  static MemoryImpl* of(const Memory& memory) { return memory.impl_; }
  static TableImpl* of(const Table& table) { return table.impl_; }
  static GlobalImpl* of(const Global& global) { return global.impl_; }
  static TagImpl* of(const Tag& tag) { return tag.impl_; }
  static const artifact::FunctionRecord* of(const Function& function) { return function.record_; }
  static const std::shared_ptr<MemoryImpl>& of(const SharedMemory& memory) { return memory.impl_; }
  static const ModuleImpl& of(const Module& module) { return *module.impl_; }
  static const std::shared_ptr<const SnapshotImpl>& of(const Snapshot& snapshot) { return snapshot.impl_; }
  static const Definitions& of(const Imports& imports) { return *imports.impl_; }
  static StoreImpl* store_of(const Function& function) { return function.store_; }

  // A handle for it.
  template <typename Handle, typename... Parts>
  static Handle make(Parts&&... parts) {
    return Handle(std::forward<Parts>(parts)...);
  }

  // A host function's code, as HostFunctionImpl has it.
  static const void* code(const HostFunction& function) { return function.code_; }
  static const void* array_code(const HostFunction& function) { return function.array_code_; }
  static bool is_typed(const HostFunction& function) { return function.typed_; }
  static const std::shared_ptr<void>& callable(const HostFunction& function) { return function.callable_; }
};

}  // namespace tenon::runtime
