// The way from an opcode to its row of the table.
#include <array>

#include "wasm/opcode_table.hpp"

namespace tenon::wasm {
namespace {

// One row per encoding space: plain opcodes, then the prefixes in use. Each
// maps the low number to 1 + the index in kOpcodes; 0 where there is nothing.
constexpr std::uint32_t kNumbers = 0x120;  // relaxed vector operators go on beyond a byte
constexpr std::array<std::uint32_t, 4> kPrefixes = {0x00, 0xFC, 0xFD, 0xFE};
using Lookup = std::array<std::array<std::uint16_t, kNumbers>, kPrefixes.size()>;

constexpr std::size_t row_of(std::uint32_t prefix) {
  std::size_t row = 0;
  while (row < kPrefixes.size() && kPrefixes[row] != prefix) ++row;
  return row;
}

// Neither is constexpr, so that the build stops where one is called, with its name.
[[maybe_unused]] void an_opcode_is_listed_twice() {}
[[maybe_unused]] void an_opcode_has_a_number_or_prefix_that_the_lookup_lacks() {}

constexpr Lookup make_lookup() {
  Lookup lookup{};
  std::uint16_t position = 0;
  for (const OpcodeInfo& info : kOpcodes) {
    const auto code = static_cast<std::uint32_t>(info.opcode);
    const std::size_t row = row_of(code >> 16);
    if (row == kPrefixes.size() || (code & 0xFFFF) >= kNumbers)
      an_opcode_has_a_number_or_prefix_that_the_lookup_lacks();
    auto& slot = lookup[row][code & 0xFFFF];
    if (slot != 0) an_opcode_is_listed_twice();
    slot = ++position;
  }
  return lookup;
}

constexpr Lookup kLookup = make_lookup();

}  // namespace

const OpcodeInfo* find_opcode(std::uint32_t code) {
  const std::size_t row = row_of(code >> 16);
  const std::uint32_t number = code & 0xFFFF;
  if (row == kPrefixes.size() || number >= kNumbers) return nullptr;
  const std::uint16_t position = kLookup[row][number];
  return position == 0 ? nullptr : &kOpcodes[position - 1];
}

std::span<const OpcodeInfo> all_opcodes() { return kOpcodes; }

}  // namespace tenon::wasm
