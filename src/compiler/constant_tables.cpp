#include "compiler/constant_tables.hpp"

#include <algorithm>
#include <tuple>

namespace tenon::compiler {

namespace {

using wasm::ConstantOperator;
using wasm::ElementSegment;

std::optional<std::uint64_t> constant_offset(const ElementSegment& segment) {
  if (segment.offset.size() != 1) return std::nullopt;
  const auto& op = segment.offset[0];
  if (op.kind == ConstantOperator::Kind::i32_const) return static_cast<std::uint32_t>(op.value[0]);
  if (op.kind == ConstantOperator::Kind::i64_const) return op.value[0];
  return std::nullopt;
}

// Whatever is imported in the table's place: it has at least the minimum.
bool is_certainly_inside(const wasm::Module& source, const ElementSegment& segment) {
  const std::uint64_t size = source.tables[segment.table].limits.minimum;
  const auto offset = constant_offset(segment);
  return offset && *offset <= size && segment.elements.size() <= size - *offset;
}

bool is_exported(const wasm::Module& source, std::uint32_t table) {
  return std::ranges::any_of(source.exports, [&](const wasm::Export& item) {
    return item.kind == ExternKind::table && item.index == table;
  });
}

// False where an element is neither a function nor null.
bool write(const ElementSegment& segment, ConstantTable& contents) {
  std::uint64_t at = *constant_offset(segment);
  for (const auto& element : segment.elements) {
    if (element.size() != 1) return false;
    const auto& op = element[0];
    if (op.kind == ConstantOperator::Kind::ref_func) {
      contents[at++] = static_cast<std::uint32_t>(op.value[0]);
    } else if (op.kind == ConstantOperator::Kind::ref_null) {
      contents[at++] = std::nullopt;
    } else {
      return false;
    }
  }
  return true;
}

std::uint64_t bytes_of_bodies(const wasm::Module& source) {
  std::uint64_t bytes = 0;
  for (const auto& body : source.bodies) bytes += body.code.size();
  return bytes;
}

}  // namespace

std::optional<ConstantTable> constant_table(const wasm::Module& source, std::uint32_t table,
                                            std::uint64_t most) {
  const TableType& type = source.tables[table];
  if (table < source.imported_tables || general_type(type.element) != ValueType::funcref) return std::nullopt;
  if (!source.table_initials[table - source.imported_tables].empty()) return std::nullopt;
  if (source.table_uses[table].is_written || is_exported(source, table)) return std::nullopt;
  if (type.limits.minimum > most) return std::nullopt;
  ConstantTable contents(type.limits.minimum);
  // Safety: a segment out of bounds ends instantiation, but what earlier ones
  // wrote into imported tables stays, so that others may call functions of the
  // instance that never came to be. These find the table as the segments before
  // left it: it is constant only if none before its last can fail.
  bool may_have_failed = false;
  for (const ElementSegment& segment : source.elements) {
    if (segment.mode != wasm::SegmentMode::active) continue;
    may_have_failed |= !is_certainly_inside(source, segment);
    if (segment.table != table) continue;
    if (may_have_failed || !write(segment, contents)) return std::nullopt;
  }
  return contents;
}

CodeArrays::CodeArrays(const wasm::Module& source) : source_(source), tables_(source.tables.size()) {
  std::uint64_t room = std::max(kLeastRoom, bytes_of_bodies(source));
  for (std::uint32_t table = 0; table < source.tables.size(); ++table) {
    const auto& called = source.table_uses[table].called_types;
    const std::uint64_t size = source.tables[table].limits.minimum;
    if (called.empty() || size == 0 || size > room / kElementBytes) continue;
    tables_[table] = constant_table(source, table, room / kElementBytes);
    if (!tables_[table]) continue;
    for (const std::uint32_t type : called) {
      if (size * kElementBytes > room) break;
      room -= size * kElementBytes;
      arrays_.push_back({.table = table, .type = type});
    }
  }
}

std::optional<std::uint32_t> CodeArrays::find(std::uint32_t table, std::uint32_t type) const {
  const auto key = [](const CodeArray& array) { return std::tuple(array.table, array.type); };
  const std::tuple wanted(table, source_.canonical_types[type]);
  const auto at = std::ranges::lower_bound(arrays_, wanted, {}, key);
  if (at == arrays_.end() || key(*at) != wanted) return std::nullopt;
  return static_cast<std::uint32_t>(at - arrays_.begin());
}

}  // namespace tenon::compiler
