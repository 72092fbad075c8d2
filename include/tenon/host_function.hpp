// Host functions: C++ callables that the host gives to guests (WebAssembly 2.0,
// section 4.2.6). What a module asks for is an import; tenon/imports.hpp brings the two
// together.
//
//   auto add = tenon::HostFunction([](std::int32_t a, std::int32_t b) { return a + b; });
//   auto print = tenon::HostFunction([](tenon::Caller& caller, std::uint32_t at, std::uint32_t size)
//       -> std::expected<void, tenon::Error> {
//     auto bytes = caller.memory(at, size);       // checked against the guest's memory
//     if (!bytes) return std::unexpected(bytes.error());
//     std::cout.write(reinterpret_cast<const char*>(bytes->data()), size);
//     return {};
//   });
//   imports.define("env", "add", add).define("env", "print", print);
//
// Parameters and result: int32_t, uint32_t, int64_t, uint64_t, float, double,
// V128, ExternRef, FuncRef; the result may also be void, a std::tuple of these
// (several results), or a std::expected of any of those with tenon::Error. The
// function's WebAssembly type follows from the callable's, and must be exactly that
// of the import. A callable that does not fit is refused at compile time, with one
// sentence that says why.
//
// An error returned, or an exception thrown, ends the guest's call: whoever called
// the guest gets that error (for exceptions: ErrorCode::host_error with what()), and the
// instance that was called is poisoned (Instance::poisoned). C++ exceptions never cross guest frames.
//
// The guest chooses the arguments: check them as you would check a stranger's input.
// A host function runs on the thread of the call, on that thread's guest stack, with
// StoreOptions::host_stack_reserve bytes of it at least. It may call guests of the same
// store, and grow and change its memories, tables and globals.
//
// A HostFunction is a cheap handle to a shared callable; it may be given to
// many stores, and is then called from whichever thread runs each of them, so
// the callable must be thread-safe if the stores run in several threads. Each store
// with an instance that imports it keeps the callable alive; so whatever the callable
// captured by reference must outlive these stores.
#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/detail/slots.hpp>
#include <tenon/error.hpp>
#include <tenon/types.hpp>
#include <tenon/value.hpp>

namespace tenon TENON_API {

class Instance;
namespace detail {
template <typename F, typename S>
struct HostThunk;
}
// The guest that calls a host function: the instance that imported it, even where another
// instance got the function from that one. A host function that wants it takes a Caller& as
// its first parameter. Valid only during that call: do not keep it.
class Caller {
 public:
  // A view of `size` bytes at `address` of the memory that the caller exports as "memory"
  // (or its only memory), or ErrorCode::protocol (phase call) if that is not all inside it,
  // or there is no such memory. Any two numbers are fine. The view is valid until the guest
  // runs again: when this function returns, or calls a guest.
  [[nodiscard]] std::expected<std::span<std::uint8_t>, Error> memory(std::uint64_t address,
                                                                     std::uint64_t size) const;
  // The same, only to be read: with an artifact compiled with --resettable, resetting an
  // instance costs as much as was asked for with memory().
  [[nodiscard]] std::expected<std::span<const std::uint8_t>, Error> bytes(std::uint64_t address,
                                                                          std::uint64_t size) const;
  // The instance itself; a handle that may be kept as long as its store lives.
  // Precondition: the function was given to Imports. One of Store::create_function has no
  // instance that imported it.
  [[nodiscard]] Instance instance() const;

 private:
  friend struct runtime::Access;
  template <typename F, typename S>
  friend struct detail::HostThunk;
  explicit Caller(void* owner) : owner_(owner) {}

  void* owner_;
};

namespace detail {

// What the runtime keeps for a host function bound to a store; the artifact's
// thunks see its first two words (artifact/abi.hpp, HostFunctionRecord).
struct BoundHostFunction {
  const void* code;
  void* store_record;
  void* callable;  // the std::decay_t<F>, or the DynamicCallback
  void* caller;    // the importing instance's owner
};

// Ends the current activation with an error; does not return. The callers hold
// no object that needs a destructor.
[[noreturn]] void raise_host_error(Failure error) noexcept;
// Called while an exception is handled.
Failure error_from_current_exception() noexcept;
// Called while pthread_cancel or pthread_exit unwinds a host function: gives up the
// current activation, whose frames go too.
void abandon_activation() noexcept;

}  // namespace detail

// A host function's code where its type is known only at run time: it reads `arguments`,
// which have the types of the parameters, and writes `results`, which are preset to zero
// values of the right types. Results of other types end the call with
// ErrorCode::signature_mismatch. Errors and exceptions as above.
using DynamicCallback = std::function<std::expected<void, Error>(Caller&, std::span<const Value> arguments,
                                                                 std::span<Value> results)>;

class HostFunction {
 public:
  // Of a callable with one signature: a lambda without auto parameters, a function pointer,
  // or an object with one operator(). It is moved or copied in once, and called as an
  // lvalue, which may change it. Scalars reach it in registers, without an allocation.
  template <typename F>
    requires(!std::same_as<std::decay_t<F>, HostFunction> && !std::same_as<std::decay_t<F>, FunctionType>)
  explicit HostFunction(F&& callable);  // in detail/host_function_impl.hpp

  // Of any type, also of references to functions of one type, which no C++ type stands
  // for. Slower: each call makes two lists of values.
  HostFunction(FunctionType type, DynamicCallback callback);

  // Valid while this HostFunction lives.
  [[nodiscard]] const FunctionType& type() const { return type_; }

 private:
  friend struct runtime::Access;

  FunctionType type_;
  const void* code_ = nullptr;
  const void* array_code_ = nullptr;  // for any type
  bool typed_ = false;                // else array code, see artifact/abi.hpp
  std::shared_ptr<void> callable_;
};

}  // namespace tenon

#include <tenon/detail/host_function_impl.hpp>
