#include "compiler/check/check.hpp"

#include <algorithm>
#include <cstdio>

#include "base/utf8.hpp"
#include "compiler/check/artifact_text.hpp"
#include "compiler/check/function_check.hpp"

namespace tenon::compiler {

namespace {

class Check {
 public:
  Check(ArtifactText& text, const CodeReader& reader) : text_(text), reader_(reader) {}

  CheckReport run() {
    report_.functions = text_.functions.size();
    check_instructions();
    for (const auto& section : text_.sections) {
      if (section.is_code) check_between_functions(section);
    }
    for (auto& function : text_.functions) {
      if (function.convention == Convention::sparing) settle(function);
    }
    for (const auto& function : text_.functions) {
      FunctionCheck check(text_, reader_, function, report_);
      check.read();
      check.follow();
    }
    std::ranges::stable_sort(report_.findings, {}, &Finding::address);
    return std::move(report_);
  }

 private:
  void check_instructions() {
    std::vector<std::vector<std::uint64_t>> jumps;
    for (auto& function : text_.functions) {
      FunctionCheck check(text_, reader_, function, report_);
      check.read();
      check.check_instructions();
      function.returns = check.has_return();
      jumps.push_back(check.jumps());
    }
    // LLVM leaves nothing behind a call of a function that does not return.
    for (bool has_changed = true; has_changed;) {
      has_changed = false;
      for (std::size_t i = 0; i < jumps.size(); ++i) {
        auto& function = text_.functions[i];
        if (function.returns) continue;
        function.returns = std::ranges::any_of(jumps[i], [&](std::uint64_t to) {
          const auto* callee = text_.starting_at(to);
          return callee != nullptr && callee->returns;
        });
        has_changed |= function.returns;
      }
    }
  }

  // Where no caller wants the result of such a function, LLVM makes it one without.
  void settle(CodeFunction& function) {
    function.convention = Convention::silent;
    CheckReport attempt;
    FunctionCheck check(text_, reader_, function, attempt);
    check.read();
    check.follow();
    if (!attempt.findings.empty()) function.convention = Convention::sparing;
  }

  void check_between_functions(const Section& section) {
    report_.bytes += section.bytes.size();
    auto at = section.address;
    const auto end = section.address + section.bytes.size();
    for (const auto& function : text_.functions) {
      if (!section.contains(function.start, function.size)) continue;
      check_padding(section, at, function.start);
      at = std::max(at, function.start + function.size);
    }
    check_padding(section, at, end);
  }

  void check_padding(const Section& section, std::uint64_t from, std::uint64_t to) {
    while (from < to) {
      const auto bytes = section.bytes.subspan(from - section.address, to - from);
      const auto instruction = reader_.decode(bytes, from);
      if (!instruction) {
        report_.add({FindingKind::undecodable, "", from, "", "no instruction, between functions"});
        ++from;
        continue;
      }
      if (!reader_.is_padding(*instruction)) {
        report_.add(
            {FindingKind::instruction, "", from, reader_.text_of(*instruction), "is code of no function"});
      }
      from = instruction->end();
    }
  }

  ArtifactText& text_;
  const CodeReader& reader_;
  CheckReport report_;
};

}  // namespace

void CheckReport::add(Finding finding) {
  if (findings.size() < kMostFindings) {
    findings.push_back(std::move(finding));
  } else {
    ++findings_left_off;
  }
}

std::string_view to_string(FindingKind kind) {
  switch (kind) {
    case FindingKind::undecodable: return "undecodable";
    case FindingKind::instruction: return "instruction";
    case FindingKind::target: return "target";
    case FindingKind::indirect_target: return "indirect target";
    case FindingKind::stack: return "stack";
    case FindingKind::returned_arguments: return "returned arguments";
    case FindingKind::lost_register: return "lost register";
    case FindingKind::written_constant: return "written constant";
    case FindingKind::code_end: return "end of code";
  }
  return "";
}

std::string_view to_string(MemoryKind kind) {
  constexpr std::string_view kNames[kMemoryKinds] = {"stack", "instance",       "slots",   "linear memory",
                                                     "cards", "read-only data", "unproven"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string to_string(const Finding& finding) {
  char address[24];
  std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(finding.address));
  const auto where = finding.function.empty() ? "between functions" : base::printable(finding.function, 200);
  return where + ": " + address + ": " + finding.instruction + (finding.instruction.empty() ? "" : ": ") +
         finding.what + " (" + std::string(to_string(finding.kind)) + ")";
}

std::expected<CheckReport, Error> check_artifact(base::ByteView artifact) {
  auto text = read_artifact_text(artifact);
  if (!text) return std::unexpected(text.error());
  const auto reader = CodeReader::make();
  if (!reader) return std::unexpected(reader.error());
  return Check(*text, **reader).run();
}

}  // namespace tenon::compiler
