// How a C++ callable becomes code that a guest can call. Part of tenon/host_function.hpp;
// nothing here is for users.
//
// Each callable gives two functions, in the layouts that src/artifact/abi.hpp has for
// typed and array code:
//   typed:  R code(BoundHostFunction*, parameters...)   scalars, at most one result
//   array:  void code(BoundHostFunction*, uint64_t* slots)   anything
// Both run the callable in a frame of its own, which catches every exception and has
// destroyed everything when it returns. Only then do they raise an error, since raising
// leaves the frames without running destructors. What ends the thread (pthread_cancel,
// pthread_exit) is not an exception that may be caught for good: it unwinds on through the
// guest's frames. So these functions are not noexcept.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>
#if defined(__GLIBCXX__)
#include <cxxabi.h>
#endif

// Without exceptions there is nothing to catch. (A host function compiled so must not end
// its thread: nothing would notice.)
#if !defined(__cpp_exceptions)
#define TENON_DETAIL_TRY
#define TENON_DETAIL_CATCH
#elif defined(__GLIBCXX__)
#define TENON_DETAIL_TRY try
#define TENON_DETAIL_CATCH                 \
  catch (abi::__forced_unwind&) {          \
    abandon_activation();                  \
    throw;                                 \
  }                                        \
  catch (...) {                            \
    return error_from_current_exception(); \
  }
#else
#define TENON_DETAIL_TRY try
#define TENON_DETAIL_CATCH                 \
  catch (...) {                            \
    return error_from_current_exception(); \
  }
#endif

namespace tenon TENON_API {
namespace detail {

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
  static constexpr bool caller_by_value = (std::is_same_v<Args, Caller> || ...);
  static constexpr bool parameters_fit = (WasmValue<Args> && ...);
  static constexpr bool result_fits = WasmResult<typename ResultOf<R>::type>;
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
template <typename F>
concept OneSignature = std::is_function_v<std::remove_pointer_t<F>> || requires { &F::operator(); };
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
  static Failure run(BoundHostFunction* self, Keep keep, Args... arguments) {
    TENON_DETAIL_TRY {
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
    }
    TENON_DETAIL_CATCH
  }

  // Safety: a guest would call a function of another store after that is gone.
  template <typename Keep, typename R>
  static Failure give(BoundHostFunction* self, Keep& keep, const R& result) {
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

// Stands in for the thunk of a callable that does not fit, so that the compiler says one
// sentence and no more.
struct NoThunk {
  static constexpr bool kTyped = false;
  static FunctionType type() { return {}; }
  static const void* code() { return nullptr; }
  static const void* array_code() { return nullptr; }
};
template <typename F, typename S>
struct CheckedSignature {
  static_assert(!S::caller_by_value,
                "a host function takes the caller by reference, as its first parameter: tenon::Caller&");
  static_assert(
      S::caller_by_value || S::parameters_fit,
      "each parameter of a host function is a WebAssembly value: std::int32_t, std::uint32_t, "
      "std::int64_t, std::uint64_t, float, double, tenon::V128, tenon::ExternRef or tenon::FuncRef; a "
      "text crosses as an address and a size, a bool as std::int32_t");
  static_assert(
      S::result_fits,
      "the result of a host function is void, a WebAssembly value (std::int32_t, double, …; for a bool "
      "std::int32_t), a std::tuple of such values, or a std::expected of one of these with tenon::Error");
  static constexpr bool fits = S::parameters_fit && S::result_fits;
  using type = typename std::conditional_t<fits, HostThunk<F, S>, NoThunk>;
};
template <typename F, bool = OneSignature<F>>
struct CheckedThunk {
  static_assert(
      OneSignature<F>,
      "a host function is a callable with one signature: a lambda without `auto` parameters, a function "
      "pointer, or an object with one operator()");
  using type = NoThunk;
};
template <typename F>
struct CheckedThunk<F, true> {
  using type = typename CheckedSignature<F, typename SignatureOf<F>::type>::type;
};
template <typename F>
using HostThunkOf = typename CheckedThunk<F>::type;

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

#undef TENON_DETAIL_TRY
#undef TENON_DETAIL_CATCH
