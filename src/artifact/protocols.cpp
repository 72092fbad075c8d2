#include "artifact/protocols.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tenon {
namespace {

// Why a module is none of a protocol's; nullopt where it is.
std::optional<Error> why_not_assemblyscript(artifact::Exports exports, std::string_view /*declaration*/) {
  auto found = artifact::find_assemblyscript(exports);
  return found ? std::nullopt : std::optional(std::move(found.error()));
}
std::optional<Error> why_not_declared(artifact::Exports exports, std::string_view declaration) {
  auto found = artifact::find_declared(exports, declaration);
  return found ? std::nullopt : std::optional(std::move(found.error()));
}

struct Rule {
  Protocol protocol;
  bool is_declared;  // a plugin that declares its functions is asked by these rules alone, others by the rest
  std::optional<Error> (*why_not)(artifact::Exports, std::string_view declaration);
};

constexpr Rule kRules[] = {
    {Protocol::assemblyscript, false, why_not_assemblyscript},
    {Protocol::tenon, true, why_not_declared},
};

constexpr bool ascend_by_one() {
  std::uint8_t number = 0;
  return std::ranges::all_of(kRules,
                             [&](const Rule& rule) { return std::to_underlying(rule.protocol) == ++number; });
}
static_assert(ascend_by_one(), "each Protocol but none has one row, in the order of their numbers");

}  // namespace

std::expected<Protocol, Error> artifact::detect_protocol(Exports exports, std::string_view declaration) {
  std::optional<Error> why;
  for (const Rule& rule : kRules) {
    if (rule.is_declared == declaration.empty()) continue;
    auto error = rule.why_not(exports, declaration);
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
    case Protocol::tenon: return "tenon";
  }
  return "unknown";
}

}  // namespace tenon
