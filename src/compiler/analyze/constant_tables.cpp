#include "compiler/analyze/constant_tables.hpp"

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

}  // namespace

bool is_certainly_inside(const wasm::Module& source, const ElementSegment& segment) {
  const std::uint64_t size = source.tables[segment.table].limits.minimum;
  const auto offset = constant_offset(segment);
  return offset && *offset <= size && segment.elements.size() <= size - *offset;
}

namespace {

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

// Whether all holds that does not hang on segments.
std::vector<bool> may_be_constant(const wasm::Module& source) {
  std::vector<bool> may_be(source.tables.size());
  for (std::uint32_t table = source.imported_tables; table < may_be.size(); ++table) {
    may_be[table] = general_type(source.tables[table].element) == ValueType::funcref &&
                    source.table_initials[table - source.imported_tables].empty() &&
                    !source.table_uses[table].is_written;
  }
  for (const auto& item : source.exports) {
    if (item.kind == ExternKind::table) may_be[item.index] = false;
  }
  return may_be;
}

std::uint64_t bytes_of_bodies(const wasm::Module& source) {
  std::uint64_t bytes = 0;
  for (const auto& body : source.bodies) bytes += body.code.size();
  return bytes;
}

}  // namespace

std::vector<std::optional<ConstantTable>> constant_tables(const wasm::Module& source,
                                                          const std::vector<std::uint64_t>& most) {
  const std::vector<bool> may_be = may_be_constant(source);
  std::vector<std::optional<ConstantTable>> tables(source.tables.size());
  for (std::uint32_t table = 0; table < tables.size(); ++table) {
    const std::uint64_t size = source.tables[table].limits.minimum;
    if (may_be[table] && size <= most[table]) tables[table].emplace(size);
  }
  // Safety: a segment out of bounds ends instantiation, but what earlier ones
  // wrote into imported tables stays, so that others may call functions of the
  // instance that never came to be. These find a table as the segments before
  // left it: it is constant only if none before its last can fail.
  bool may_have_failed = false;
  for (const ElementSegment& segment : source.elements) {
    if (segment.mode != wasm::SegmentMode::active) continue;
    may_have_failed |= !is_certainly_inside(source, segment);
    auto& table = tables[segment.table];
    if (table && (may_have_failed || !write(segment, *table))) table.reset();
  }
  return tables;
}

CodeArrays::CodeArrays(const wasm::Module& source) : source_(source) {
  std::uint64_t room = std::max(kLeastRoom, bytes_of_bodies(source));
  const std::vector<bool> may_be = may_be_constant(source);
  std::vector<std::uint64_t> most(source.tables.size());
  // Of each table, how many arrays there is room for: the first types have them.
  std::vector<std::size_t> fitting(source.tables.size());
  for (std::uint32_t table = 0; table < source.tables.size(); ++table) {
    const std::uint64_t size = source.tables[table].limits.minimum;
    if (!may_be[table] || size == 0 || size > room / kElementBytes) continue;
    const std::uint64_t bytes = size * kElementBytes;
    fitting[table] = std::min<std::uint64_t>(source.table_uses[table].called_types.size(), room / bytes);
    room -= fitting[table] * bytes;
    if (fitting[table] > 0) most[table] = size;
  }
  tables_ = constant_tables(source, most);
  for (std::uint32_t table = 0; table < source.tables.size(); ++table) {
    if (!tables_[table]) continue;
    for (std::size_t i = 0; i < fitting[table]; ++i) {
      arrays_.push_back({.table = table, .type = source.table_uses[table].called_types[i]});
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
