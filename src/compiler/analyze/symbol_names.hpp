// What the functions of a module are called in LLVM, in object files and in the
// artifact's symbol table: "wasm.INDEX.NAME", and "wasm.tail.INDEX.NAME" for code
// for tail calls.
//
// Safety: a name is the guest's word, and to LLVM, the assembler and the linker
// names have meanings: "llvm.umax" is an intrinsic, whatever its body says, ".Lx"
// a label, "memcpy" a library function. Nothing means anything behind this prefix.
// All other symbols of an artifact are named by us, without a word of the guest's,
// and none begins so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/module.hpp"

namespace tenon::compiler {

// A function's code in one of its two conventions (artifact/abi.hpp).
struct CodeSymbol {
  std::uint32_t function;  // in the module's function index space
  bool is_tail_code = false;
  bool operator==(const CodeSymbol&) const = default;
};

// Made once for a module, which must outlive it; a search for each function would
// take functions times exports steps.
class SymbolNames {
 public:
  explicit SymbolNames(const wasm::Module& source);

  [[nodiscard]] std::string of(CodeSymbol symbol) const;
  // What such a name stands for; nullopt for every other, also where it is such a
  // name that LLVM has extended, since that is a copy with other parameters.
  [[nodiscard]] std::optional<CodeSymbol> find(std::string_view name) const;
  // The name section's, or else an export's: as the guest wrote it. May be empty.
  [[nodiscard]] std::string_view written(std::uint32_t function) const { return written_[function]; }

 private:
  std::vector<std::string_view> written_;  // of each function
};

}  // namespace tenon::compiler
