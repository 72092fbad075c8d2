// Reads an artifact's code back, without running it, and looks for what correct compiled
// code never has.
//
//   auto report = tenon::compiler::check_artifact(bytes);
//   if (report) for (const auto& finding : report->findings) say(to_string(finding));
//
// This finds faults of the compiler, ours and LLVM's. It is no boundary: code that somebody
// made on purpose can pass it (docs/check.md). Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include <tenon/error.hpp>

#include "base/bytes.hpp"

namespace tenon::compiler {

enum class FindingKind : std::uint8_t {
  undecodable,         // bytes that are no instruction
  instruction,         // one that compiled code may not have
  target,              // a jump or call to what is no instruction, or no function
  indirect_target,     // a jump or call to an address that is no code as far as can be seen
  stack,               // the stack is not as deep as it must be
  returned_arguments,  // a return takes another number of bytes off the stack than its convention says
  lost_register,       // a register is not what it was on entry
  written_constant,    // a write to read-only data
  code_end,            // code goes on behind the end of its function
};
[[nodiscard]] std::string_view to_string(FindingKind kind);

struct Finding {
  FindingKind kind;
  std::string function;     // its symbol; empty between functions
  std::uint64_t address;    // in the file, as objdump shows it
  std::string instruction;  // as text
  std::string what;
};
// One line.
[[nodiscard]] std::string to_string(const Finding& finding);

enum class MemoryKind : std::uint8_t { stack, instance, slots, linear, cards, constant, unproven };
inline constexpr std::size_t kMemoryKinds = 7;
[[nodiscard]] std::string_view to_string(MemoryKind kind);

struct CheckReport {
  std::uint64_t functions = 0, instructions = 0, bytes = 0;
  std::uint64_t unreached = 0;           // instructions that no path was found to
  std::uint64_t unproven_targets = 0;    // of calls, and of tables of jumps in hardened code
  std::uint64_t unproven_hardening = 0;  // marks of the stack pointer that are perhaps not nothing
  std::array<std::uint64_t, kMemoryKinds> memory_uses{};  // instructions, by MemoryKind
  std::vector<Finding> findings;                          // by address
  std::uint64_t findings_left_off = 0;                    // beyond kMostFindings

  void add(Finding finding);
};
inline constexpr std::size_t kMostFindings = 1000;

// An error where the bytes are no artifact, or one without its symbols.
[[nodiscard]] std::expected<CheckReport, Error> check_artifact(base::ByteView artifact);

}  // namespace tenon::compiler
