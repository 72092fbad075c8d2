// Tenon's own protocol, version 1 (docs/guide/protocols.md): the plugin declares its functions,
// texts and bytes are a pointer and a length, and a result of them is both in one i64.
//
// For each call the host asks `tenon_alloc` for one block, which has all texts of the call; the
// function that gets them owns it. A text that a host function gives is a block of its own.
//
// The plugin is not trusted: every pointer and length is checked against the memory as it is at
// that moment, and what comes out is copied before the plugin runs again.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "artifact/protocols.hpp"
#include "plugin/protocol.hpp"

namespace tenon::plugin::declared {

// As in ProtocolKind. The imports are `tenon.error`, by which a call says that it failed and
// why, and `tenon.log`.
std::shared_ptr<ProtocolState> add_imports(Imports& imports, const Module& module,
                                           const std::shared_ptr<LineLog>& log);
[[nodiscard]] std::expected<HostFunction, Error> host_function(const PluginOptions::Values::Host& host,
                                                               const detail::PluginHostFunction& function,
                                                               const HostFunctionContext& context);
[[nodiscard]] std::expected<std::unique_ptr<Protocol>, Error> bind(const Instance& instance,
                                                                   const PluginOptions::Values& options,
                                                                   std::shared_ptr<ProtocolState> state);

// Of one plugin.
struct State final : ProtocolState {
  static constexpr std::uint64_t kMostSaid = 4096;  // bytes; what is beyond is cut

  std::expected<artifact::DeclaredExports, Error> exports;  // looked at once, when it is loaded
  std::optional<std::string> said_error;                    // by tenon.error, since the call began
};
[[nodiscard]] inline const State& state_of(const HostFunctionContext& context) {
  return static_cast<const State&>(*context.state);
}

// Whether what is given as a type may be taken as another: a text as one that may be null.
[[nodiscard]] inline bool may_pass(detail::PluginType given, detail::PluginType taken) {
  using detail::PluginType;
  return given == taken || (given == PluginType::text && taken == PluginType::optional_text) ||
         (given == PluginType::bytes && taken == PluginType::optional_bytes);
}

// Where bytes lie in a guest's memory. Null is no value of an optional.
struct Block {
  std::uint32_t address = 0;
  std::uint32_t size = 0;
  [[nodiscard]] bool is_null() const { return address == 0; }
};

// The bytes of the block, if all of it is inside.
[[nodiscard]] inline std::optional<std::string_view> view(std::span<const std::uint8_t> memory, Block block) {
  if (std::uint64_t{block.address} + block.size > memory.size()) return std::nullopt;  // cannot wrap
  return std::string_view(reinterpret_cast<const char*>(memory.data()) + block.address, block.size);
}

// protocol; `what` begins the sentence, as "transform returned".
[[nodiscard]] Error outside(std::string_view what, Block block, std::uint64_t memory_size);
[[nodiscard]] Error null(std::string_view what);

}  // namespace tenon::plugin::declared
