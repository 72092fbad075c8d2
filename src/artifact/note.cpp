#include "artifact/note.hpp"

#include <elf.h>

#include <algorithm>

#include "artifact/abi.hpp"
#include "artifact/fields.hpp"
#include "artifact/protocols.hpp"
#include "artifact/types_codec.hpp"
#include "base/error.hpp"

namespace tenon::artifact {
namespace {

// How the code was made: bits of one byte.
constexpr std::uint8_t kStrict = 1, kMetering = 2, kSpectre = 4;

base::Bytes encode_fields(const Note& note) {
  const ArtifactInfo& info = note.info;
  base::ByteWriter out;
  auto write_text = [&](const std::string& text) { out.string(text); };
  out.string(info.producer);
  out.string(info.target_triple);
  out.string(info.cpu);
  write_list(out, info.cpu_features, write_text);
  write_list(out, info.wasm_features, write_text);
  out.raw(info.source_sha256);
  out.leb(info.source_size);
  out.u8(info.optimization_level);
  out.u8(static_cast<std::uint8_t>((info.strict ? kStrict : 0) | (info.metering ? kMetering : 0) |
                                   (info.spectre ? kSpectre : 0)));
  out.u8(static_cast<std::uint8_t>(info.bounds));
  out.u8(info.resettable);
  out.u8(static_cast<std::uint8_t>(info.protocol));
  out.string(info.declaration);
  TypeWriter types(out, note.numbered_types);
  types.mention_types_of(info.imports);
  types.mention_types_of(info.exports);
  types.write_list_of_mentioned();
  types.imports(info.imports);
  types.exports(info.exports);
  return std::move(out).take();
}

Note read_fields(FieldReader& in) {
  Note note;
  ArtifactInfo& info = note.info;
  auto read_text = [&] { return in.string(); };
  info.producer = in.string();
  info.target_triple = in.string();
  info.cpu = in.string();
  info.cpu_features = in.list(read_text);
  info.wasm_features = in.list(read_text);
  info.source_sha256 = in.fixed<base::Sha256>();
  info.source_size = in.u64();
  info.optimization_level = in.u8();
  const std::uint8_t made = in.bits(kStrict | kMetering | kSpectre);
  info.strict = (made & kStrict) != 0;
  info.metering = (made & kMetering) != 0;
  info.spectre = (made & kSpectre) != 0;
  info.bounds = in.choice(Bounds::explicit_checks);
  info.resettable = in.flag();
  info.protocol = protocol_of(in.u8());
  info.declaration = in.string();
  TypeReader types(in);
  note.numbered_types = types.list_of_mentioned();
  info.imports = types.imports();
  info.exports = types.exports();
  return note;
}

std::unexpected<Error> corrupt(const char* what) {
  return base::fail(Phase::load, ErrorCode::corrupt_artifact,
                    std::string("the Tenon note ") + what + "; compile the module again");
}

std::unexpected<Error> wrong_version(const char* what, std::uint32_t found, std::uint32_t expected) {
  return base::fail(Phase::load, ErrorCode::version_mismatch,
                    "made for artifact " + std::string(what) + " version " + std::to_string(found) +
                        ", this runtime is for version " + std::to_string(expected) +
                        "; compile the module again with this version of Tenon");
}

}  // namespace

base::Bytes encode_note(const Note& note) {
  const base::Bytes fields = encode_fields(note);
  base::ByteWriter body;
  body.fixed(static_cast<std::uint32_t>(fields.size()));
  body.raw(fields);
  base::ByteWriter out;
  out.fixed(kFormatVersion);
  out.fixed(kAbiVersion);
  out.raw(base::sha256(body.bytes()));
  out.raw(body.bytes());
  return std::move(out).take();
}

std::expected<Note, Error> decode_note(base::ByteView payload) {
  base::ByteReader reader(payload);
  const auto format = reader.fixed<std::uint32_t>();
  const auto abi = reader.fixed<std::uint32_t>();
  if (!format || !abi) return corrupt("is cut off");
  if (*format != kFormatVersion) return wrong_version("format", *format, kFormatVersion);
  if (*abi != kAbiVersion) return wrong_version("ABI", *abi, kAbiVersion);

  const auto checksum = reader.fixed<base::Sha256>();
  if (!checksum) return corrupt("is cut off");
  if (base::sha256(payload.subspan(reader.position())) != *checksum) {
    return corrupt("does not match its checksum");
  }
  const auto size = reader.fixed<std::uint32_t>();
  if (!size || *size != reader.remaining()) return corrupt("has a wrong size");

  FieldReader fields(reader);
  Note note = read_fields(fields);
  if (!fields.ok() || !reader.at_end()) return corrupt("is malformed");
  note.info.format_version = *format;
  note.info.abi_version = *abi;
  return note;
}

base::Bytes wrap_elf_note(base::ByteView payload) {
  base::ByteWriter out;
  auto pad = [&](std::size_t size) {
    for (; size % 4 != 0; ++size) out.u8(0);
  };
  out.fixed(Elf64_Nhdr{.n_namesz = sizeof(kNoteName),
                       .n_descsz = static_cast<Elf64_Word>(payload.size()),
                       .n_type = kNoteType});
  out.raw({reinterpret_cast<const std::uint8_t*>(kNoteName), sizeof(kNoteName)});
  pad(sizeof(kNoteName));
  out.raw(payload);
  pad(payload.size());
  return std::move(out).take();
}

}  // namespace tenon::artifact
