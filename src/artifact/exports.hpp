// Looking for what a protocol needs among a plugin's exports.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include <tenon/error.hpp>
#include <tenon/types.hpp>

namespace tenon::artifact {

using Exports = std::span<const ExportType>;

// Nullptr where there is none.
[[nodiscard]] const ExportType* find_export(Exports exports, std::string_view name);

// What a protocol needs is not there, so that another may fit: ErrorCode::protocol.
[[nodiscard]] std::unexpected<Error> lacks(std::string what);

// The name of the memory for texts: "memory", or the only one under whatever name.
// Errors: protocol.
[[nodiscard]] std::expected<std::string, Error> find_memory(Exports exports);

// Whether the export is there. Later calls do not look at types again; this check makes
// them sound. Errors: signature_mismatch, where it is of another type than the protocol's,
// whose name is for the message ("AssemblyScript").
[[nodiscard]] std::expected<bool, Error> has_function(Exports exports, std::string_view name,
                                                      const FunctionType& wanted, std::string_view protocol);

}  // namespace tenon::artifact
