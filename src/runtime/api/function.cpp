// Calls with types known only at run time, in both directions.
#include <cxxabi.h>

#include <algorithm>
#include <new>

#include <tenon/store.hpp>

#include "artifact/slots.hpp"
#include "base/error.hpp"
#include "base/type_registry.hpp"
#include "runtime/call/host_call.hpp"
#include "runtime/instance/access.hpp"
#include "runtime/instance/global.hpp"
#include "runtime/instance/host_value.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon {
namespace {

using runtime::from_guest;
using runtime::GuestBits;
using runtime::to_guest;

std::uint64_t* write_slot(std::uint64_t* slot, const Value& value) {
  const GuestBits bits = to_guest(value);
  *slot++ = bits.low;
  if (value.type() == ValueType::v128) *slot++ = bits.high;
  return slot;
}

std::vector<Value> read_slots(const std::uint64_t* slot, const std::vector<ValueType>& types) {
  std::vector<Value> values;
  values.reserve(types.size());
  for (ValueType type : types) {
    const std::uint32_t size = artifact::slots_of(type);
    values.push_back(from_guest(type, {slot[0], size == 2 ? slot[1] : 0}));
    slot += size;
  }
  return values;
}

// What BoundHostFunction::callable points to where a HostFunction was made of a
// DynamicCallback.
struct DynamicFunction {
  FunctionType type;
  DynamicCallback callback;
  base::TypeUses types_used;  // those that the type refers to
};

base::Failure run_dynamic(detail::BoundHostFunction* self, std::uint64_t* slots) {
  try {
    auto& function = *static_cast<DynamicFunction*>(self->callable);
    auto caller = runtime::Access::make<Caller>(self->caller);
    const std::vector<Value> arguments = read_slots(slots, function.type.parameters);
    std::vector<Value> results;
    for (ValueType type : function.type.results) results.push_back(Value::zero(type));
    auto outcome = function.callback(caller, arguments, results);
    if (!outcome) return std::make_unique<Error>(std::move(outcome.error()));
    // Guest code trusts the types of what it gets: part of the sandbox.
    if (const auto why = runtime::why_not_of_type(results, function.type.results,
                                                  *static_cast<artifact::StoreRecord*>(self->store_record))) {
      return base::failure(Phase::call, ErrorCode::signature_mismatch,
                           "a host function gave results of the wrong types: " + *why);
    }
    for (const Value& result : results) slots = write_slot(slots, result);
    return nullptr;
  } catch (abi::__forced_unwind&) {  // of a thread that ends
    detail::abandon_activation();
    throw;
  } catch (...) {
    return detail::error_from_current_exception();
  }
}

void call_dynamic(detail::BoundHostFunction* self, std::uint64_t* slots) {
  auto error = run_dynamic(self, slots);
  if (error != nullptr) detail::raise_host_error(std::move(error));
}

}  // namespace

HostFunction::HostFunction(FunctionType type, DynamicCallback callback)
    : type_(type),
      code_(reinterpret_cast<const void*>(call_dynamic)),
      array_code_(code_),
      callable_(
          std::make_shared<DynamicFunction>(DynamicFunction{std::move(type), std::move(callback), {}})) {
  static_cast<DynamicFunction*>(callable_.get())->types_used.add_all_in(type_);
}

const FunctionType& Function::type() const { return base::type_of_id(record_->type_id); }

std::expected<std::vector<Value>, Error> Function::call(std::span<const Value> arguments) const {
  const FunctionType& type = this->type();
  if (const auto why = runtime::why_not_of_type(arguments, type.parameters, store_->record)) {
    return base::fail(Phase::call, ErrorCode::signature_mismatch,
                      "the arguments are not those of a function " + to_string(type) + ": " + *why);
  }
  std::vector<std::uint64_t> slots(
      std::max(artifact::slots_of(type.parameters), artifact::slots_of(type.results)) + 1);
  std::uint64_t* slot = slots.data();
  for (const Value& argument : arguments) slot = write_slot(slot, argument);
  if (auto failure = detail::invoke(store_, record_, slots.data()))
    return std::unexpected(detail::take(std::move(failure)));
  return read_slots(slots.data(), type.results);
}

}  // namespace tenon

namespace tenon::detail {

Failure error_from_current_exception() noexcept {
  std::string message = "a host function threw";
  try {
    throw;
  } catch (const std::bad_alloc&) {
    message = "a host function ran out of memory";
  } catch (const std::exception& exception) {
    message += std::string(": ") + exception.what();
  } catch (...) {
    message += " something that is no std::exception";
  }
  return base::failure(Phase::call, ErrorCode::host_error, std::move(message));
}

bool is_foreign(const void* store_record, FuncRef reference) noexcept {
  return !reference.is_null() &&
         runtime::store_record_of(*static_cast<const artifact::FunctionRecord*>(reference.record)) !=
             store_record;
}

bool is_foreign(const runtime::StoreImpl* store, FuncRef reference) noexcept {
  return is_foreign(static_cast<const void*>(&store->record), reference);
}

Error foreign_function(const char* where) {
  return {.phase = Phase::call,
          .code = ErrorCode::signature_mismatch,
          .message = std::string(where) + " is a function of another store"};
}

Error take(Failure failure) noexcept { return std::move(*failure); }

Error signature_mismatch(const FunctionType& wanted, const FunctionType& actual) {
  return {.phase = Phase::call,
          .code = ErrorCode::signature_mismatch,
          .message = "asked for a function " + to_string(wanted) + ", it is " + to_string(actual)};
}

}  // namespace tenon::detail
