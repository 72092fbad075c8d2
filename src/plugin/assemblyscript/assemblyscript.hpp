// The AssemblyScript protocol: how texts go into a plugin and come out of it.
//
// An object of AssemblyScript is a pointer to its contents. Before them lies a header, of
// which two fields matter here (AssemblyScript book, "Runtime", "Memory layout";
// little-endian u32):
//
//   pointer - 8   class id: 1 ArrayBuffer, 2 String
//   pointer - 4   byte length of the contents
//
// An ArrayBuffer carries UTF-8, a String UTF-16LE. To pass one in, the host has the plugin
// allocate it: by its own `malloc(size) -> ArrayBuffer` where it exports one, else by the
// runtime's `__new(size, class id)`.
//
// The collector may run in any allocation, and does not see that the host still holds the
// previous argument: `__pin` tells it. A plugin without `__pin` (built without
// --exportRuntime) works; but there a large second argument can make the incremental
// collector free the first one while it is still needed.
//
// The plugin is not trusted. It may return any pointer, from an allocation or as a result.
// The host checks the pointer and the header behind it against the memory as it is at that
// moment, and copies the contents out before the plugin runs again.
#pragma once

#include <expected>
#include <memory>
#include <string_view>

#include "plugin/protocol.hpp"

namespace tenon::plugin::assemblyscript {

// As in ProtocolKind.
[[nodiscard]] std::expected<std::unique_ptr<Protocol>, Error> bind(const Instance& instance,
                                                                   const PluginOptions::Values& options,
                                                                   std::shared_ptr<ProtocolState> state);
// The host functions `env.abort`, `env.trace` and `env.seed`, each where the module
// imports it with AssemblyScript's type. They keep nothing.
std::shared_ptr<ProtocolState> add_imports(Imports& imports, const Module& module,
                                           const std::shared_ptr<LineLog>& log);
// Texts are what the plugin's texts are for calls, Strings or ArrayBuffers; the plugin may pass
// either. Bytes are ArrayBuffers, and an optional that has no value is null.
[[nodiscard]] std::expected<HostFunction, Error> host_function(const PluginOptions::Values::Host& host,
                                                               const detail::PluginHostFunction& function,
                                                               const HostFunctionContext& context);
[[nodiscard]] Error explain(Error error, const Module& module, std::string_view last_words);

// The WebAssembly type of a function with that signature; a text or bytes are a pointer.
[[nodiscard]] FunctionType function_type(const detail::PluginSignature& signature);
// Whether a plugin's texts are Strings; else they are ArrayBuffers.
[[nodiscard]] bool has_strings(const AssemblyScriptOptions& options, bool exports_malloc);

}  // namespace tenon::plugin::assemblyscript
