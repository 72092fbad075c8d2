// Element and data segments (core specification, sections 5.5.12, 5.5.14 and
// 5.5.15).
#include <algorithm>

#include "wasm/limits.hpp"
#include "wasm/reader/reader.hpp"

namespace tenon::wasm {
namespace {

// The bits of an element segment's first number. The middle one means an
// explicit table index where the segment is active, and tells declarative from
// passive where it is not.
constexpr std::uint32_t kNotActive = 1;
constexpr std::uint32_t kExplicit = 2;
constexpr std::uint32_t kExpressions = 4;

SegmentMode element_mode(std::uint32_t flags) {
  if (!(flags & kNotActive)) return SegmentMode::active;
  return flags & kExplicit ? SegmentMode::declarative : SegmentMode::passive;
}

}  // namespace

bool ModuleReader::element_section(CheckedReader& in) {
  std::uint32_t count = 0;
  if (!in.count(count, kMaxElementSegments, "element segments")) return false;
  module_.elements.reserve(std::min<std::size_t>(count, in.remaining() / 3));  // no segment is shorter
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!element_segment(in, module_.elements.emplace_back())) return false;
  }
  return true;
}

bool ModuleReader::element_segment(CheckedReader& in, ElementSegment& out) {
  const std::uint64_t start = in.offset();
  std::uint32_t flags = 0;
  if (!in.u32(flags)) return false;
  if (flags > (kNotActive | kExplicit | kExpressions)) {
    return in.malformed_at(start, "malformed elements segment kind " + std::to_string(flags));
  }
  out.mode = element_mode(flags);
  const bool active = out.mode == SegmentMode::active;
  if (active) {
    if ((flags & kExplicit) && !in.u32(out.table)) return false;
    if (!exists(in, start, out.table, module_.tables.size(), "table")) return false;
    if (!constant_expression(in, module_.tables[out.table].address_type(), out.offset)) return false;
  }
  if (!element_type(in, flags, out)) return false;
  if (active && !is_subtype(out.type, module_.tables[out.table].element)) {
    return in.invalid_at(start, "type mismatch: segment of " + text_of(out.type) + " for a table of " +
                                    text_of(module_.tables[out.table].element));
  }
  return element_values(in, flags & kExpressions, out);
}

// Absent in the two oldest forms, which mean functions; where those are named
// by their indices, none is null.
bool ModuleReader::element_type(CheckedReader& in, std::uint32_t flags, ElementSegment& out) {
  out.type = flags & kExpressions ? ValueType::funcref : non_null(ValueType::funcref);
  if (!(flags & (kNotActive | kExplicit))) return true;
  if (flags & kExpressions) return in.reference_type(out.type);
  const std::uint64_t start = in.offset();
  std::uint8_t kind = 0;
  return in.u8(kind) && (kind == 0 || in.malformed_at(start, "malformed element kind " + hex(kind)));
}

bool ModuleReader::element_values(CheckedReader& in, bool expressions, ElementSegment& out) {
  std::uint32_t count = 0;
  if (!in.count(count, kMaxSegmentElements, "elements")) return false;
  out.elements.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (expressions) {
      if (!constant_expression(in, out.type, out.elements.emplace_back())) return false;
      continue;
    }
    const std::uint64_t start = in.offset();
    std::uint32_t function = 0;
    if (!in.u32(function) || !exists(in, start, function, module_.functions.size(), "function")) return false;
    declare(function);
    out.elements.push_back({{ConstantOperator::Kind::ref_func, {function, 0}}});
  }
  return true;
}

bool ModuleReader::data_count_section(CheckedReader& in) {
  std::uint32_t count = 0;
  if (!in.u32(count) || !in.within(count, kMaxDataSegments, "module", "data segments")) return false;
  data_count_ = count;
  return true;
}

bool ModuleReader::data_section(CheckedReader& in) {
  std::uint32_t count = 0;
  if (!in.count(count, kMaxDataSegments, "data segments")) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!data_segment(in, module_.data.emplace_back())) return false;
  }
  return true;
}

bool ModuleReader::data_segment(CheckedReader& in, DataSegment& out) {
  constexpr std::uint32_t kPassive = 1;
  constexpr std::uint32_t kExplicitMemory = 2;
  const std::uint64_t start = in.offset();
  std::uint32_t flags = 0;
  if (!in.u32(flags)) return false;
  if (flags > kExplicitMemory) {
    return in.malformed_at(start, "malformed data segment kind " + std::to_string(flags));
  }
  out.mode = flags == kPassive ? SegmentMode::passive : SegmentMode::active;
  if (out.mode == SegmentMode::active) {
    if (flags == kExplicitMemory && !in.u32(out.memory)) return false;
    if (!exists(in, start, out.memory, module_.memories.size(), "memory")) return false;
    if (!constant_expression(in, module_.memories[out.memory].address_type(), out.offset)) return false;
  }
  return in.block(out.bytes);
}

}  // namespace tenon::wasm
