// How a module's imports are found in an Imports value.
#pragma once

#include <expected>
#include <vector>

#include <tenon/store.hpp>

#include "runtime/instance/definitions.hpp"

namespace tenon::runtime {

class ModuleImpl;
class StoreImpl;

// A definition for each import, in the module's order. They are views into the Imports and
// into `made`, which holds what providers made and the stand-ins for unknown imports.
struct ResolvedImports {
  std::vector<const Definitions::Definition*> definitions;
  std::vector<Definitions::Definition> made;  // never grows beyond its capacity
  std::vector<std::pair<std::string, std::shared_ptr<SnapshotState>>> states;
};

// Sections 4.5.3 "Import matching" and 4.5.4 "Instantiation". Errors have phase link and
// name the imports that are wrong.
[[nodiscard]] std::expected<ResolvedImports, Error> resolve_imports(StoreImpl& store,
                                                                    const ModuleImpl& module,
                                                                    const Definitions& imports);

}  // namespace tenon::runtime
