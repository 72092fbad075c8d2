// The code in an artifact and what is around it: functions, read-only data, landing pads,
// and what the plan says of instances.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include <tenon/error.hpp>

#include "artifact/abi.hpp"
#include "base/bytes.hpp"
#include "compiler/machine/code_reader.hpp"

namespace tenon::compiler {

struct Section {
  std::uint64_t address = 0;
  base::ByteView bytes;
  bool is_code = false;
  [[nodiscard]] bool contains(std::uint64_t from, std::uint64_t size) const {
    return from >= address && size <= bytes.size() && from - address <= bytes.size() - size;
  }
};

struct CodeFunction {
  std::string name;  // the symbol
  std::uint64_t start = 0, size = 0;
  Convention convention = Convention::guest;
  bool returns = true;  // by a return, or by a jump to a function that does
  [[nodiscard]] bool contains(std::uint64_t address) const { return address - start < size; }
};

// Calls from `start` to before `end` that throw go on at `pad`.
struct CallSite {
  std::uint64_t start = 0, end = 0, pad = 0;
};

struct ArtifactText {
  std::vector<Section> sections;        // code, and data that nobody writes to
  std::vector<CodeFunction> functions;  // by address
  std::vector<CallSite> call_sites;     // by address; those with a pad alone
  artifact::InstanceCounts counts;
  bool marks_cards = false;
  bool is_hardened = false;  // by --spectre, says the note

  [[nodiscard]] const CodeFunction* starting_at(std::uint64_t address) const;
  [[nodiscard]] const Section* section_of(std::uint64_t address, std::uint64_t size) const;
  [[nodiscard]] std::optional<std::int32_t> word_at(std::uint64_t address) const;
};

// The views are into the artifact's bytes.
[[nodiscard]] std::expected<ArtifactText, Error> read_artifact_text(base::ByteView artifact);

}  // namespace tenon::compiler
