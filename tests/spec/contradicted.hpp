// Assertions of the suite that another part of the suite contradicts: no engine
// can hold both. They run all the same, and one that holds after all is a failure,
// so that the list cannot outlive its reasons.
#pragma once

#include <cstdint>
#include <string_view>

namespace tenon::spec {

struct Contradicted {
  std::string_view file;  // "group/name"
  std::uint32_t line;
  std::string_view reason;
};

inline constexpr std::string_view kSeveralTables =
    "WebAssembly 2.0 allows several tables; the proposal's files are older";

inline constexpr Contradicted kContradicted[] = {
    {"threads/imports.wast", 310, kSeveralTables},
    {"threads/imports.wast", 314, kSeveralTables},
    {"threads/imports.wast", 318, kSeveralTables},
};

// Null for an assertion that must hold.
constexpr const Contradicted* find_contradicted(std::string_view file, std::uint32_t line) {
  for (const Contradicted& item : kContradicted) {
    if (item.file == file && item.line == line) return &item;
  }
  return nullptr;
}

}  // namespace tenon::spec
