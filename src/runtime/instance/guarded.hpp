// Keeps C++ exceptions inside the functions that guest code calls.
#pragma once

#include <cxxabi.h>

#include <exception>

#include <tenon/host_function.hpp>

#include "artifact/abi.hpp"

namespace tenon::runtime {

// Ends the call with out_of_resources. First frees the memory that the store keeps for
// this, so that there is some for the error.
[[noreturn]] void raise_out_of_memory(artifact::InstanceRecord* instance) noexcept;

// Safety: no C++ exception may pass through a guest's frame, which knows nothing of them.
// All that guest code calls in the runtime does its work in here; where the specification
// has no other answer, the exception becomes an error. The handler is left before that
// error is raised: raising leaves every frame behind for good, and an exception would
// count as being handled for ever. Only what ends the thread, pthread_cancel, unwinds on
// through the guest.
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
