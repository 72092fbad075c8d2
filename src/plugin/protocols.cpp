// The table of protocols.
#include "plugin/assemblyscript/assemblyscript.hpp"
#include "plugin/protocol.hpp"

namespace tenon::plugin {
namespace {

constexpr ProtocolKind kKinds[] = {
    {.add_imports = assemblyscript::add_imports,
     .explain = assemblyscript::explain,
     .bind = assemblyscript::bind},
};

}  // namespace

std::span<const ProtocolKind> protocol_kinds() { return kKinds; }

}  // namespace tenon::plugin
