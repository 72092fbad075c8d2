#include "runtime/call/host_call.hpp"

#include <algorithm>
#include <cstddef>

#include "artifact/slots.hpp"
#include "base/type_registry.hpp"
#include "runtime/machine/guest_call.hpp"

namespace tenon::runtime {
namespace {

using ArrayCode = void (*)(detail::BoundHostFunction*, std::uint64_t*);

std::size_t slot_count(const FunctionType& type) {
  return std::max({artifact::slots_of(type.parameters), artifact::slots_of(type.results), std::size_t{1}});
}

}  // namespace

void enter_host_function(void* context, const void*, std::uint64_t* slots) {
  auto* const function = static_cast<HostFunctionImpl*>(context);
  reinterpret_cast<ArrayCode>(const_cast<void*>(function->array_code))(function, slots);
}

extern "C" [[gnu::visibility("hidden")]] void tenon_host_call(HostFunctionImpl* function, GuestCall* call) {
  const FunctionType& type = base::type_of_id(function->type_id);
  // On the stack, since an error leaves this frame without running destructors. The
  // implementation's limit on parameters and results bounds the count.
  auto* const slots = static_cast<std::uint64_t*>(__builtin_alloca(8 * slot_count(type)));
  read_arguments(*call, type, slots);
  enter_host_function(function, nullptr, slots);
  write_results(*call, type, slots);
}

}  // namespace tenon::runtime
