// The table of protocols.
#include <utility>

#include "artifact/protocols.hpp"
#include "plugin/assemblyscript/assemblyscript.hpp"
#include "plugin/declared/declared.hpp"
#include "plugin/protocol.hpp"

namespace tenon::plugin {
namespace {

constexpr ProtocolKind kAssemblyScript = {.is_of_a_language = true,
                                          .add_imports = assemblyscript::add_imports,
                                          .host_function = assemblyscript::host_function,
                                          .explain = assemblyscript::explain,
                                          .bind = assemblyscript::bind};

constexpr ProtocolKind kDeclared = {.is_of_a_language = false,
                                    .add_imports = declared::add_imports,
                                    .host_function = declared::host_function,
                                    .explain = nullptr,
                                    .bind = declared::bind};

constexpr const ProtocolKind* kKinds[] = {&kAssemblyScript, &kDeclared};

}  // namespace

std::span<const ProtocolKind* const> protocol_kinds() { return kKinds; }

std::expected<const ProtocolKind*, Error> protocol_kind_of(const Module& module) {
  // The compiler asked the same of the same exports; `none` may have a reason.
  auto protocol = module.info().protocol;
  if (protocol == tenon::Protocol::none) {
    const auto detected = artifact::detect_protocol(module.exports(), module.info().declaration);
    if (!detected) return std::unexpected(detected.error());
    protocol = *detected;
  }
  switch (protocol) {
    case tenon::Protocol::none: break;
    case tenon::Protocol::assemblyscript: return &kAssemblyScript;
    case tenon::Protocol::tenon: return &kDeclared;
  }
  std::unreachable();  // `none` is an error above
}

}  // namespace tenon::plugin
