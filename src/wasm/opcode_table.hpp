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

inline constexpr Opcode kEveryOneIsLowered{0xFFFF'FFFF};

// For `static_assert(NotLowered<first_not_lowered(...)>::kNone)`: where there is one, the
// compiler's error has its name in the type.
template <Opcode kOpcode>
struct NotLowered {
  static_assert(kOpcode == kEveryOneIsLowered, "an operator has no lowering: the one in NotLowered<...>");
  static constexpr bool kNone = true;
};

// The first operator of the family of which the predicate is false.
template <typename Predicate>
constexpr Opcode first_not_lowered(Family family, Predicate is_lowered) {
  for (const OpcodeInfo& info : kOpcodes) {
    if (info.family == family && !is_lowered(info)) return info.opcode;
  }
  return kEveryOneIsLowered;
}

}  // namespace tenon::wasm
