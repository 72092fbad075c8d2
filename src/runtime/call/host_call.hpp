// Host functions as a store binds them, and the ways to call them that need no artifact.
#pragma once

#include <cstdint>
#include <memory>

#include <tenon/host_function.hpp>

#include "artifact/abi.hpp"

namespace tenon::runtime {

class InstanceImpl;

// Guest code sees the two words of HostFunctionRecord; the wrappers of
// host_function_impl.hpp see the whole BoundHostFunction.
struct HostFunctionImpl : detail::BoundHostFunction {
  const void* array_code;
  std::uint32_t type_id;
  std::shared_ptr<void> owner;  // of the callable
};

// The EntryFunction of every record that is bound to a host function. Such records are
// recognised by it: their context is a HostFunctionImpl.
void enter_host_function(void* context, const void* code, std::uint64_t* slots);

[[nodiscard]] inline bool is_host_function(const artifact::FunctionRecord& record) {
  return record.entry == enter_host_function;
}

// The store that a function belongs to.
[[nodiscard]] inline const void* store_record_of(const artifact::FunctionRecord& record) {
  if (is_host_function(record)) return static_cast<const HostFunctionImpl*>(record.context)->store_record;
  return static_cast<const artifact::InstanceRecord*>(record.context)->store;
}

}  // namespace tenon::runtime
