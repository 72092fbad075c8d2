// What immediates must satisfy: the same for every operator that has them.
#include <algorithm>

#include "wasm/validate/subtyping.hpp"
#include "wasm/validate/validator.hpp"

namespace tenon::wasm {

bool Validator::check_immediate() {
  const Operator& op = operator_;
  switch (op.info->immediate) {
    case Immediate::none:
    case Immediate::br_table:  // its labels are looked at once, by its rule
    case Immediate::delegate:  // and so is this one, once its try has ended
    case Immediate::select_types:
    case Immediate::heap_type:
    case Immediate::i32:
    case Immediate::i64:
    case Immediate::f32:
    case Immediate::f64:
    case Immediate::v128:
    case Immediate::fence: return true;
    case Immediate::block_type: return check_block_type();
    case Immediate::try_table: return check_block_type() && check_catches();
    case Immediate::label: return exists(op.index, control_.size(), "label");
    case Immediate::function: return exists(op.index, module_.functions.size(), "function");
    case Immediate::type: return exists(op.index, module_.types.size(), "type");
    case Immediate::local: return exists(op.index, local_count(), "local");
    case Immediate::tag: return exists(op.index, module_.tags.size(), "tag");
    case Immediate::global: return exists(op.index, module_.globals.size(), "global");
    case Immediate::table: return check_table();
    case Immediate::element: return exists(op.index, module_.elements.size(), "elem segment");
    case Immediate::data: return data_exists();
    case Immediate::memory: return exists(op.index, module_.memories.size(), "memory");
    case Immediate::two_memories:
      return exists(op.index, module_.memories.size(), "memory") &&
             exists(op.index2, module_.memories.size(), "memory");
    case Immediate::memory_init: return exists(op.index2, module_.memories.size(), "memory") && data_exists();
    case Immediate::call_indirect: return check_call_indirect();
    case Immediate::table_init: return check_table_init();
    case Immediate::two_tables: return check_table_copy();
    case Immediate::memory_access: return check_access();
    case Immediate::memory_lane: return check_access() && check_lane(op.info->lane_count());
    case Immediate::atomic_access: return check_access() && check_atomic_alignment();
    case Immediate::lane: return check_lane(op.info->lane_count());
    case Immediate::shuffle: return check_shuffle();
  }
  return false;
}

bool Validator::exists(std::uint64_t index, std::uint64_t count, const char* what) {
  return index < count || invalid(std::string("unknown ") + what + " " + std::to_string(index));
}

bool Validator::check_block_type() {
  return operator_.block.kind != BlockType::Kind::type_index ||
         exists(operator_.block.type_index, module_.types.size(), "type");
}

// The labels are those around the try_table: none of its own has begun yet.
bool Validator::check_catches() {
  return std::ranges::all_of(operator_.catches,
                             [&](const CatchClause& clause) { return check_catch(clause); });
}

bool Validator::check_catch(const CatchClause& clause) {
  if (clause.has_tag() && !exists(clause.tag, module_.tags.size(), "tag")) return false;
  if (!exists(clause.label, control_.size(), "label")) return false;
  Types wanted = label_types(clause.label);
  if (clause.has_reference()) {
    if (wanted.empty() || !is_subtype(non_null(ValueType::exnref), wanted.back())) {
      return invalid("type mismatch: a catch clause gives an exnref that its label does not take");
    }
    wanted = wanted.first(wanted.size() - 1);
  }
  const Types given = clause.has_tag() ? Types(module_.tag_type(clause.tag).parameters) : Types();
  return match(given, wanted) ||
         invalid("type mismatch: a catch clause gives other values than its label takes");
}

bool Validator::data_exists() {
  if (!data_count_) return malformed("data count section required");
  return exists(operator_.index, *data_count_, "data segment");
}

bool Validator::check_access() {
  if (!exists(operator_.memory, module_.memories.size(), "memory")) return false;
  // Safety: generated code relies on offsets of 32 bits where addresses have 32.
  if (!module_.memories[operator_.memory].is_64 && operator_.memory_offset > 0xFFFF'FFFF) {
    return invalid("offset out of range");
  }
  return operator_.align <= operator_.info->natural_alignment() ||
         invalid("alignment must not be larger than natural");
}

bool Validator::check_atomic_alignment() {
  return operator_.align == operator_.info->natural_alignment() ||
         invalid("atomic alignment must be natural");
}

bool Validator::check_lane(std::uint32_t lanes) {
  return operator_.lane < lanes || invalid("invalid lane index " + std::to_string(operator_.lane));
}

bool Validator::check_shuffle() {
  constexpr std::uint64_t kBeyond31 = 0xE0E0'E0E0'E0E0'E0E0;  // a byte of two vectors is 0 to 31
  return ((operator_.bits[0] | operator_.bits[1]) & kBeyond31) == 0 || invalid("invalid lane index");
}

bool Validator::check_table() {
  if (!exists(operator_.index, module_.tables.size(), "table")) return false;
  const Opcode opcode = operator_.opcode();
  if (opcode != Opcode::table_get && opcode != Opcode::table_size) tables_[operator_.index].is_written = true;
  return true;
}

std::vector<TableUse> Validator::table_uses() const {
  std::vector<TableUse> uses;
  uses.reserve(tables_.size());
  for (const TableNotes& table : tables_) {
    uses.push_back({.is_written = table.is_written,
                    .called_types = {table.called_types.begin(), table.called_types.end()}});
  }
  return uses;
}

bool Validator::check_call_indirect() {
  if (!exists(operator_.index2, module_.tables.size(), "table")) return false;
  if (!is_subtype(module_.tables[operator_.index2].element, ValueType::funcref)) {
    return invalid("type mismatch: " + std::string(operator_.info->text) + " expects a table of funcref");
  }
  if (!exists(operator_.index, module_.types.size(), "type")) return false;
  tables_[operator_.index2].called_types.insert(module_.canonical_types[operator_.index]);
  return true;
}

bool Validator::check_table_init() {
  if (!exists(operator_.index2, module_.tables.size(), "table") ||
      !exists(operator_.index, module_.elements.size(), "elem segment")) {
    return false;
  }
  tables_[operator_.index2].is_written = true;
  return is_subtype(module_.elements[operator_.index].type, module_.tables[operator_.index2].element) ||
         invalid("type mismatch: segment and table hold other types");
}

bool Validator::check_table_copy() {
  if (!exists(operator_.index, module_.tables.size(), "table") ||
      !exists(operator_.index2, module_.tables.size(), "table")) {
    return false;
  }
  tables_[operator_.index].is_written = true;
  return is_subtype(module_.tables[operator_.index2].element, module_.tables[operator_.index].element) ||
         invalid("type mismatch: the tables hold other types");
}

}  // namespace tenon::wasm
