// The types, imports and exports that note and plan share, in bytes.
#include "artifact/types_codec.hpp"
#include "artifact/fields.hpp"
#include "artifact/plan.hpp"

namespace tenon::artifact {
namespace {

// Flags, then one or two numbers, as in the binary format of modules.
constexpr std::uint8_t kHasMaximum = 1;
constexpr std::uint8_t kShared = 2;
constexpr std::uint8_t k64 = 4;

void write_limits(base::ByteWriter& out, const Limits& limits, std::uint8_t flags) {
  out.u8(flags | (limits.maximum ? kHasMaximum : 0));
  out.leb(limits.minimum);
  if (limits.maximum) out.leb(*limits.maximum);
}

// Gives the flags, none of them but those allowed.
std::uint8_t read_limits(FieldReader& in, Limits& limits, std::uint8_t allowed) {
  const std::uint8_t flags = in.u8();
  if (flags & ~(allowed | kHasMaximum)) in.fail();
  limits.minimum = in.u64();
  if (flags & kHasMaximum) limits.maximum = in.u64();
  return flags;
}

struct TypeWriter {
  base::ByteWriter& out;
  void operator()(const FunctionType& type) const { write_function_type(out, type); }
  void operator()(const TableType& type) const {
    out.u8(static_cast<std::uint8_t>(type.element));
    write_limits(out, type.limits, type.is_64 ? k64 : 0);
  }
  void operator()(const MemoryType& type) const {
    write_limits(out, type.limits, (type.is_64 ? k64 : 0) | (type.is_shared ? kShared : 0));
  }
  void operator()(const GlobalType& type) const {
    out.u8(static_cast<std::uint8_t>(type.value));
    out.u8(type.is_mutable);
  }
  void operator()(const TagType& type) const { write_function_type(out, type.type); }
};

ExternType read_any_type(FieldReader& in) {
  switch (in.choice(ExternKind::tag)) {
    case ExternKind::function: return read_function_type(in);
    case ExternKind::table: return read_table_type(in);
    case ExternKind::memory: return read_memory_type(in);
    case ExternKind::global: return read_global_type(in);
    case ExternKind::tag: return read_tag_type(in);
  }
  return {};
}

}  // namespace

ValueType read_value_type(FieldReader& in) {
  const auto type = static_cast<ValueType>(in.u8());
  switch (type) {
    case ValueType::i32:
    case ValueType::i64:
    case ValueType::f32:
    case ValueType::f64:
    case ValueType::v128:
    case ValueType::funcref:
    case ValueType::externref:
    case ValueType::exnref: return type;
  }
  in.fail();
  return ValueType::i32;
}

void write_function_type(base::ByteWriter& out, const FunctionType& type) {
  auto write = [&](ValueType value) { out.u8(static_cast<std::uint8_t>(value)); };
  write_list(out, type.parameters, write);
  write_list(out, type.results, write);
}

FunctionType read_function_type(FieldReader& in) {
  auto read = [&] { return read_value_type(in); };
  FunctionType type;
  type.parameters = in.list(read);
  type.results = in.list(read);
  return type;
}

TableType read_table_type(FieldReader& in) {
  TableType type{.element = read_value_type(in), .limits = {}};
  if (!is_reference(type.element)) in.fail();
  type.is_64 = read_limits(in, type.limits, k64) & k64;
  return type;
}

MemoryType read_memory_type(FieldReader& in) {
  MemoryType type;
  const std::uint8_t flags = read_limits(in, type.limits, k64 | kShared);
  type.is_64 = flags & k64;
  type.is_shared = flags & kShared;
  return type;
}

GlobalType read_global_type(FieldReader& in) {
  GlobalType type{.value = read_value_type(in)};
  type.is_mutable = in.flag();
  return type;
}

TagType read_tag_type(FieldReader& in) {
  TagType type{.type = read_function_type(in)};
  if (!type.type.results.empty()) in.fail();
  return type;
}

void write_bare_type(base::ByteWriter& out, const ExternType& type) { std::visit(TypeWriter{out}, type); }

void write_type(base::ByteWriter& out, const ExternType& type) {
  out.u8(static_cast<std::uint8_t>(kind_of(type)));
  write_bare_type(out, type);
}

std::optional<ExternType> read_type(base::ByteReader& in) {
  FieldReader fields(in);
  ExternType type = read_any_type(fields);
  if (!fields.ok()) return std::nullopt;
  return type;
}

void write_imports(base::ByteWriter& out, const std::vector<ImportType>& imports) {
  write_list(out, imports, [&](const ImportType& item) {
    out.string(item.module);
    out.string(item.name);
    write_type(out, item.type);
  });
}

std::optional<std::vector<ImportType>> read_imports(base::ByteReader& in) {
  FieldReader fields(in);
  auto imports = fields.list([&] {
    ImportType item;
    item.module = fields.string();
    item.name = fields.string();
    item.type = read_any_type(fields);
    return item;
  });
  if (!fields.ok()) return std::nullopt;
  return imports;
}

void write_exports(base::ByteWriter& out, const std::vector<ExportType>& exports) {
  write_list(out, exports, [&](const ExportType& item) {
    out.string(item.name);
    write_type(out, item.type);
    out.leb(item.index);
  });
}

std::optional<std::vector<ExportType>> read_exports(base::ByteReader& in) {
  FieldReader fields(in);
  auto exports = fields.list([&] {
    ExportType item;
    item.name = fields.string();
    item.type = read_any_type(fields);
    item.index = fields.u32();
    return item;
  });
  if (!fields.ok()) return std::nullopt;
  return exports;
}

}  // namespace tenon::artifact
