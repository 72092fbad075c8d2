#include "runtime/instance/guarded.hpp"

#include "base/error.hpp"
#include "runtime/instance/instance.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon::runtime {

void raise_out_of_memory(artifact::InstanceRecord* instance) noexcept {
  owner_of(instance).store().ballast.drop();
  // If not even this much memory is left, the process ends: there is no way to go on.
  detail::raise_host_error(
      base::failure(Phase::call, ErrorCode::out_of_resources, "the system has no more memory"));
}

}  // namespace tenon::runtime
