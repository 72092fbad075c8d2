// What executing an operator costs (CompileOptions::metering): by the operators of
// WebAssembly alone, so that the same run costs the same on every machine and however it
// is optimised. docs/limits.md says it to users.
//
// Operators between two places where control may go elsewhere or comes from elsewhere, or
// where other code looks at what is left, are a segment. A segment is charged whole, before
// the first of its operators that costs something.
#pragma once

#include <cstdint>

#include "wasm/operator.hpp"

namespace tenon::compiler {

// 0 for what only gives code its structure, 1 for all else. Each way around a loop, and
// each level of recursion, goes through a branch or a call, and so costs something.
[[nodiscard]] constexpr std::uint64_t fuel_of(wasm::Opcode opcode) {
  using wasm::Opcode;
  switch (opcode) {
    case Opcode::nop:
    case Opcode::drop:
    case Opcode::block:
    case Opcode::loop:
    case Opcode::else_:
    case Opcode::end:
    case Opcode::try_:
    case Opcode::try_table:
    case Opcode::catch_:
    case Opcode::catch_all:
    case Opcode::delegate: return 0;
    default: return 1;
  }
}

// Whether what follows is another segment. Host functions see what is left, and may change
// it, so that calls end segments too.
[[nodiscard]] constexpr bool ends_segment(const wasm::OpcodeInfo& info) {
  using wasm::Family;
  switch (info.family) {
    case Family::control: return info.opcode != wasm::Opcode::nop && info.opcode != wasm::Opcode::block;
    case Family::exception:
    case Family::call:
    case Family::tail_call: return true;
    default: return false;
  }
}

// What an operator whose work is in proportion to its last operand costs for that beyond
// fuel_of: charged by itself, right before it acts. Pages of memory.grow beyond all that a
// 32-bit memory can have do not count; no memory grows by so many at once.
struct BulkFuel {
  static constexpr unsigned kLog2BytesForOne = 6;
  static constexpr unsigned kLog2ElementsForOne = 2;  // of tables
  static constexpr unsigned kLog2OfAPage = 16 - kLog2BytesForOne;
  static constexpr std::uint64_t kMostPages = 65'536;

  enum class Unit : std::uint8_t { none, bytes, elements, pages };
};

[[nodiscard]] constexpr BulkFuel::Unit bulk_unit(wasm::Opcode opcode) {
  using wasm::Opcode;
  switch (opcode) {
    case Opcode::memory_fill:
    case Opcode::memory_copy:
    case Opcode::memory_init: return BulkFuel::Unit::bytes;
    case Opcode::table_fill:
    case Opcode::table_copy:
    case Opcode::table_init:
    case Opcode::table_grow: return BulkFuel::Unit::elements;
    case Opcode::memory_grow: return BulkFuel::Unit::pages;
    default: return BulkFuel::Unit::none;
  }
}

}  // namespace tenon::compiler
