// How what guest code calls stays free of C++ exceptions.
#pragma once

#include <cxxabi.h>

#include <exception>

#include <tenon/host_function.hpp>

#include "artifact/abi.hpp"

namespace tenon::runtime {

// Ends the call: out_of_resources. What the store keeps for this is let go of
// first, so that there is memory to say so with.
[[noreturn]] void raise_out_of_memory(artifact::InstanceRecord* instance) noexcept;

// Safety: no C++ exception may pass a frame of a guest, which knows nothing of
// them. Whatever guest code calls in the runtime does its work in here; what
// the specification has no other answer for becomes an error. The handler is
// left before that is raised, since raising leaves every frame behind for good,
// and with it an exception that would count as being handled for ever. Only what
// ends the thread, pthread_cancel, unwinds on through the guest.
template <typename Work>
auto guarded(artifact::InstanceRecord* instance, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (abi::__forced_unwind&) {
    detail::abandon_activation();
    throw;
  } catch (const std::exception&) {  // std::bad_alloc; nothing else is thrown
  }
  raise_out_of_memory(instance);
}

}  // namespace tenon::runtime
