// How texts cross between host and plugin. Plugin (plugin.cpp) knows protocols only
// through this header and the table in protocols.cpp, and none by name.
// docs/guide/recipes.md says how to add one.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <tenon/plugin.hpp>

#include "plugin/line_log.hpp"

namespace tenon::plugin {

// A guest export as its protocol found it. Valid while the instance lives.
struct Entry {
  std::string name;
  Function function;
  bool returns;
};

// Bound to one instance, whose store outlives it. The plugin is not trusted: a protocol
// checks every pointer and length that it gives against its memory as it is at that
// moment.
class Protocol {
 public:
  Protocol() = default;
  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;
  virtual ~Protocol() = default;

  // The export as a function of that signature. Errors: unknown_export, which lists what there
  // is; signature_mismatch.
  [[nodiscard]] virtual std::expected<Entry, Error> find(std::string_view name,
                                                         const detail::PluginSignature& signature) const = 0;
  // Passes the arguments in, calls the function, and puts what it returns into `result`. Does what
  // the plugin needs between calls. A status of 0 is a failure (protocol). Preconditions: the types
  // are those of the signature that `find` was asked for, and the instance is not poisoned. If the
  // guest stops, it is poisoned afterwards. Errors: those of the guest's calls, protocol,
  // invalid_argument, out_of_resources (the result exceeds Values::result_limit, among others).
  [[nodiscard]] virtual std::expected<void, Error> call(const Entry& function,
                                                        std::span<const detail::PluginArgument> arguments,
                                                        detail::PluginResult& result) = 0;
  // Runs the plugin's collector, where it has one. Precondition and errors as above.
  [[nodiscard]] virtual std::expected<void, Error> collect() = 0;
  // The size in bytes of the memory through which texts go.
  [[nodiscard]] virtual std::uint64_t memory_size() const = 0;
};

// What the host functions of a protocol keep for one plugin.
struct ProtocolState {
  ProtocolState() = default;
  ProtocolState(const ProtocolState&) = delete;
  ProtocolState& operator=(const ProtocolState&) = delete;
  virtual ~ProtocolState() = default;
};

// What a host function with texts is made of, for one plugin.
struct HostFunctionContext {
  const Module& module;
  const PluginOptions::Values& options;
  const ProtocolState* state;           // as in bind
  std::shared_ptr<bool> is_allocating;  // of the plugin, for all of its host functions
};

struct ProtocolKind {
  // Its imports are those of programs in a language, whatever protocol they speak.
  bool is_of_a_language;
  // Provides the host functions that its plugins import beside WASI's, to whatever module
  // asks for them. Nullptr where there are none.
  std::shared_ptr<ProtocolState> (*add_imports)(Imports& imports, const Module& module,
                                                const std::shared_ptr<LineLog>& log);
  // A host function of the user's as an import of this protocol's plugins, for one plugin.
  // Errors, phase link: incompatible_import, where the plugin says that its type is another.
  std::expected<HostFunction, Error> (*host_function)(const PluginOptions::Values::Host& host,
                                                      const detail::PluginHostFunction& function,
                                                      const HostFunctionContext& context);
  // Explains an error in the terms of this protocol: adds what to do about it, or sets the
  // code for what its plugins do in their own way. `last_words` is the last line that the
  // guest printed on standard error. Nullptr where there is nothing to say.
  Error (*explain)(Error error, const Module& module, std::string_view last_words);
  // Precondition: the instance's exports fit, by artifact/protocols.hpp. The state is what
  // add_imports gave for the plugin. Errors: out_of_resources.
  std::expected<std::unique_ptr<Protocol>, Error> (*bind)(const Instance& instance,
                                                          const PluginOptions::Values& options,
                                                          std::shared_ptr<ProtocolState> state);
};

[[nodiscard]] std::span<const ProtocolKind* const> protocol_kinds();
// The kind that fits the module's exports. Errors: as artifact::detect_protocol.
[[nodiscard]] std::expected<const ProtocolKind*, Error> protocol_kind_of(const Module& module);

}  // namespace tenon::plugin
