// The one way into a store, for typed and untyped calls (tenon/detail/typed_function.hpp).
#include <tenon/store.hpp>

#include "base/error.hpp"
#include "runtime/call/host_call.hpp"
#include "runtime/call/watchdog.hpp"
#include "runtime/instance/instance.hpp"
#include "runtime/instance/store_impl.hpp"
#include "runtime/machine/enter.hpp"

namespace tenon::runtime {
namespace {

[[gnu::noinline]] Error* refuse_poisoned() {
  return base::failure(Phase::call, ErrorCode::poisoned,
                       "the instance stopped in an earlier call; make a new one")
      .release();
}

[[gnu::noinline]] Error* invoke_watched(StoreImpl* store, const artifact::FunctionRecord* record,
                                        std::uint64_t* slots, InstanceHead* instance) {
  const WatchedCall call(store->interruption);
  if (call.is_too_late()) [[unlikely]]
    return new Error(store->interruption->error_of_batch());
  return tenon_activate(store, record->entry, record->context, record->code, slots, instance);
}

// The instance that a record's code belongs to; null for a host function.
InstanceHead* instance_of(const artifact::FunctionRecord& record) {
  if (is_host_function(record)) return nullptr;
  return static_cast<InstanceHead*>(static_cast<const artifact::InstanceRecord*>(record.context)->owner);
}

}  // namespace
}  // namespace tenon::runtime

namespace tenon::detail {

// Aligned to a cache line, as is what it calls: every call comes this way.
[[gnu::aligned(64)]] Error* invoke_raw(runtime::StoreImpl* store, const artifact::FunctionRecord* record,
                                       std::uint64_t* slots) {
  runtime::InstanceHead* const instance = runtime::instance_of(*record);
  if (instance != nullptr && instance->poisoned) [[unlikely]]
    return runtime::refuse_poisoned();
  if (store->interruption != nullptr) [[unlikely]]
    return runtime::invoke_watched(store, record, slots, instance);
  return runtime::tenon_activate(store, record->entry, record->context, record->code, slots, instance);
}

}  // namespace tenon::detail
