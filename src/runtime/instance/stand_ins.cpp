#include "runtime/instance/stand_ins.hpp"

#include <utility>

#include "base/error.hpp"

namespace tenon::runtime {
namespace {

using Definition = Definitions::Definition;

HostFunction make(const ImportType& item, const FunctionType& type, UnknownImports policy) {
  if (policy == UnknownImports::zero) {
    // The results are preset to zero.
    return HostFunction(type, [](Caller&, auto, auto) -> std::expected<void, Error> { return {}; });
  }
  // The item belongs to the module, which instances keep alive. Its text is made only when
  // somebody asks, since a module has many.
  return HostFunction(type, [&item](Caller&, auto, auto) -> std::expected<void, Error> {
    return base::fail(Phase::call, ErrorCode::unknown_import,
                      "unknown import: " + describe(item) + " was called");
  });
}

}  // namespace

const Definition* StandIns::function(std::size_t import, const artifact::InstantiationPlan& plan,
                                     UnknownImports policy) const {
  if (kind_of(plan.imports[import].type) != ExternKind::function) return nullptr;
  Made& made = policy == UnknownImports::zero ? zero_ : trapping_;
  std::call_once(made.once, [&] {
    std::vector<std::optional<Definition>> functions;
    for (const ImportType& item : plan.imports) {
      const auto* const type = std::get_if<FunctionType>(&item.type);
      functions.push_back(type != nullptr ? std::optional<Definition>(make(item, *type, policy))
                                          : std::nullopt);
    }
    made.functions = std::move(functions);
  });
  return &*made.functions[import];
}

}  // namespace tenon::runtime
