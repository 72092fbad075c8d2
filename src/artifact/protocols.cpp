#include "artifact/protocols.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tenon {
namespace {

// Why the exports are none of a protocol's; nullopt where they are.
template <auto kFind>
std::optional<Error> why_not(artifact::Exports exports) {
  auto found = kFind(exports);
  return found ? std::nullopt : std::optional(std::move(found.error()));
}

struct Rule {
  Protocol protocol;
  std::optional<Error> (*why_not)(artifact::Exports);
};

constexpr Rule kRules[] = {
    {Protocol::assemblyscript, why_not<artifact::find_assemblyscript>},
};

constexpr bool ascend_by_one() {
  std::uint8_t number = 0;
  return std::ranges::all_of(kRules,
                             [&](const Rule& rule) { return std::to_underlying(rule.protocol) == ++number; });
}
static_assert(ascend_by_one(), "each Protocol but none has one row, in the order of their numbers");

}  // namespace

std::expected<Protocol, Error> artifact::detect_protocol(Exports exports) {
  std::optional<Error> why;
  for (const Rule& rule : kRules) {
    auto error = rule.why_not(exports);
    if (!error) return rule.protocol;
    if (error->code != ErrorCode::protocol) return std::unexpected(std::move(*error));
    if (!why) why = std::move(error);
  }
  return std::unexpected(std::move(*why));
}

Protocol artifact::protocol_of(std::uint8_t number) {
  return number <= std::size(kRules) ? Protocol{number} : Protocol::none;
}

std::string_view to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::none: return "none";
    case Protocol::assemblyscript: return "assemblyscript";
  }
  return "unknown";
}

}  // namespace tenon
