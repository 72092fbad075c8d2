// How a C++ callable becomes code that a guest can call. Part of
// tenon/host_function.hpp; nothing here is for users.
//
// Two functions are made of each callable, with the layouts that
// src/artifact/abi.hpp gives for typed and array code:
//   typed:  R code(BoundHostFunction*, parameters...)   scalars, at most one result
//   array:  void code(BoundHostFunction*, uint64_t* slots)   anything
// Both run the callable in a frame of its own, which catches every exception
// and has destroyed everything when it returns; only then is an error raised,
// since raising leaves the frames without running destructors. What ends the
// thread (pthread_cancel, pthread_exit) is no exception that may be kept: it
// unwinds on through the guest's frames, so that these functions are not noexcept.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>
#if defined(__GLIBCXX__)
#include <cxxabi.h>
#endif

namespace tenon TENON_API {
namespace detail {

// A value as guest code has it in a register: externref as handle + 1,
// funcref as a pointer, the rest as themselves.
template <typename T>
struct GuestValue {
  using type = T;
  static type to(T value) { return value; }
  static T from(type value) { return value; }
};
template <>
struct GuestValue<ExternRef> {
  using type = std::uint64_t;
  static type to(ExternRef value) { return value.handle + 1; }
  static ExternRef from(type value) { return {value - 1}; }
};
template <>
struct GuestValue<FuncRef> {
  using type = const void*;
  static type to(FuncRef value) { return value.record; }
  static FuncRef from(type value) { return {value}; }
};
template <typename T>
using guest_type = typename GuestValue<T>::type;

template <typename T>
inline constexpr std::size_t kSlots = std::is_same_v<T, V128> ? 2 : 1;

template <typename T>
void write_slot(std::uint64_t*& slot, const T& value) {
  const guest_type<T> bits = GuestValue<T>::to(value);
  if constexpr (sizeof(bits) < 8) *slot = 0;
  std::memcpy(slot, &bits, sizeof(bits));
  slot += kSlots<T>;
}
template <typename T>
T read_slot(const std::uint64_t*& slot) {
  guest_type<T> bits;
  std::memcpy(&bits, slot, sizeof(bits));
  slot += kSlots<T>;
  return GuestValue<T>::from(bits);
}

// The result of a callable without its std::expected.
template <typename R>
struct ResultOf {
  using type = R;
  static constexpr bool fallible = false;
};
template <typename R>
struct ResultOf<std::expected<R, Error>> {
  using type = R;
  static constexpr bool fallible = true;
};

// The results that a host function or a guest's function gives, as a list.
template <typename R>
struct Results {
  static_assert(WasmValue<R>, "the result must be a WebAssembly value, a tuple of them, or void");
  static constexpr std::size_t slots = kSlots<R>;
  static std::vector<ValueType> types() { return {WasmTypeOf<R>::value}; }
  static void write(std::uint64_t* slot, const R& value) { write_slot(slot, value); }
  static R read(const std::uint64_t* slot) { return read_slot<R>(slot); }
};
template <>
struct Results<void> {
  static constexpr std::size_t slots = 0;
  static std::vector<ValueType> types() { return {}; }
  template <typename Nothing>
  static void write(std::uint64_t*, const Nothing&) {}
};
template <typename... T>
struct Results<std::tuple<T...>> {
  static_assert((WasmValue<T> && ...), "every element of the tuple must be a WebAssembly value");
  static constexpr std::size_t slots = (kSlots<T> + ... + 0);
  static std::vector<ValueType> types() { return {WasmTypeOf<T>::value...}; }
  static void write(std::uint64_t* slot, const std::tuple<T...>& values) {
    std::apply([&](const T&... value) { (write_slot(slot, value), ...); }, values);
  }
  static std::tuple<T...> read(const std::uint64_t* slot) {
    return std::tuple<T...>{read_slot<T>(slot)...};  // braces: left to right
  }
};

// Whether a result is, or has in it, a function of another store.
template <typename R>
constexpr bool has_foreign(const void*, const R&) {
  return false;
}
inline bool has_foreign(const void* store, const FuncRef& result) { return is_foreign(store, result); }
template <typename... T>
constexpr bool has_foreign(const void* store, const std::tuple<T...>& results) {
  return std::apply([&](const T&... result) { return (has_foreign(store, result) || ...); }, results);
}

// R and Args... of a callable; `caller` where the first parameter is Caller&.
template <typename R, bool kCaller, typename... Args>
struct Signature {
  static_assert((WasmValue<Args> && ...),
                "every parameter must be a WebAssembly value (std::int32_t, double, …)");
};
template <typename R, typename... Args>
struct SplitCaller {
  using type = Signature<R, false, std::remove_cvref_t<Args>...>;
};
template <typename R, typename... Args>
struct SplitCaller<R, Caller&, Args...> {
  using type = Signature<R, true, std::remove_cvref_t<Args>...>;
};
template <typename F>
struct SignatureOf : SignatureOf<decltype(&F::operator())> {};
template <typename R, typename... A>
struct SignatureOf<R (*)(A...)> : SplitCaller<R, A...> {};
template <typename R, typename... A>
struct SignatureOf<R (*)(A...) noexcept> : SplitCaller<R, A...> {};
template <typename C, typename R, typename... A>
struct SignatureOf<R (C::*)(A...)> : SplitCaller<R, A...> {};
template <typename C, typename R, typename... A>
struct SignatureOf<R (C::*)(A...) const> : SplitCaller<R, A...> {};
template <typename C, typename R, typename... A>
struct SignatureOf<R (C::*)(A...) noexcept> : SplitCaller<R, A...> {};
template <typename C, typename R, typename... A>
struct SignatureOf<R (C::*)(A...) const noexcept> : SplitCaller<R, A...> {};

template <typename F, typename S>
struct HostThunk;

template <typename F, typename Returned, bool kCaller, typename... Args>
struct HostThunk<F, Signature<Returned, kCaller, Args...>> {
  using Result = typename ResultOf<Returned>::type;

  template <typename R>
  struct Scalar : std::bool_constant<!std::is_same_v<R, V128>> {};
  template <typename... T>
  struct Scalar<std::tuple<T...>> : std::false_type {};
  static constexpr bool kTyped = Scalar<Result>::value && (!std::is_same_v<Args, V128> && ...);

  static FunctionType type() { return {{WasmTypeOf<Args>::value...}, Results<Result>::types()}; }

  static Returned call(BoundHostFunction* self, Args... arguments) {
    F& callable = *static_cast<F*>(self->callable);
    if constexpr (kCaller) {
      Caller caller(self->caller);
      return callable(caller, arguments...);
    } else {
      return callable(arguments...);
    }
  }

  // Runs the callable and gives its result to `keep`; an error or exception is
  // returned instead.
  template <typename Keep>
  static std::unique_ptr<Error> run(BoundHostFunction* self, Keep keep, Args... arguments) {
    try {
      if constexpr (ResultOf<Returned>::fallible) {
        Returned outcome = call(self, arguments...);
        if (!outcome) return std::make_unique<Error>(std::move(outcome.error()));
        if constexpr (!std::is_void_v<Result>) return give(self, keep, *outcome);
      } else if constexpr (std::is_void_v<Result>) {
        call(self, arguments...);
      } else {
        return give(self, keep, call(self, arguments...));
      }
      return nullptr;
#if defined(__GLIBCXX__)
    } catch (abi::__forced_unwind&) {
      abandon_activation();
      throw;
#endif
    } catch (...) {
      return error_from_current_exception();
    }
  }

  // Safety: a guest would call a function of another store after that is gone.
  template <typename Keep, typename R>
  static std::unique_ptr<Error> give(BoundHostFunction* self, Keep& keep, const R& result) {
    if (has_foreign(self->store_record, result)) [[unlikely]]
      return std::make_unique<Error>(foreign_function("a host function's result"));
    keep(result);
    return nullptr;
  }

  static void array(BoundHostFunction* self, std::uint64_t* slots) {
    [[maybe_unused]] const std::uint64_t* slot = slots;
    const std::tuple<Args...> arguments{read_slot<Args>(slot)...};  // braces: left to right
    auto keep = [slots](const auto& result) { Results<Result>::write(slots, result); };
    auto error = std::apply([&](Args... a) { return run(self, keep, a...); }, arguments);
    if (error != nullptr) [[unlikely]]
      raise_host_error(std::move(error));
  }

  template <typename R, typename = void>
  struct Typed {
    static guest_type<R> code(BoundHostFunction* self, guest_type<Args>... arguments) {
      guest_type<R> result{};
      auto keep = [&result](R value) { result = GuestValue<R>::to(value); };
      auto error = run(self, keep, GuestValue<Args>::from(arguments)...);
      if (error != nullptr) [[unlikely]]
        raise_host_error(std::move(error));
      return result;
    }
  };
  template <typename Unused>
  struct Typed<void, Unused> {
    static void code(BoundHostFunction* self, guest_type<Args>... arguments) {
      auto error = run(self, [] {}, GuestValue<Args>::from(arguments)...);
      if (error != nullptr) [[unlikely]]
        raise_host_error(std::move(error));
    }
  };

  static const void* array_code() { return reinterpret_cast<const void*>(&array); }
  static const void* code() {
    if constexpr (kTyped) return reinterpret_cast<const void*>(&Typed<Result>::code);
    return array_code();
  }
};

template <typename F>
using HostThunkOf = HostThunk<F, typename SignatureOf<F>::type>;

}  // namespace detail

template <typename F>
  requires(!std::same_as<std::decay_t<F>, HostFunction> && !std::same_as<std::decay_t<F>, FunctionType>)
HostFunction::HostFunction(F&& callable)
    : type_(detail::HostThunkOf<std::decay_t<F>>::type()),
      code_(detail::HostThunkOf<std::decay_t<F>>::code()),
      array_code_(detail::HostThunkOf<std::decay_t<F>>::array_code()),
      typed_(detail::HostThunkOf<std::decay_t<F>>::kTyped),
      callable_(std::make_shared<std::decay_t<F>>(std::forward<F>(callable))) {}

}  // namespace tenon
