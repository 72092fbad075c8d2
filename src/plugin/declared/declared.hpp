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

#include "plugin/protocol.hpp"

namespace tenon::plugin::declared {

// As in ProtocolKind. The imports are `tenon.error`, by which a call says that it failed and
// why, and `tenon.log`.
std::shared_ptr<ProtocolState> add_imports(Imports& imports, const std::shared_ptr<LineLog>& log);
[[nodiscard]] std::expected<HostFunction, Error> host_function(const PluginOptions::Values::Host& host,
                                                               const detail::PluginHostFunction& function,
                                                               const HostFunctionContext& context);
[[nodiscard]] std::expected<std::unique_ptr<Protocol>, Error> bind(const Instance& instance,
                                                                   const PluginOptions::Values& options,
                                                                   std::shared_ptr<ProtocolState> state);

// What the plugin said by tenon.error since the call began.
struct SaidError final : ProtocolState {
  static constexpr std::uint64_t kMost = 4096;  // bytes; what is beyond is cut

  std::optional<std::string> message;
};

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
