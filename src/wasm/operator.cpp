// Decoding of operators (core specification, section 5.4).
#include "wasm/operator.hpp"

#include <algorithm>
#include <string>

#include "wasm/checked_reader.hpp"
#include "wasm/limits.hpp"

namespace tenon::wasm {
namespace {

// Opcodes of proposals that we know but do not support; opcodes.def goes first.
struct ForeignOpcodes {
  std::uint32_t first;
  std::uint32_t last;
  Feature feature;
};
constexpr ForeignOpcodes kForeignOpcodes[] = {
    {0xD3, 0xD3, Feature::gc},  // ref.eq
    {0xFB0000, 0xFBFFFF, Feature::gc},
};

std::string opcode_text(std::uint32_t code) {
  return code < 0x100 ? hex(code) : hex(code >> 16) + " " + hex(code & 0xFFFF);
}

// The immediates of one operator. `in` is where its errors are kept.
class Decoder {
 public:
  Decoder(CheckedReader& in, Operator& out) : in_(in), out_(out) {}

  [[nodiscard]] bool decode() { return opcode() && immediates(); }

 private:
  bool opcode();
  bool refuse_foreign(std::uint32_t code);
  bool immediates();
  bool block_type();
  bool branch_table();
  bool catch_clauses();
  bool catch_clause(CatchClause& clause);
  bool memory_argument();
  bool memory_offset();
  bool memory_index(std::uint32_t& index);
  bool zero_byte();
  bool select_types();
  bool constant();

  CheckedReader& in_;
  Operator& out_;
};

bool Decoder::opcode() {
  out_.offset = in_.offset();
  std::uint8_t first = 0;
  if (!in_.u8(first)) return false;
  std::uint32_t code = first;
  if (first >= 0xFB && first <= 0xFE) {
    std::uint32_t number = 0;
    if (!in_.u32(number)) return false;
    // Beyond 16 bits there is no opcode, and it must not look like another.
    if (number > 0xFFFF) {
      return in_.malformed_at(out_.offset, "illegal opcode " + hex(first) + " " + hex(number));
    }
    code = code << 16 | number;
  }
  out_.info = find_opcode(code);
  if (out_.info == nullptr) return refuse_foreign(code);
  Feature feature = out_.info->feature;
  if (feature == Feature::mvp || in_.features().has(feature)) [[likely]] {
    // The one operator of two proposals.
    if (out_.opcode() != Opcode::return_call_ref || in_.features().has(Feature::tail_calls)) return true;
    feature = Feature::tail_calls;
  }
  return in_.unsupported_at(out_.offset, std::string(out_.info->text) + " needs the feature " +
                                             std::string(to_string(feature)) + ", which is off");
}

bool Decoder::refuse_foreign(std::uint32_t code) {
  for (const ForeignOpcodes& foreign : kForeignOpcodes) {
    if (code < foreign.first || code > foreign.last) continue;
    return in_.unsupported_at(out_.offset, "opcode " + opcode_text(code) + " is of the proposal " +
                                               std::string(to_string(foreign.feature)) +
                                               ", which is not supported");
  }
  return in_.malformed_at(out_.offset, "illegal opcode " + opcode_text(code));
}

bool Decoder::immediates() {
  switch (out_.info->immediate) {
    case Immediate::none: return true;
    case Immediate::block_type: return block_type();
    case Immediate::br_table: return branch_table();
    case Immediate::try_table: return block_type() && catch_clauses();
    case Immediate::label:
    case Immediate::function:
    case Immediate::local:
    case Immediate::global:
    case Immediate::table:
    case Immediate::element:
    case Immediate::tag:
    case Immediate::type:
    case Immediate::delegate:
    case Immediate::data: return in_.u32(out_.index);
    case Immediate::call_indirect:
    case Immediate::two_tables:
    case Immediate::table_init: return in_.u32(out_.index) && in_.u32(out_.index2);
    case Immediate::memory_access:
    case Immediate::atomic_access: return memory_argument();
    case Immediate::memory: return memory_index(out_.index);
    case Immediate::two_memories: return memory_index(out_.index) && memory_index(out_.index2);
    case Immediate::memory_init: return in_.u32(out_.index) && memory_index(out_.index2);
    case Immediate::select_types: return select_types();
    case Immediate::heap_type: return in_.heap_type(out_.type);
    case Immediate::i32:
    case Immediate::i64:
    case Immediate::f32:
    case Immediate::f64: return constant();
    case Immediate::v128:
    case Immediate::shuffle: return in_.fixed(out_.bits[0]) && in_.fixed(out_.bits[1]);
    case Immediate::lane: return in_.u8(out_.lane);
    case Immediate::memory_lane: return memory_argument() && in_.u8(out_.lane);
    case Immediate::fence: return zero_byte();
  }
  return false;
}

// The negative one-byte numbers are the empty type and the value types; a type
// index is a number of 33 bits that is not negative.
bool Decoder::block_type() {
  const std::uint64_t start = in_.offset();
  const std::uint8_t first = in_.peek().value_or(0);
  if ((first & 0xC0) == 0x40) {
    out_.block.kind = first == 0x40 ? BlockType::Kind::empty : BlockType::Kind::value;
    std::uint8_t byte = 0;
    return first == 0x40 ? in_.u8(byte) : in_.value_type(out_.block.value);
  }
  std::int64_t index = 0;
  if (!in_.s33(index)) return false;
  if (index < 0) return in_.malformed_at(start, "malformed block type");
  out_.block.kind = BlockType::Kind::type_index;
  out_.block.type_index = static_cast<std::uint32_t>(index);
  return true;
}

bool Decoder::branch_table() {
  std::uint32_t count = 0;
  if (!in_.count(count, kMaxBranchTargets, "br_table targets")) return false;
  out_.labels.resize(std::size_t{count} + 1);
  for (std::uint32_t& label : out_.labels) {
    if (!in_.u32(label)) return false;
  }
  return true;
}

bool Decoder::catch_clauses() {
  std::uint32_t count = 0;
  if (!in_.count(count, kMaxCatchClauses, "catch clauses")) return false;
  out_.catches.resize(count);
  return std::ranges::all_of(out_.catches, [&](CatchClause& clause) { return catch_clause(clause); });
}

bool Decoder::catch_clause(CatchClause& clause) {
  const std::uint64_t start = in_.offset();
  std::uint8_t kind = 0;
  if (!in_.u8(kind)) return false;
  if (kind > static_cast<std::uint8_t>(CatchClause::Kind::catch_all_ref)) {
    return in_.malformed_at(start, "malformed catch clause " + hex(kind));
  }
  clause = {.kind = static_cast<CatchClause::Kind>(kind)};
  return (!clause.has_tag() || in_.u32(clause.tag)) && in_.u32(clause.label);
}

// Bit 6 of the alignment says that a memory index follows (multi-memory).
bool Decoder::memory_argument() {
  constexpr std::uint32_t kMemoryFollows = 0x40;
  const std::uint64_t start = in_.offset();
  std::uint32_t flags = 0;
  if (!in_.u32(flags)) return false;
  if (flags >= 2 * kMemoryFollows) return in_.malformed_at(start, "malformed memop flags");
  out_.align = flags & (kMemoryFollows - 1);
  out_.memory = 0;
  if (flags & kMemoryFollows) {
    if (!in_.features().has(Feature::multi_memory)) {
      return in_.unsupported_at(start, "a memory index needs the feature multi-memory, which is off");
    }
    if (!in_.u32(out_.memory)) return false;
  }
  return memory_offset();
}

// Encoded alike for all memories; whether it fits this one, the validator knows.
bool Decoder::memory_offset() {
  if (in_.features().has(Feature::memory64)) return in_.u64(out_.memory_offset);
  std::uint32_t offset = 0;
  if (!in_.u32(offset)) return false;
  out_.memory_offset = offset;
  return true;
}

// Without multi-memory this is a reserved byte, not a number.
bool Decoder::memory_index(std::uint32_t& index) {
  if (in_.features().has(Feature::multi_memory)) return in_.u32(index);
  index = 0;
  return zero_byte();
}

bool Decoder::zero_byte() {
  const std::uint64_t start = in_.offset();
  std::uint8_t zero = 0;
  if (!in_.u8(zero)) return false;
  return zero == 0 || in_.malformed_at(start, "zero byte expected");
}

bool Decoder::select_types() {
  std::uint32_t count = 0;
  if (!in_.count(count, kMaxResults, "select types")) return false;
  out_.select_types.resize(count);
  for (ValueType& type : out_.select_types) {
    if (!in_.value_type(type)) return false;
  }
  if (count == 1) out_.type = out_.select_types.front();
  return true;
}

// i32 and f32 fill the low half of bits[0] and leave the rest zero.
bool Decoder::constant() {
  std::int32_t signed32 = 0;
  std::int64_t signed64 = 0;
  std::uint32_t raw32 = 0;
  out_.bits[1] = 0;
  switch (out_.info->immediate) {
    case Immediate::i32:
      if (!in_.s32(signed32)) return false;
      out_.bits[0] = static_cast<std::uint32_t>(signed32);
      return true;
    case Immediate::i64:
      if (!in_.s64(signed64)) return false;
      out_.bits[0] = static_cast<std::uint64_t>(signed64);
      return true;
    case Immediate::f32:
      if (!in_.fixed(raw32)) return false;
      out_.bits[0] = raw32;
      return true;
    default: return in_.fixed(out_.bits[0]);
  }
}

}  // namespace

std::expected<void, Error> OperatorReader::next(Operator& out) {
  CheckedReader in(in_, base_, features_, types_);
  if (!Decoder(in, out).decode()) return std::unexpected(in.take_error());
  return {};
}

}  // namespace tenon::wasm
