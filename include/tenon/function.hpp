// Functions of a store (WebAssembly 2.0, section 4.2.6), and how a host calls them
// (section 4.5.5).
//
//   tenon::Function function = *instance->function("fib");
//   std::expected<std::vector<tenon::Value>, tenon::Error> results =
//       function.call(std::array{tenon::Value::from_i32(20)});          // types known at run time
//
//   auto fib = instance->function<std::int32_t(std::int32_t)>("fib");    // types checked once
//   std::expected<std::int32_t, tenon::Error> result = (*fib)(20);       // no allocation
//
// A call runs on the calling thread and returns when the guest does; nothing bounds
// how long that takes. A host function may call guests of the same store in turn, on
// the stack that it was called on. The guest runs on a stack that Tenon keeps for each
// thread: the first call of a thread makes it and installs Tenon's signal handlers, and
// so costs a few system calls more.
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

// A function that a guest exports or refers to, or one made from a HostFunction
// (Store::create_function).
// A handle: a small value that may be copied. Valid while its store lives; using it
// after that is undefined. Used by one thread at a time, as its store is.
class Function {
 public:
  // The reference is valid while the store lives.
  [[nodiscard]] const FunctionType& type() const;
  // Checks the number and the types of the arguments, and for references also what they
  // refer to: a function of another store is refused.
  //
  // Errors, all of phase call unless a host function made them: signature_mismatch and
  // poisoned, before anything runs; trap, uncaught_exception, interrupted, exit,
  // out_of_resources, host_error, and whatever host functions return, which end the guest
  // where it was and poison the instance (Instance::poisoned). Also unsupported, where a host
  // function calls from another stack than it was called on (a fiber's), and
  // invalid_argument, from a destructor of thread_local objects at the thread's end.
  [[nodiscard]] std::expected<std::vector<Value>, Error> call(std::span<const Value> arguments) const;
  // The function with its type checked once, for calls that check nothing more and
  // allocate nothing. Errors: signature_mismatch (phase call), unless R(Args...) is exactly
  // this function's type. FuncRef stands for funcref only: a function whose type names a
  // more special reference is called with call().
  template <typename Signature>
  [[nodiscard]] std::expected<TypedFunction<Signature>, Error> typed() const;
  // A value to be given to guests of the same store, as an argument, a result or a table's
  // element. Valid while the store lives.
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
