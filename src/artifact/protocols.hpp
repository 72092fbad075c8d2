// Which protocol a plugin speaks, told from its exports and what it declares. The compiler writes the
// answer into the note, and src/plugin asks the same function when it binds: the two
// cannot disagree.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include <tenon/artifact_info.hpp>

#include "artifact/declaration.hpp"
#include "artifact/exports.hpp"

namespace tenon::artifact {

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

// What a plugin of Tenon's own protocol has: a memory and `tenon_alloc(size) -> pointer`,
// and functions whose types it declares (artifact/declaration.hpp).
struct DeclaredExports {
  std::string memory;  // its name
  Declaration declaration;
};
// Errors: protocol, where the module declares nothing or lacks the memory or the allocator;
// malformed, a declaration that cannot be read; signature_mismatch, an export that is not as
// declared.
[[nodiscard]] std::expected<DeclaredExports, Error> find_declared(Exports exports,
                                                                  std::string_view declaration);

// Whether each declared import that the module has is of the type that its declaration gives it.
// Errors: signature_mismatch; malformed, one that is declared twice.
[[nodiscard]] std::expected<void, Error> check_declared_imports(std::span<const ImportType> imports,
                                                                const Declaration& declaration);

// The first protocol that fits. Where what a protocol needs is missing (ErrorCode::protocol)
// the next is tried; any other error says that the plugin is of that protocol and wrong.
// Errors: that one, or else why the first protocol does not fit.
[[nodiscard]] std::expected<Protocol, Error> detect_protocol(Exports exports, std::string_view declaration);
// Protocol::none for a number that a later version of Tenon has given.
[[nodiscard]] Protocol protocol_of(std::uint8_t number);

}  // namespace tenon::artifact
