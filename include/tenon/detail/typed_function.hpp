// Calls with types known at compile time. Part of tenon/function.hpp.
//
//   auto fib = instance->function<std::int32_t(std::int32_t)>("fib");
//   std::expected<std::int32_t, tenon::Error> result = (*fib)(20);
//
// Nothing is allocated unless the call fails.
#pragma once

#include <algorithm>
#include <cstdint>
#include <expected>
#include <type_traits>
#include <utility>

#include <tenon/detail/slots.hpp>

namespace tenon TENON_API {
namespace detail {

// Runs a function of the store with its arguments in slots (src/artifact/abi.hpp)
// and its results put there. Throws nothing, but the end of the thread may unwind
// through it. The error is the caller's: a plain pointer, which comes back in a register.
[[nodiscard]] Error* invoke_raw(runtime::StoreImpl* store, const artifact::FunctionRecord* record,
                                std::uint64_t* slots);
[[nodiscard]] inline Failure invoke(runtime::StoreImpl* store, const artifact::FunctionRecord* record,
                                    std::uint64_t* slots) {
  return Failure(invoke_raw(store, record, slots));
}
[[nodiscard]] Error take(Failure failure) noexcept;

[[nodiscard]] Error signature_mismatch(const FunctionType& wanted, const FunctionType& actual);

// Whether an argument is a function of another store.
[[nodiscard]] bool is_foreign(const runtime::StoreImpl* store, FuncRef reference) noexcept;
template <typename T>
[[nodiscard]] constexpr bool is_foreign(const runtime::StoreImpl*, const T&) noexcept {
  return false;
}

}  // namespace detail

// A function whose type was checked once. Valid while its store lives; used by
// one thread at a time, as the store is. R is void, a WasmValue, or a
// std::tuple of them for several results.
template <typename R, typename... Args>
class TypedFunction<R(Args...)> {
  static_assert(
      (WasmValue<Args> && ...),
      "each parameter of a guest's function is a WebAssembly value: std::int32_t, std::uint32_t, "
      "std::int64_t, std::uint64_t, float, double, tenon::V128, tenon::ExternRef or tenon::FuncRef");
  static_assert(
      WasmResult<R>,
      "the result of a guest's function is void, a WebAssembly value (std::int32_t, double, …) or a "
      "std::tuple of such values");

 public:
  // Errors: as Function::call; signature_mismatch only where a FuncRef is another store's.
  [[nodiscard]] std::expected<R, Error> operator()(Args... arguments) const {
    // Nothing where there is no FuncRef.
    if ((detail::is_foreign(function_.store_, arguments) || ...)) [[unlikely]]
      return std::unexpected(detail::foreign_function("an argument"));
    std::uint64_t slots[kSlotCount];
    [[maybe_unused]] std::uint64_t* slot = slots;
    (detail::write_slot(slot, arguments), ...);
    if (auto failure = detail::invoke(function_.store_, function_.record_, slots)) [[unlikely]] {
      return std::unexpected(detail::take(std::move(failure)));
    }
    if constexpr (std::is_void_v<R>) {
      return {};
    } else {
      return detail::Results<R>::read(slots);
    }
  }

  [[nodiscard]] const Function& function() const { return function_; }

 private:
  friend class Function;
  explicit TypedFunction(const Function& function) : function_(function) {}
  static FunctionType type() { return {{detail::WasmTypeOf<Args>::value...}, detail::Results<R>::types()}; }
  static constexpr std::size_t kSlotCount =
      std::max({std::size_t{1}, (detail::kSlots<Args> + ... + std::size_t{0}), detail::Results<R>::slots});

  Function function_;
};

template <typename Signature>
std::expected<TypedFunction<Signature>, Error> Function::typed() const {
  const FunctionType wanted = TypedFunction<Signature>::type();
  if (wanted != type()) return std::unexpected(detail::signature_mismatch(wanted, type()));
  return TypedFunction<Signature>(*this);
}

}  // namespace tenon
