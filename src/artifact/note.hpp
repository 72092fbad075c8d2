// The .note.tenon payload: an ArtifactInfo in bytes, with its own checksum.
//
//   u32 format version, u32 ABI version       (fixed, readable for ever)
//   32 bytes SHA-256 of all that follows
//   u32 size of what follows
//   the fields of ArtifactInfo, strings with LEB128 length
//
// The note stands in an ordinary ELF note (name kNoteName, type kNoteType) in
// section kNoteSection, so that readelf -n finds it.
#pragma once

#include <expected>

#include <tenon/artifact_info.hpp>

#include "artifact/types_codec.hpp"
#include "base/bytes.hpp"
#include "base/sha256.hpp"

namespace tenon::artifact {

// What an artifact says of itself, in the file's own numbers of types; for the host the
// runtime turns them into the process's (runtime/code/process_types.hpp).
struct Note {
  ArtifactInfo info;
  NumberedTypes numbered_types;
};

// The payload; format and ABI version are this build's.
[[nodiscard]] base::Bytes encode_note(const Note& note);

// Errors: version_mismatch, corrupt_artifact.
[[nodiscard]] std::expected<Note, Error> decode_note(base::ByteView payload);

// Wraps a payload as an ELF note (name, type, padding).
[[nodiscard]] base::Bytes wrap_elf_note(base::ByteView payload);

}  // namespace tenon::artifact
