// Operators (instructions) one by one: their table and their decoding.
#pragma once

#include <bit>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <tenon/error.hpp>
#include <tenon/types.hpp>

#include "base/bytes.hpp"
#include "wasm/checked_reader.hpp"
#include "wasm/features.hpp"

namespace tenon::wasm {

// How an operator's immediates are encoded.
enum class Immediate : std::uint8_t {
  none,
  block_type,     // s33
  label,          // u32 depth
  br_table,       // vector of depths, default depth
  function,       // u32
  call_indirect,  // u32 type, u32 table
  type,           // u32                        (call_ref)
  local,          // u32
  global,         // u32
  table,          // u32
  two_tables,     // u32 to, u32 from          (table.copy)
  table_init,     // u32 segment, u32 table
  element,        // u32                        (elem.drop)
  memory_access,  // align, offset (64 bits with memory64)
  memory,         // u32 (a zero byte in 2.0)   (memory.size, grow, fill)
  two_memories,   // to, from                   (memory.copy)
  memory_init,    // u32 segment, memory
  data,           // u32                        (data.drop)
  select_types,   // vector of value types
  heap_type,      // ref.null
  i32,
  i64,
  f32,
  f64,
  v128,
  lane,           // u8
  shuffle,        // 16 u8
  memory_lane,    // align, offset, u8 lane
  atomic_access,  // align, exactly the natural one, offset
  fence,          // a zero byte
  tag,            // u32
  try_table,      // s33 as of block_type, vector of catch clauses
  delegate,       // u32 depth, counted from outside the try that it ends
};

// The opcode: the byte for plain operators, prefix << 16 | number for the rest
// (0xFC0000 bulk and saturating, 0xFD0000 vector, 0xFE0000 atomic).
// Enumerators are the names of the text format with '.' as '_', made from
// opcodes.def: Opcode::i32_add, Opcode::block, Opcode::memory_copy. C++ keywords
// get an underscore (if_, try_, return_); select with types (0x1C) is select_t.
enum class Opcode : std::uint32_t {
#define TENON_OPCODE(family, name, text, code, ...) name = code,
#include "wasm/opcodes.def"
};

// What kind of operator it is: each family is lowered by one function of the compiler.
enum class Family : std::uint8_t {
  control,    // blocks and branches
  exception,  // throwing and catching, in both forms
  call,
  tail_call,
  variable,  // locals, globals, drop and select
  table,
  reference,  // tests and constants of references
  load,       // to one value of the same bits, or extended
  store,
  memory,  // of whole memories and of data segments
  constant,
  comparison,
  integer,   // what cannot trap
  division,  // what can: quotients and remainders of integers
  floating_point,
  conversion,
  vector_memory,
  vector_lane,  // moving lanes, and the 128 bits as one value
  vector_integer,
  vector_float,
  vector_relaxed,
  atomic,
};

// Of a letter of a signature, where it stands for one type alone.
[[nodiscard]] constexpr std::optional<ValueType> value_type_of(char letter) {
  switch (letter) {
    case 'i': return ValueType::i32;
    case 'I': return ValueType::i64;
    case 'f': return ValueType::f32;
    case 'F': return ValueType::f64;
    case 'V': return ValueType::v128;
    default: return std::nullopt;
  }
}

struct OpcodeInfo {
  Opcode opcode;
  Family family;
  std::string_view text;  // "i32.add"
  Immediate immediate;
  // Bits: what an access touches in memory, or the lane that the operator chooses.
  // 0 where there is neither.
  std::uint16_t width;
  // The stack signature in letters, parameters ':' results; i I f F V for i32
  // i64 f32 f64 v128. The memory or table that the operator names decides on
  // a, the type of its addresses (of the one copied to), b, of those of the one
  // copied from, n, the narrower of both, and e, the type of its elements.
  // "*" where all depends on context and the validator has a rule of its own.
  std::string_view signature;  // "ii:i"
  Feature feature;

  // log2 of the bytes of an access: its natural alignment, the most that `align` may say.
  [[nodiscard]] constexpr std::uint32_t natural_alignment() const {
    return static_cast<std::uint32_t>(std::countr_zero(width / 8u));
  }
  // How many lanes a lane immediate chooses from.
  [[nodiscard]] constexpr std::uint32_t lane_count() const { return 128u / width; }
};

// Nullptr where there is no such operator.
[[nodiscard]] const OpcodeInfo* find_opcode(std::uint32_t code);
[[nodiscard]] std::span<const OpcodeInfo> all_opcodes();

struct BlockType {
  enum class Kind : std::uint8_t { empty, value, type_index } kind = Kind::empty;
  ValueType value = ValueType::i32;
  std::uint32_t type_index = 0;
};

// One way out of a try_table for exceptions: of a tag or of any, with the
// values they carry, then a reference to the exception where wanted.
struct CatchClause {
  enum class Kind : std::uint8_t { catch_, catch_ref, catch_all, catch_all_ref } kind = Kind::catch_;
  std::uint32_t tag = 0;    // catch_ and catch_ref only
  std::uint32_t label = 0;  // depth, counted from outside the try_table
  [[nodiscard]] bool has_tag() const { return kind <= Kind::catch_ref; }
  [[nodiscard]] bool has_reference() const { return kind == Kind::catch_ref || kind == Kind::catch_all_ref; }
};

// One decoded operator. Which fields hold something depends on the immediate.
struct Operator {
  const OpcodeInfo* info = nullptr;
  std::uint64_t offset = 0;  // of its first byte in the module
  std::uint32_t index = 0;   // label, function, local, global, table, segment, type, memory, tag; to-index
  std::uint32_t index2 = 0;  // call_indirect: table; copies: from; init: table or memory
  BlockType block;
  std::uint32_t align = 0;  // log2
  std::uint64_t memory_offset = 0;
  std::uint32_t memory = 0;  // of a memory access
  std::uint8_t lane = 0;
  std::uint64_t bits[2] = {0, 0};     // constants; v128 and shuffle fill both
  ValueType type = ValueType::i32;    // heap_type (the reference to it), or select with its one type
  std::vector<std::uint32_t> labels;  // br_table targets, the default last
  std::vector<ValueType> select_types;
  std::vector<CatchClause> catches;  // of try_table, the first that fits counts

  [[nodiscard]] Opcode opcode() const { return info->opcode; }
};

// Decodes the operators of a body or constant expression in order. `base` is
// the offset of code[0] in the module, for errors; `types` are the module's
// canonical_types. `next` reuses the operator's vectors.
class OperatorReader {
 public:
  OperatorReader(base::ByteView code, std::uint64_t base, FeatureSet features,
                 const TypeNumbers* types = nullptr)
      : in_(code), base_(base), features_(features), types_(types) {}
  [[nodiscard]] bool at_end() const { return in_.at_end(); }
  [[nodiscard]] std::uint64_t offset() const { return base_ + in_.position(); }
  [[nodiscard]] std::expected<void, Error> next(Operator& out);

 private:
  base::ByteReader in_;
  std::uint64_t base_;
  FeatureSet features_;
  const TypeNumbers* types_;
};

}  // namespace tenon::wasm
