// Where calls that throw go on, from an artifact's unwind tables.
#pragma once

#include <expected>

#include "compiler/check/artifact_text.hpp"

namespace tenon::compiler {

// Fills in text.call_sites; the functions and sections are there.
[[nodiscard]] std::expected<void, Error> read_landing_pads(base::ByteView unwind_table, std::uint64_t address,
                                                           ArtifactText& text);

}  // namespace tenon::compiler
