// Which protocol a plugin speaks, told from its exports alone. The compiler writes the
// answer into the note, and src/plugin asks the same functions when it binds: the two
// cannot disagree.
#pragma once

#include <expected>
#include <span>
#include <string>

#include <tenon/artifact_info.hpp>
#include <tenon/error.hpp>
#include <tenon/types.hpp>

namespace tenon::artifact {

using Exports = std::span<const ExportType>;

// The exports of AssemblyScript's runtime by which texts are passed, each with the type
// that AssemblyScript gives it (AssemblyScript book, "Runtime interface").
struct AssemblyScriptExports {
  std::string memory;    // its name
  bool malloc = false;   // (size) -> pointer to an ArrayBuffer; of the plugin's own making
  bool new_ = false;     // __new(size, class id) -> pointer
  bool pin = false;      // __pin(pointer) -> pointer
  bool unpin = false;    // __unpin(pointer)
  bool collect = false;  // __collect()
};
// Errors: protocol, where what texts need is missing; signature_mismatch, where a
// function of the runtime has another type.
[[nodiscard]] std::expected<AssemblyScriptExports, Error> find_assemblyscript(Exports exports);

// The first protocol that fits, else Protocol::none.
[[nodiscard]] Protocol detect_protocol(Exports exports);
// The one with the highest number.
inline constexpr Protocol kLastProtocol = Protocol::assemblyscript;

}  // namespace tenon::artifact
