#include "artifact/types_codec.hpp"

namespace tenon::artifact {
namespace {

// Before what is not one byte: a place in the list, or the nullable type.
constexpr std::uint8_t kNullable = 0x63;
constexpr std::uint8_t kNonNull = 0x64;
constexpr std::uint8_t kNonNullNamed = 0x65;

// Flags, then one or two numbers, as in the binary format of modules.
constexpr std::uint8_t kHasMaximum = 1;
constexpr std::uint8_t kShared = 2;
constexpr std::uint8_t k64 = 4;

void write_limits(base::ByteWriter& out, const Limits& limits, std::uint8_t flags) {
  out.u8(flags | (limits.maximum ? kHasMaximum : 0));
  out.leb(limits.minimum);
  if (limits.maximum) out.leb(*limits.maximum);
}

// Returns the flags. Flags other than those allowed fail `in`.
std::uint8_t read_limits(FieldReader& in, Limits& limits, std::uint8_t allowed) {
  const std::uint8_t flags = in.u8();
  if (flags & ~(allowed | kHasMaximum)) in.fail();
  limits.minimum = in.u64();
  if (flags & kHasMaximum) limits.maximum = in.u64();
  return flags;
}

ValueType read_named(FieldReader& in, std::uint8_t byte) {
  const auto type = ValueType{byte};
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

// One overload for each alternative of ExternType.
struct Mention {
  TypeWriter& writer;
  void operator()(const FunctionType& type) const { writer.mention(type); }
  void operator()(const TableType& type) const { writer.mention(type.element); }
  void operator()(const MemoryType&) const {}
  void operator()(const GlobalType& type) const { writer.mention(type.value); }
  void operator()(const TagType& type) const { writer.mention(type.type); }
};

struct Write {
  TypeWriter& writer;
  base::ByteWriter& out;
  void operator()(const FunctionType& type) const { writer.function(type); }
  void operator()(const TableType& type) const {
    writer.value(type.element);
    write_limits(out, type.limits, type.is_64 ? k64 : 0);
  }
  void operator()(const MemoryType& type) const {
    write_limits(out, type.limits, (type.is_64 ? k64 : 0) | (type.is_shared ? kShared : 0));
  }
  void operator()(const GlobalType& type) const {
    writer.value(type.value);
    out.u8(type.is_mutable);
  }
  void operator()(const TagType& type) const { writer.function(type.type); }
};

}  // namespace

void TypeWriter::mention(ValueType type) {
  if (!detail::has_number(type)) return;
  const std::uint32_t number = detail::number_of(type);
  if (places_.try_emplace(number, 0).second) pending_.push_back(number);
}

void TypeWriter::mention(const FunctionType& type) {
  for (const ValueType value : type.parameters) mention(value);
  for (const ValueType value : type.results) mention(value);
}

void TypeWriter::mention(const ExternType& type) { std::visit(Mention{*this}, type); }

// In the order of their numbers, so that a type comes after those that it refers to.
void TypeWriter::write_list_of_mentioned() {
  while (!pending_.empty()) {
    const std::uint32_t number = pending_.back();
    pending_.pop_back();
    mention(types_[number]);
  }
  std::uint32_t next = 0;
  for (auto& entry : places_) entry.second = next++;
  write_list(out_, places_, [&](const auto& entry) { function(types_[entry.first]); });
}

void TypeWriter::value(ValueType type) {
  if (detail::has_number(type)) {
    out_.u8(has_default(type) ? kNullable : kNonNull);
    out_.leb(places_.at(detail::number_of(type)));
    return;
  }
  if (!has_default(type)) out_.u8(kNonNullNamed);
  out_.u8(static_cast<std::uint8_t>(nullable(type)));
}

void TypeWriter::function(const FunctionType& type) {
  write_list(out_, type.parameters, [&](ValueType parameter) { value(parameter); });
  write_list(out_, type.results, [&](ValueType result) { value(result); });
}

void TypeWriter::bare(const ExternType& type) { std::visit(Write{*this, out_}, type); }

void TypeWriter::any(const ExternType& type) {
  out_.u8(static_cast<std::uint8_t>(kind_of(type)));
  bare(type);
}

void TypeWriter::imports(const std::vector<ImportType>& imports) {
  write_list(out_, imports, [&](const ImportType& item) {
    out_.string(item.module);
    out_.string(item.name);
    any(item.type);
  });
}

void TypeWriter::exports(const std::vector<ExportType>& exports) {
  write_list(out_, exports, [&](const ExportType& item) {
    out_.string(item.name);
    any(item.type);
    out_.leb(item.index);
  });
}

// Safety: each type refers only to those before it, so that whoever goes through what a
// type refers to comes to an end.
NumberedTypes TypeReader::list_of_mentioned() {
  return in_.list([&] {
    FunctionType type = function();
    ++mentioned_;
    return type;
  });
}

ValueType TypeReader::value() {
  const std::uint8_t byte = in_.u8();
  if (byte == kNonNullNamed) {
    const ValueType type = read_named(in_, in_.u8());
    if (!is_reference(type)) in_.fail();
    return non_null(type);
  }
  if (byte != kNullable && byte != kNonNull) return read_named(in_, byte);
  const std::uint32_t place = in_.u32();
  if (place >= mentioned_) in_.fail();
  if (!in_.ok()) return ValueType::i32;
  const ValueType reference = detail::reference_to_number(place);
  return byte == kNullable ? reference : non_null(reference);
}

FunctionType TypeReader::function() {
  auto read = [&] { return value(); };
  FunctionType type;
  type.parameters = in_.list(read);
  type.results = in_.list(read);
  return type;
}

TableType TypeReader::table() {
  TableType type{.element = value(), .limits = {}};
  if (!is_reference(type.element)) in_.fail();
  type.is_64 = read_limits(in_, type.limits, k64) & k64;
  return type;
}

MemoryType TypeReader::memory() {
  MemoryType type;
  const std::uint8_t flags = read_limits(in_, type.limits, k64 | kShared);
  type.is_64 = flags & k64;
  type.is_shared = flags & kShared;
  return type;
}

GlobalType TypeReader::global() {
  GlobalType type{.value = value()};
  type.is_mutable = in_.flag();
  return type;
}

ExternType TypeReader::any() {
  switch (in_.choice(ExternKind::tag)) {
    case ExternKind::function: return function();
    case ExternKind::table: return table();
    case ExternKind::memory: return memory();
    case ExternKind::global: return global();
    case ExternKind::tag: break;
  }
  TagType type{.type = function()};
  if (!type.type.results.empty()) in_.fail();
  return type;
}

std::vector<ImportType> TypeReader::imports() {
  return in_.list([&] {
    ImportType item;
    item.module = in_.string();
    item.name = in_.string();
    item.type = any();
    return item;
  });
}

std::vector<ExportType> TypeReader::exports() {
  return in_.list([&] {
    ExportType item;
    item.name = in_.string();
    item.type = any();
    item.index = in_.u32();
    return item;
  });
}

}  // namespace tenon::artifact
