// A plugin's function with C++ types: texts, bytes and numbers.
//
//   auto mixed = plugin->function<std::string(std::string_view, std::int32_t, double)>("mixed");
//   if (!mixed) return fail(mixed.error());
//   std::expected<std::string, tenon::Error> text = (*mixed)("key", 3, 0.5);
//
// Parameters: bool, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, float, double; a
// text, which is UTF-8, as std::string_view or std::string; bytes as std::span<const
// std::byte> or std::vector<std::byte>; and std::optional of a text or bytes, of which none is
// the plugin's null. Result: void, a number, std::string, std::vector<std::byte>, or
// std::optional of the last two. Other types do not compile, with one sentence that says why.
//
// How each crosses is the protocol's affair. In AssemblyScript a text is a `string` (or the
// ArrayBuffer of TextType::array_buffer), bytes are an ArrayBuffer, an optional is `| null`; all
// these are pointers, which tell nothing of their class: only a plugin that declares its functions
// (docs/guide/protocols.md) has such mistakes found when a function is looked up.
#pragma once

#include <array>
#include <expected>
#include <memory>
#include <string>
#include <utility>

#include <tenon/api.hpp>
#include <tenon/detail/forward.hpp>
#include <tenon/detail/plugin_value.hpp>
#include <tenon/error.hpp>
#include <tenon/plugin.hpp>

namespace tenon TENON_API {

// A function whose type was checked once, as it was looked up. Valid while its Plugin lives,
// also when that is moved; used by one thread at a time, as the plugin is. Copies are cheap.
template <typename R, typename... Args>
class PluginFunction<R(Args...)> {
  static_assert(
      (detail::PluginParameter<std::remove_cvref_t<Args>> && ...),
      "each parameter of a plugin's function is bool, std::int32_t, std::uint32_t, std::int64_t, "
      "std::uint64_t, float, double, std::string_view, std::span<const std::byte>, or std::optional of "
      "one of the last two");
  static_assert(
      detail::PluginReturn<R>,
      "the result of a plugin's function is void, bool, std::int32_t, std::uint32_t, std::int64_t, "
      "std::uint64_t, float, double, std::string, std::vector<std::byte>, or std::optional of one of the "
      "last two (a view would be of something that is gone)");
  static_assert(sizeof...(Args) <= detail::kMaxPluginParameters,
                "a plugin's function takes at most 16 parameters");

 public:
  // Texts and bytes are copied in, and the result is a copy. Errors: as Plugin::execute; for a
  // result of bytes also protocol, where the plugin gives another object than bytes.
  [[nodiscard]] std::expected<R, Error> operator()(const std::remove_cvref_t<Args>&... arguments) const {
    detail::ResultPlace<R> place;
    detail::PluginResult result = place.result();
    if (auto done = call(result, arguments...); !done) [[unlikely]]
      return std::unexpected(std::move(done.error()));
    if constexpr (std::is_void_v<R>) {
      return {};
    } else {
      return place.take(result);
    }
  }

  // The same into a buffer of the caller's: no allocation once it is large enough. After an
  // error it may hold anything.
  template <typename Buffer>
    requires(std::is_same_v<R, Buffer> &&
             (std::is_same_v<R, std::string> || std::is_same_v<R, std::vector<std::byte>>))
  [[nodiscard]] std::expected<void, Error> into(Buffer& buffer,
                                                const std::remove_cvref_t<Args>&... arguments) const {
    detail::PluginResult result{.type = detail::plugin_type_of<R>()};
    if constexpr (std::is_same_v<R, std::string>) {
      result.text = &buffer;
    } else {
      result.bytes = &buffer;
    }
    return call(result, arguments...);
  }

 private:
  friend class Plugin;
  PluginFunction(Plugin::Impl* plugin, std::shared_ptr<const plugin::Entry> entry)
      : plugin_(plugin), entry_(std::move(entry)) {}

  static constexpr std::array<detail::PluginType, sizeof...(Args)> kParameters{
      detail::plugin_type_of<std::remove_cvref_t<Args>>()...};
  static detail::PluginSignature signature() { return {detail::plugin_type_of<R>(), kParameters}; }

  std::expected<void, Error> call(detail::PluginResult& result,
                                  const std::remove_cvref_t<Args>&... arguments) const {
    const std::array<detail::PluginArgument, sizeof...(Args)> all{detail::to_argument(arguments)...};
    // A host function may destroy the plugin, and this with it, in the middle of the call.
    const auto entry = entry_;
    return Plugin::call_entry(*plugin_, *entry, all, result);
  }

  Plugin::Impl* plugin_;
  std::shared_ptr<const plugin::Entry> entry_;
};

template <typename Signature>
std::expected<PluginFunction<Signature>, Error> Plugin::function(std::string_view name) const {
  auto entry = find_entry(name, PluginFunction<Signature>::signature());
  if (!entry) return std::unexpected(std::move(entry.error()));
  return PluginFunction<Signature>(impl_.get(), std::move(*entry));
}

}  // namespace tenon
