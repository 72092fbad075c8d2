// Batches (tenon/detail/batch.hpp).
#include <tenon/detail/batch.hpp>

#include "base/error.hpp"
#include "runtime/call/interruption.hpp"
#include "runtime/call/watchdog.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon::detail {

using runtime::Interruption;
using runtime::Watchdog;

OpenBatch::OpenBatch(runtime::StoreImpl* store, std::chrono::nanoseconds limit) {
  const auto refuse = [this](ErrorCode code, const char* message) {
    failure_ = base::failure(Phase::call, code, message);
  };
  if (const Error* const why = store->why_not_watched()) {
    failure_ = std::make_unique<Error>(*why);
  } else if (store->interruption_owner() == nullptr) {
    refuse(ErrorCode::invalid_argument,
           "a deadline needs a timeout or the option interruptible (StoreOptions, PluginOptions)");
  } else if (store->interruption->runs()) {
    refuse(ErrorCode::invalid_argument, "a call of the store runs: with_deadline is for several of them");
  } else if (limit.count() <= 0) {
    refuse(ErrorCode::timeout, "the batch's deadline is over before it begins (with_deadline)");
  } else {
    interruption_ = store->interruption_owner();
    const Interruption::Batch outer = interruption_->begin_batch(limit);
    outer_end_ = outer.end;
    outer_limit_ = outer.limit;
    Watchdog::of_process().batch_changed(*interruption_);
  }
}

OpenBatch::~OpenBatch() {
  if (interruption_ == nullptr) return;
  interruption_->end_batch({.end = outer_end_, .limit = outer_limit_});
  if (interruption_->batch_is_open()) Watchdog::of_process().batch_changed(*interruption_);
}

}  // namespace tenon::detail
