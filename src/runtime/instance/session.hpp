// A session: one activation (runtime/call/activation.hpp) in which host code makes many
// calls of guests. Entering the guest is paid for once.
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

// Runs work() in a session with the instance. Null, or what stopped the guest, which
// then is poisoned. Precondition: it is not yet. What work() leaves on the stack while
// it calls guests must hold nothing that needs a destructor: a guest that traps ends
// the session there. Throws nothing, but the end of the thread may unwind through it.
template <typename Work>
[[nodiscard]] base::Failure enter(const Instance& instance, Work work) {
  const auto run = [](void* self, const void*, std::uint64_t*) { (*static_cast<Work*>(self))(); };
  InstanceImpl& impl = *Access::of(instance);
  return base::Failure(tenon_activate(&impl.store(), run, &work, nullptr, nullptr, &impl));
}

// Inside a session: a function of the instance, with its arguments in slots, where its
// results go. Past the types: who calls has checked them.
inline void call_in_session(const Function& function, std::uint64_t* slots) {
  const artifact::FunctionRecord& record = *Access::of(function);
  record.entry(record.context, record.code, slots);
}

// The bytes of the memory as it is now; a call of the guest may make them more.
[[nodiscard]] inline std::span<std::uint8_t> bytes_of(const Memory& memory) {
  const MemoryImpl& impl = *Access::of(memory);
  return {impl.record.base, impl.size()};
}

}  // namespace tenon::runtime
