#include "compiler/check/artifact_text.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>

#include "artifact/machine/elf_machine.hpp"
#include "artifact/note.hpp"
#include "artifact/plan.hpp"
#include "base/error.hpp"
#include "compiler/check/landing_pads.hpp"

namespace tenon::compiler {

namespace {

constexpr unsigned kMostSections = 64;
constexpr std::uint64_t kLastAddress = std::uint64_t{1} << 46;

std::unexpected<Error> fail(const std::string& what) {
  return base::fail(Phase::load, ErrorCode::corrupt_artifact, what);
}

template <typename T>
std::optional<T> take(base::ByteView bytes, std::uint64_t at) {
  if (bytes.size() < sizeof(T) || at > bytes.size() - sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

// Safety: names may be as long as the file, and many symbols may have the same.
std::string text_at(base::ByteView strings, std::uint64_t at) {
  constexpr std::size_t kMost = 500;
  if (at >= strings.size()) return {};
  const auto rest = base::as_text(strings.subspan(at)).substr(0, kMost);
  return std::string(rest.substr(0, rest.find('\0')));
}

// By the symbol, of which a guest chooses what follows its index alone.
Convention convention_of(std::string_view symbol) {
  if (symbol.starts_with("wasm.tail.")) return Convention::tail;
  if (symbol.starts_with("entry.")) return Convention::entry;
  if (symbol.starts_with("host_call")) return Convention::host_call;
  if (symbol == "function_reference") return Convention::silent;
  return symbol == "table_element" ? Convention::sparing : Convention::guest;
}

class Reader {
 public:
  explicit Reader(base::ByteView bytes) : bytes_(bytes) {}

  std::expected<ArtifactText, Error> read() {
    for (const auto step :
         {&Reader::read_headers, &Reader::read_sections, &Reader::read_symbols, &Reader::check_functions,
          &Reader::read_descriptor, &Reader::read_note, &Reader::read_handlers}) {
      if (auto done = (this->*step)(); !done) return std::unexpected(done.error());
    }
    return std::move(text_);
  }

 private:
  using Read = std::expected<void, Error>;

  [[nodiscard]] base::ByteView contents(const Elf64_Shdr& section) const {
    const bool is_there = section.sh_type != SHT_NOBITS && section.sh_offset <= bytes_.size() &&
                          section.sh_size <= bytes_.size() - section.sh_offset;
    return is_there ? bytes_.subspan(section.sh_offset, section.sh_size) : base::ByteView();
  }

  Read read_headers() {
    const auto header = take<Elf64_Ehdr>(bytes_, 0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
      return base::fail(Phase::load, ErrorCode::not_an_artifact,
                        "not an ELF file; compile a .wasm with `tenon compile`");
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != artifact::kThisElfMachine)
      return base::fail(Phase::load, ErrorCode::cpu_mismatch,
                        "it is for another machine; check it with the tenon of that machine");
    if (header->e_shnum > kMostSections) return fail("it has more sections than any artifact");
    for (unsigned i = 0; i < header->e_shnum; ++i) {
      const auto section = take<Elf64_Shdr>(bytes_, header->e_shoff + i * sizeof(Elf64_Shdr));
      if (!section) return fail("the file is truncated; copy or compile it again");
      headers_.push_back(*section);
    }
    if (header->e_shstrndx < headers_.size()) names_ = contents(headers_[header->e_shstrndx]);
    return {};
  }

  // Of what is loaded, and nobody writes to. No two lie in one place, so that none is read twice.
  Read read_sections() {
    for (const auto& section : headers_) {
      const bool is_used = (section.sh_flags & SHF_ALLOC) != 0 && (section.sh_flags & SHF_WRITE) == 0;
      if (!is_used || section.sh_type == SHT_NOBITS) continue;
      if (section.sh_addr > kLastAddress) return fail("a section has no address that code can have");
      text_.sections.push_back({section.sh_addr, contents(section), (section.sh_flags & SHF_EXECINSTR) != 0});
    }
    std::ranges::sort(text_.sections, {}, &Section::address);
    const auto overlap =
        std::ranges::adjacent_find(text_.sections, [](const Section& section, const Section& next) {
          return section.address + section.bytes.size() > next.address;
        });
    if (overlap != text_.sections.end()) return fail("its sections overlap");
    return {};
  }

  Read read_symbols() {
    for (const auto& section : headers_) {
      if (section.sh_type != SHT_SYMTAB || section.sh_link >= headers_.size()) continue;
      const auto table = contents(section), strings = contents(headers_[section.sh_link]);
      for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= table.size(); at += sizeof(Elf64_Sym)) {
        const auto symbol = *take<Elf64_Sym>(table, at);
        const auto name = text_at(strings, symbol.st_name);
        if (name == artifact::kDescriptorSymbol) descriptor_ = symbol.st_value;
        if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF || symbol.st_size == 0)
          continue;
        text_.functions.push_back({name, symbol.st_value, symbol.st_size, convention_of(name)});
      }
    }
    if (descriptor_ == 0) return fail("it has no symbols of functions; check it before it is stripped");
    return {};
  }

  // Each lies in code, and none in another: so none is read twice.
  Read check_functions() {
    auto& functions = text_.functions;
    std::ranges::sort(functions, {}, &CodeFunction::start);
    const auto same = std::ranges::unique(functions, {}, &CodeFunction::start);
    functions.erase(same.begin(), same.end());
    for (std::size_t i = 0; i < functions.size(); ++i) {
      const auto& function = functions[i];
      const auto* section = text_.section_of(function.start, function.size);
      if (section == nullptr || !section->is_code) return fail("a function lies outside its code");
      if (i > 0 && functions[i - 1].contains(function.start)) return fail("its functions overlap");
    }
    return {};
  }

  Read read_descriptor() {
    const auto bytes_at = [&](std::uint64_t address, std::uint64_t size) -> std::optional<base::ByteView> {
      const auto* section = text_.section_of(address, size);
      if (section == nullptr) return std::nullopt;
      return section->bytes.subspan(address - section->address, size);
    };
    const auto bytes = bytes_at(descriptor_, sizeof(artifact::Descriptor));
    if (!bytes) return fail("its descriptor is missing");
    const auto descriptor = *take<artifact::Descriptor>(*bytes, 0);
    if (descriptor.magic != artifact::Descriptor::kMagic || descriptor.abi_version != artifact::kAbiVersion)
      return base::fail(Phase::load, ErrorCode::version_mismatch,
                        "it was made by another version of Tenon; compile it again");
    const auto plan_bytes =
        bytes_at(descriptor_ + static_cast<std::uint64_t>(descriptor.plan), descriptor.plan_size);
    if (!plan_bytes) return fail("its plan is missing");
    const auto plan = artifact::decode_plan(*plan_bytes);
    if (!plan) return std::unexpected(plan.error());
    text_.counts = plan->counts();
    text_.marks_cards = descriptor.card_shift != 0;
    return {};
  }

  Read read_note() {
    for (const auto& section : headers_) {
      if (text_at(names_, section.sh_name) != artifact::kNoteSection) continue;
      const auto bytes = contents(section);
      const auto head = take<Elf64_Nhdr>(bytes, 0);
      const std::uint64_t at = sizeof(Elf64_Nhdr) + (head ? (std::uint64_t{head->n_namesz} + 3) / 4 * 4 : 0);
      if (!head || at > bytes.size() || head->n_descsz > bytes.size() - at) break;
      const auto note = artifact::decode_note(bytes.subspan(at, head->n_descsz));
      if (!note) return std::unexpected(note.error());
      text_.is_hardened = note->info.spectre;
      return {};
    }
    return fail("its note is missing");
  }

  Read read_handlers() {
    for (const auto& section : headers_) {
      if (text_at(names_, section.sh_name) != ".eh_frame") continue;
      if (auto done = read_landing_pads(contents(section), section.sh_addr, text_); !done) return done;
    }
    return {};
  }

  base::ByteView bytes_, names_;
  std::vector<Elf64_Shdr> headers_;
  std::uint64_t descriptor_ = 0;
  ArtifactText text_;
};

}  // namespace

const CodeFunction* ArtifactText::starting_at(std::uint64_t address) const {
  const auto found = std::ranges::lower_bound(functions, address, {}, &CodeFunction::start);
  return found != functions.end() && found->start == address ? &*found : nullptr;
}

const Section* ArtifactText::section_of(std::uint64_t address, std::uint64_t size) const {
  const auto found =
      std::ranges::find_if(sections, [&](const Section& s) { return s.contains(address, size); });
  return found == sections.end() ? nullptr : &*found;
}

std::optional<std::int32_t> ArtifactText::word_at(std::uint64_t address) const {
  const auto* section = section_of(address, 4);
  if (section == nullptr || section->is_code) return std::nullopt;
  return take<std::int32_t>(section->bytes, address - section->address);
}

std::expected<ArtifactText, Error> read_artifact_text(base::ByteView artifact) {
  return Reader(artifact).read();
}

}  // namespace tenon::compiler
