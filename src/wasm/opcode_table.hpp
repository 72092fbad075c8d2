// The operator table as a constant, in the order of opcodes.def, for checks at compile time.
// At run time find_opcode and all_opcodes (wasm/operator.hpp) do.
#pragma once

#include "wasm/operator.hpp"

namespace tenon::wasm {

inline constexpr OpcodeInfo kOpcodes[] = {
#define TENON_OPCODE(family, name, text, code, immediate, width, signature, feature) \
  {Opcode::name, Family::family, text, Immediate::immediate, width, signature, Feature::feature},
#include "wasm/opcodes.def"
};

}  // namespace tenon::wasm
