// Functions of a store, and how a host calls them.
//
//   tenon::Function function = *instance->function("fib");
//   std::expected<std::vector<tenon::Value>, tenon::Error> results =
//       function.call(std::array{tenon::Value::from_i32(20)});          // types known at run time
//
//   auto fib = instance->function<std::int32_t(std::int32_t)>("fib");    // types checked once
//   std::expected<std::int32_t, tenon::Error> result = (*fib)(20);       // no allocation
#pragma once

#include <expected>
#include <span>
#include <vector>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/error.hpp>
#include <tenon/types.hpp>
#include <tenon/value.hpp>

namespace tenon TENON_API {

template <typename Signature>
class TypedFunction;  // tenon/detail/typed_function.hpp

// A guest's export, or one made from a HostFunction (Store::create_function).
// A handle: a small value that may be copied. Valid while its store lives; using it
// after that is undefined. Used by one thread at a time, as its store is.
class Function {
 public:
  // Valid while the store lives.
  [[nodiscard]] const FunctionType& type() const;
  // Argument count and types are checked (signature_mismatch), of references
  // also what they refer to: a function of another store is none of any type.
  // Errors: those, trap, host_error, poisoned, uncaught_exception, interrupted, exit,
  // and what host functions return.
  [[nodiscard]] std::expected<std::vector<Value>, Error> call(std::span<const Value> arguments) const;
  // Fails with signature_mismatch unless R(Args...) is exactly this function's type.
  template <typename Signature>
  [[nodiscard]] std::expected<TypedFunction<Signature>, Error> typed() const;
  // To be given to guests of the same store.
  [[nodiscard]] FuncRef reference() const { return {record_}; }

 private:
  friend struct runtime::Access;
  template <typename Signature>
  friend class TypedFunction;
  Function(runtime::StoreImpl* store, const artifact::FunctionRecord* record)
      : store_(store), record_(record) {}

  runtime::StoreImpl* store_;
  const artifact::FunctionRecord* record_;
};

}  // namespace tenon

#include <tenon/detail/typed_function.hpp>
