#include "artifact/protocols.hpp"

#include <algorithm>
#include <utility>

namespace tenon {
namespace {

struct Rule {
  Protocol protocol;
  std::string_view name;
  bool (*fits)(artifact::Exports);
};

constexpr Rule kRules[] = {
    {Protocol::assemblyscript, "assemblyscript",
     [](artifact::Exports exports) { return artifact::find_assemblyscript(exports).has_value(); }},
};
static_assert(std::size(kRules) == static_cast<std::size_t>(artifact::kLastProtocol));

}  // namespace

Protocol artifact::detect_protocol(Exports exports) {
  const auto* rule = std::ranges::find_if(kRules, [&](const Rule& rule) { return rule.fits(exports); });
  return rule != std::end(kRules) ? rule->protocol : Protocol::none;
}

std::string_view to_string(Protocol protocol) {
  const auto* rule = std::ranges::find(kRules, protocol, &Rule::protocol);
  return rule != std::end(kRules) ? rule->name : "none";
}

}  // namespace tenon
