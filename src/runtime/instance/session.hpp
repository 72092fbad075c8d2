// A session: one activation (runtime/call/activation.hpp) in which host code makes many
// calls of guests, and pays for entering the guest once.
#pragma once

#include <cstdint>
#include <span>

#include <tenon/store.hpp>

#include "base/error.hpp"
#include "runtime/instance/access.hpp"
#include "runtime/instance/instance.hpp"
#include "runtime/instance/store_impl.hpp"
#include "runtime/machine/enter.hpp"

namespace tenon::runtime {

// Runs work() in a session with the instance. Returns null, or the error that stopped the
// guest; the instance is then poisoned. Precondition: it is not poisoned before. A guest
// that traps ends the session where it is, so nothing that work() has on the stack while
// it calls guests may need a destructor. Throws nothing, but the end of the thread may
// unwind through it.
template <typename Work>
[[nodiscard]] base::Failure enter(const Instance& instance, Work work) {
  const auto run = [](void* self, const void*, std::uint64_t*) { (*static_cast<Work*>(self))(); };
  InstanceImpl& impl = *Access::of(instance);
  return base::Failure(tenon_activate(&impl.store(), run, &work, nullptr, nullptr, &impl));
}

// Calls a function of the instance, inside a session. The slots have its arguments and get
// its results. Nothing checks the types: the caller has done so.
inline void call_in_session(const Function& function, std::uint64_t* slots) {
  const artifact::FunctionRecord& record = *Access::of(function);
  record.entry(record.context, record.code, slots);
}

// Before host code writes to what bytes_of gave. Precondition: the range is inside.
inline void note_write(const Memory& memory, std::uint64_t address, std::uint64_t bytes) {
  Access::of(memory)->note_write(address, bytes);
}

// The bytes of the memory as it is now; a call of the guest may make it larger. Who writes to
// them says so (note_write).
[[nodiscard]] inline std::span<std::uint8_t> bytes_of(const Memory& memory) {
  const MemoryImpl& impl = *Access::of(memory);
  return {impl.record.base, impl.size()};
}

}  // namespace tenon::runtime
