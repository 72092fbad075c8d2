// From the numbers that a file has for function types to those of the process.
//
// An artifact knows only its own types. Loaded, its functions meet those of other
// artifacts and of the host in one table, so that its types get the numbers that all of
// the process goes by (base/type_registry.hpp).
#pragma once

#include <expected>

#include <tenon/artifact_info.hpp>

#include "artifact/note.hpp"
#include "artifact/plan.hpp"
#include "base/type_registry.hpp"

namespace tenon::runtime {

// What the note says, for the host: its types_used keeps the numbers.
// Errors: out_of_resources (phase load), where the process has no numbers left.
[[nodiscard]] std::expected<ArtifactInfo, Error> in_process_types(artifact::Note note);

// The plan in the numbers that `uses` keeps. Errors: as above.
[[nodiscard]] std::expected<artifact::InstantiationPlan, Error> in_process_types(
    artifact::InstantiationPlan plan, base::TypeUses& uses);

}  // namespace tenon::runtime
