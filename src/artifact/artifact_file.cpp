#include "artifact/artifact_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "artifact/abi.hpp"
#include "artifact/machine/cpu_features.hpp"
#include "artifact/machine/elf_machine.hpp"
#include "artifact/note.hpp"
#include "base/error.hpp"

namespace tenon::artifact {
namespace {

// Far above any real note, far below what would hurt.
constexpr std::uint64_t kMaxNoteBytes = std::uint64_t{64} << 20;

class ArtifactFile {
 public:
  ArtifactFile(int fd, const std::string& name, ForMachine machine)
      : fd_(fd), name_(name), machine_(machine) {}

  std::expected<CheckedNote, Error> check() {
    if (auto ok = read_header(); !ok) return std::unexpected(ok.error());
    if (auto ok = check_ranges(); !ok) return std::unexpected(ok.error());
    auto payload = find_note();
    if (!payload) return std::unexpected(payload.error());
    auto note = decode_note(*payload);
    if (!note) return fail(note.error().code, note.error().message);
    if (machine_ == ForMachine::this_one) {
      if (auto ok = check_machine(note->info); !ok) return std::unexpected(ok.error());
    }
    return CheckedNote{std::move(*note), base::sha256(*payload)};
  }

 private:
  std::unexpected<Error> fail(ErrorCode code, const std::string& what) const {
    return base::fail(Phase::load, code, name_ + ": " + what);
  }
  std::unexpected<Error> truncated() const {
    return fail(ErrorCode::corrupt_artifact, "the file is truncated; copy or compile it again");
  }

  std::expected<void, Error> read(void* to, std::uint64_t size, std::uint64_t offset) const {
    auto* out = static_cast<char*>(to);
    while (size > 0) {
      const ssize_t n = pread(fd_, out, size, static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return fail(ErrorCode::io, std::string("cannot be read: ") + std::strerror(errno));
      if (n == 0) return truncated();
      out += n;
      size -= static_cast<std::uint64_t>(n);
      offset += static_cast<std::uint64_t>(n);
    }
    return {};
  }

  bool inside(std::uint64_t offset, std::uint64_t size) const {
    return offset <= size_ && size <= size_ - offset;
  }

  std::expected<void, Error> read_header() {
    struct stat status{};
    if (fstat(fd_, &status) != 0)
      return fail(ErrorCode::io, std::string("cannot be read: ") + std::strerror(errno));
    if (!S_ISREG(status.st_mode)) return fail(ErrorCode::not_an_artifact, "not a regular file");
    size_ = static_cast<std::uint64_t>(status.st_size);

    if (size_ < SELFMAG) return not_elf();
    if (auto ok = read(&header_, std::min<std::uint64_t>(size_, sizeof(header_)), 0); !ok) return ok;
    if (std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0) return not_elf();
    if (size_ < sizeof(header_)) return truncated();
    if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_ident[EI_DATA] != ELFDATA2LSB) {
      return fail(ErrorCode::not_an_artifact, "not a 64-bit little-endian ELF file");
    }
    if (header_.e_type != ET_DYN) return fail(ErrorCode::not_an_artifact, "not an ELF shared object");
    if (machine_ == ForMachine::this_one && header_.e_machine != kThisElfMachine) {
      return wrong_architecture(name_of_elf_machine(header_.e_machine));
    }
    return {};
  }

  std::unexpected<Error> not_elf() const {
    return fail(ErrorCode::not_an_artifact, "not an ELF file; compile a .wasm with `tenon compile`");
  }
  std::unexpected<Error> wrong_architecture(const std::string& made_for) const {
    return fail(ErrorCode::cpu_mismatch, "compiled for " + made_for + ", this machine is " +
                                             std::string(kThisArchitecture) +
                                             "; compile the module for this machine with --target");
  }

  // Everything that the file says it holds must be there: the system's loader maps missing
  // parts as well, and the first access to them is then a SIGBUS.
  std::expected<void, Error> check_ranges() {
    const std::uint64_t count = header_.e_phnum;
    if (header_.e_phentsize != sizeof(Elf64_Phdr) || count == 0) {
      return fail(ErrorCode::not_an_artifact, "an ELF file without program headers");
    }
    if (!inside(header_.e_phoff, count * sizeof(Elf64_Phdr))) return truncated();
    if (header_.e_shoff != 0 &&
        !inside(header_.e_shoff, std::uint64_t{header_.e_shnum} * header_.e_shentsize)) {
      return truncated();
    }
    programs_.resize(count);
    if (auto ok = read(programs_.data(), count * sizeof(Elf64_Phdr), header_.e_phoff); !ok) return ok;
    for (const Elf64_Phdr& program : programs_) {
      if (!inside(program.p_offset, program.p_filesz)) return truncated();
    }
    return {};
  }

  std::expected<base::Bytes, Error> find_note() const {
    for (const Elf64_Phdr& program : programs_) {
      if (program.p_type != PT_NOTE) continue;
      if (program.p_filesz > kMaxNoteBytes) {
        return fail(ErrorCode::corrupt_artifact, "a note larger than 64 MiB");
      }
      base::Bytes notes(program.p_filesz);
      if (auto ok = read(notes.data(), notes.size(), program.p_offset); !ok)
        return std::unexpected(ok.error());
      if (auto payload = find_payload(notes, program.p_align)) {
        return base::Bytes(payload->begin(), payload->end());
      }
    }
    return fail(ErrorCode::not_an_artifact, "has no Tenon note; compile a .wasm with `tenon compile`");
  }

  // The notes of a segment follow each other, each part padded to the
  // segment's alignment (ELF gABI, "Note Section"; 8 for GNU property notes).
  static std::optional<base::ByteView> find_payload(base::ByteView notes, std::uint64_t alignment) {
    const std::uint64_t unit = alignment == 8 ? 8 : 4;
    auto padded = [&](std::uint64_t size) { return (size + unit - 1) / unit * unit; };
    base::ByteReader in(notes);
    while (in.remaining() >= sizeof(Elf64_Nhdr)) {
      const auto head = *in.fixed<Elf64_Nhdr>();
      const auto name = in.take(head.n_namesz);
      if (!name || !in.take(std::min<std::uint64_t>(padded(head.n_namesz) - head.n_namesz, in.remaining()))) {
        break;
      }
      const auto payload = in.take(head.n_descsz);
      if (!payload) break;
      const std::string_view wanted(kNoteName, sizeof(kNoteName));
      if (head.n_type == kNoteType && base::as_text(*name) == wanted) return payload;
      (void)in.take(std::min<std::uint64_t>(padded(head.n_descsz) - head.n_descsz, in.remaining()));
    }
    return std::nullopt;
  }

  std::expected<void, Error> check_machine(const ArtifactInfo& info) const {
    const std::string architecture = info.target_triple.substr(0, info.target_triple.find('-'));
    if (architecture != kThisArchitecture) return wrong_architecture(architecture);
    std::string missing;
    for (const std::string& feature : info.cpu_features) {
      if (!machine_has(feature)) missing += (missing.empty() ? "" : ", ") + feature;
    }
    if (missing.empty()) return {};
    return fail(ErrorCode::cpu_mismatch, "compiled for " + info.cpu + ", this CPU lacks " + missing +
                                             "; compile the module with another --cpu");
  }

  int fd_;
  const std::string& name_;
  ForMachine machine_;
  std::uint64_t size_ = 0;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Phdr> programs_;
};

}  // namespace

std::expected<CheckedNote, Error> check_artifact(int fd, const std::string& name, ForMachine machine) {
  return ArtifactFile(fd, name, machine).check();
}

}  // namespace tenon::artifact

namespace tenon {

std::string_view to_string(Bounds bounds) { return bounds == Bounds::explicit_checks ? "explicit" : "guard"; }

}  // namespace tenon
