// Host functions that stand in for imports which the host left undefined
// (Imports::unknown). They belong to no store and depend on the import only, so they are
// made once for a module, whoever instantiates it. Any thread may ask.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "artifact/plan.hpp"
#include "runtime/instance/definitions.hpp"

namespace tenon::runtime {

class StandIns {
 public:
  // For one of the plan's imports; null where that is no function.
  [[nodiscard]] const Definitions::Definition* function(std::size_t import,
                                                        const artifact::InstantiationPlan& plan,
                                                        UnknownImports policy) const;

 private:
  struct Made {
    std::once_flag once;
    std::vector<std::optional<Definitions::Definition>> functions;  // for each import that is one
  };
  mutable Made zero_;
  mutable Made trapping_;
};

}  // namespace tenon::runtime
