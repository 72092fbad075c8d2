// The frame of a module: header, order and sizes of sections, and what must
// agree between them (core specification, sections 5.5.1 to 5.5.3, 5.5.16).
#include "wasm/reader/reader.hpp"

#include <algorithm>
#include <utility>

#include "wasm/limits.hpp"

namespace tenon::wasm {

// A section's id and its place in the order of sections; 0 where it may stand
// anywhere.
struct ModuleReader::Section {
  std::uint8_t id;
  unsigned rank;
  std::string_view name;
  bool (ModuleReader::*read)(CheckedReader&);
};

const ModuleReader::Section ModuleReader::kSections[] = {
    {0, 0, "custom", &ModuleReader::custom_section},
    {1, 1, "type", &ModuleReader::type_section},
    {2, 2, "import", &ModuleReader::import_section},
    {3, 3, "function", &ModuleReader::function_section},
    {4, 4, "table", &ModuleReader::table_section},
    {5, 5, "memory", &ModuleReader::memory_section},
    {13, 6, "tag", &ModuleReader::tag_section},
    {6, 7, "global", &ModuleReader::global_section},
    {7, 8, "export", &ModuleReader::export_section},
    {8, 9, "start", &ModuleReader::start_section},
    {9, 10, "element", &ModuleReader::element_section},
    {12, 11, "data count", &ModuleReader::data_count_section},
    {10, 12, "code", &ModuleReader::code_section},
    {11, 13, "data", &ModuleReader::data_section},
};

std::expected<Module, Error> ModuleReader::read() {
  base::ByteReader bytes(bytes_);
  CheckedReader in(bytes, 0, features_, &module_.canonical_types);
  bool ok = in.within(bytes_.size(), kMaxModuleBytes, "module", "bytes") && read_header(in);
  while (ok && !in.at_end()) ok = read_section(in);
  if (!ok || !finish(in)) return std::unexpected(in_context(in.take_error()));
  if (name_section_) read_names(*name_section_, module_);
  return std::move(module_);
}

bool ModuleReader::read_header(CheckedReader& in) {
  constexpr std::uint32_t kMagic = 0x6D73'6100;  // "\0asm"
  constexpr std::uint32_t kVersion = 1;
  constexpr std::uint32_t kComponent = 0x0001'000D;
  std::uint32_t word = 0;
  if (!in.fixed(word)) return false;
  if (word != kMagic)
    return in.malformed_at(0, "magic header not detected: the file is not a WebAssembly module");
  if (!in.fixed(word)) return false;
  if (word == kComponent) return in.unsupported_at(4, "unknown binary version: a component, not a module");
  return word == kVersion || in.malformed_at(4, "unknown binary version " + hex(word));
}

bool ModuleReader::read_section(CheckedReader& in) {
  const std::uint64_t start = in.offset();
  std::uint8_t id = 0;
  if (!in.u8(id)) return false;
  const Section* section = std::ranges::find(kSections, id, &Section::id);
  if (section == std::end(kSections)) {
    return in.malformed_at(start, "malformed section id " + std::to_string(id));
  }
  base::ByteView contents;
  if (!in.block(contents) || !enter_section(*section, start, in)) return false;
  return read_contents(*section, contents, in.offset() - contents.size(), in);
}

bool ModuleReader::enter_section(const Section& section, std::uint64_t start, CheckedReader& in) {
  if (section.rank == 0) return true;
  if (section.rank > rank_) {
    rank_ = section.rank;
    return true;
  }
  return in.malformed_at(start, "unexpected content after last section: the " + std::string(section.name) +
                                    " section is repeated or out of order");
}

bool ModuleReader::read_contents(const Section& section, base::ByteView contents, std::uint64_t start,
                                 CheckedReader& in) {
  current_ = &section;
  base::ByteReader bytes(contents);
  CheckedReader inner(bytes, start, features_, &module_.canonical_types);
  if (!(this->*section.read)(inner)) return in.adopt(inner.take_error());
  if (!inner.at_end()) {
    return in.malformed_at(inner.offset(),
                           "section size mismatch: " + std::to_string(inner.remaining()) + " bytes too many");
  }
  current_ = nullptr;
  return true;
}

bool ModuleReader::finish(CheckedReader& in) {
  if (module_.bodies.size() != module_.functions.size() - module_.imported_functions) {
    return in.malformed("function and code section have inconsistent lengths");
  }
  if (data_count_ && *data_count_ != module_.data.size()) {
    return in.malformed("data count and data section have inconsistent lengths");
  }
  module_.table_uses.resize(module_.tables.size());  // where there is no code
  for (std::uint32_t index = 0; index < declared_.size(); ++index) {
    if (declared_[index]) module_.referenced_functions.push_back(index);
  }
  return true;
}

// "…, in the code section, function 3, at byte 123".
Error ModuleReader::in_context(Error error) const {
  if (current_ != nullptr) error.message += ", in the " + std::string(current_->name) + " section";
  if (current_function_) error.message += ", function " + std::to_string(*current_function_);
  if (error.byte_offset) error.message += ", at byte " + std::to_string(*error.byte_offset);
  return error;
}

// Only the first name section counts; it is read when the functions are known.
bool ModuleReader::custom_section(CheckedReader& in) {
  std::string_view name;
  if (!in.name(name)) return false;
  const base::ByteView contents = in.rest();
  if (name == "name" && !name_section_) name_section_ = contents;
  if (name == "tenon.protocol") return declaration_section(in, contents);
  return true;
}

// A linker puts those of its objects into one, some build steps add another.
bool ModuleReader::declaration_section(CheckedReader& in, base::ByteView contents) {
  constexpr std::size_t kMost = 64 * 1024;  // it becomes part of the note
  if (!in.within(module_.declaration.size() + contents.size(), kMost, "tenon.protocol", "bytes"))
    return false;
  module_.declaration += base::as_text(contents);
  return true;
}

bool ModuleReader::exists(CheckedReader& in, std::uint64_t where, std::uint64_t index, std::uint64_t count,
                          std::string_view what) {
  return index < count || in.invalid_at(where, "unknown " + std::string(what) + " " + std::to_string(index));
}

std::expected<Module, Error> read_module(base::ByteView bytes, FeatureSet features) {
  return ModuleReader(bytes, features).read();
}

ExternType Module::extern_type(ExternKind kind, std::uint32_t index) const {
  switch (kind) {
    case ExternKind::function: return function_type(index);
    case ExternKind::table: return tables[index];
    case ExternKind::memory: return memories[index];
    case ExternKind::global: return globals[index].type;
    case ExternKind::tag: break;
  }
  return TagType{tag_type(index)};
}

}  // namespace tenon::wasm
