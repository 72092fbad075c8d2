// The table of protocols.
#include <utility>

#include "artifact/protocols.hpp"
#include "plugin/assemblyscript/assemblyscript.hpp"
#include "plugin/protocol.hpp"

namespace tenon::plugin {
namespace {

constexpr ProtocolKind kAssemblyScript = {.add_imports = assemblyscript::add_imports,
                                          .host_function = assemblyscript::host_function,
                                          .explain = assemblyscript::explain,
                                          .bind = assemblyscript::bind};

constexpr const ProtocolKind* kKinds[] = {&kAssemblyScript};

}  // namespace

std::span<const ProtocolKind* const> protocol_kinds() { return kKinds; }

std::expected<const ProtocolKind*, Error> protocol_kind_of(const Module& module) {
  // The compiler asked the same of the same exports; `none` may have a reason.
  auto protocol = module.info().protocol;
  if (protocol == tenon::Protocol::none) {
    const auto detected = artifact::detect_protocol(module.exports());
    if (!detected) return std::unexpected(detected.error());
    protocol = *detected;
  }
  switch (protocol) {
    case tenon::Protocol::none: break;
    case tenon::Protocol::assemblyscript: return &kAssemblyScript;
  }
  std::unreachable();  // `none` is an error above
}

}  // namespace tenon::plugin
