// Host functions that take or give texts and bytes: what PluginOptions keeps of them until a
// plugin's protocol is known. Part of tenon/plugin.hpp; nothing here is for users.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <tenon/api.hpp>
#include <tenon/detail/plugin_value.hpp>
#include <tenon/error.hpp>
#include <tenon/host_function.hpp>

namespace tenon TENON_API {
namespace detail {

// Passes a host function's result on to the guest, while the result lives.
struct GiveResult {
  std::expected<void, Error> (*give)(void* context, const PluginArgument& result);
  void* context;
};

struct PluginHostFunction {
  PluginType result = PluginType::none;
  std::vector<PluginType> parameters;
  // Gives exactly one result, unless it is none or the callable failed.
  std::function<std::expected<void, Error>(Caller&, std::span<const PluginArgument>, GiveResult)> call;
};

template <typename F, typename S>
struct PluginThunk;
template <typename F, typename Returned, bool kCaller, typename... Args>
struct PluginThunk<F, Signature<Returned, kCaller, Args...>> {
  using Result = typename ResultOf<Returned>::type;
  static constexpr bool kParametersFit = (PluginParameter<Args> && ...);
  static constexpr bool kResultFits = PluginReturn<Result>;
  // Whether it is more than a HostFunction can take.
  static constexpr bool kHasTexts =
      (... || (PluginParameter<Args> && !WasmValue<Args>)) ||
      (!std::is_void_v<Result> && PluginParameter<Result> && !WasmValue<Result>);

  static Returned run(F& callable, Caller& caller, const Args&... arguments) {
    if constexpr (kCaller) {
      return callable(caller, arguments...);
    } else {
      return callable(arguments...);
    }
  }

  template <std::size_t... kIndex>
  static std::tuple<Args...> take([[maybe_unused]] std::span<const PluginArgument> all,
                                  std::index_sequence<kIndex...>) {
    return {from_argument<Args>(all[kIndex])...};
  }

  static std::expected<void, Error> call(F& callable, Caller& caller, std::span<const PluginArgument> all,
                                         GiveResult give) {
    const auto arguments = take(all, std::index_sequence_for<Args...>{});
    const auto work = [&](const Args&... each) -> Returned { return run(callable, caller, each...); };
    if constexpr (std::is_void_v<Returned>) {
      std::apply(work, arguments);
      return {};
    } else {
      const Returned outcome = std::apply(work, arguments);
      if constexpr (!ResultOf<Returned>::fallible) {
        return give.give(give.context, to_argument(outcome));
      } else {
        if (!outcome) return std::unexpected(outcome.error());
        if constexpr (std::is_void_v<Result>) {
          return {};
        } else {
          return give.give(give.context, to_argument(*outcome));
        }
      }
    }
  }

  static PluginHostFunction make(F callable) {
    static_assert(kParametersFit,
                  "each parameter of a plugin's host function with texts is std::string_view, std::string, "
                  "std::span<const std::byte>, std::vector<std::byte>, std::optional of one of these, bool, "
                  "std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, float or double");
    static_assert(
        kResultFits,
        "the result of a plugin's host function with texts is void, std::string, std::vector<std::byte>, "
        "std::optional of one of these, bool, a number, or a std::expected of one of all these with "
        "tenon::Error (a view would be of something that is gone)");
    if constexpr (kParametersFit && kResultFits) {
      return {.result = plugin_type_of<Result>(),
              .parameters = {plugin_type_of<Args>()...},
              .call = [shared = std::make_shared<F>(std::move(callable))](
                          Caller& caller, std::span<const PluginArgument> all, GiveResult give) {
                return PluginThunk::call(*shared, caller, all, give);
              }};
    } else {
      return {};
    }
  }
};

template <typename F>
constexpr bool has_texts() {
  if constexpr (OneSignature<F>) {
    return PluginThunk<F, typename SignatureOf<F>::type>::kHasTexts;
  } else {
    return false;
  }
}

template <typename F>
PluginHostFunction plugin_host_function(F callable) {
  return PluginThunk<F, typename SignatureOf<F>::type>::make(std::move(callable));
}

}  // namespace detail
}  // namespace tenon
