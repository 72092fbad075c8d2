#include "wasm/checked_reader.hpp"

#include <array>
#include <charconv>

#include "base/utf8.hpp"
#include "wasm/limits.hpp"

namespace tenon::wasm {
namespace {

// The types of proposals that we know but do not support.
struct ForeignType {
  std::uint8_t first;
  std::uint8_t last;
  Feature feature;
};
constexpr ForeignType kForeignTypes[] = {
    {0x6A, 0x6E, Feature::gc},          // arrayref to anyref
    {0x71, 0x73, Feature::gc},          // nullref to nullfuncref
    {0x74, 0x74, Feature::exceptions},  // nullexnref
};

constexpr std::uint8_t kRef = 0x64;  // and a heap type
constexpr std::uint8_t kRefNull = 0x63;

constexpr bool is_value_type(std::uint8_t byte) {
  return (byte >= 0x7B && byte <= 0x7F) || byte == 0x70 || byte == 0x6F || byte == 0x69;
}

constexpr bool is_one_byte_negative(std::uint8_t byte) { return (byte & 0xC0) == 0x40; }

std::optional<Feature> foreign_type(std::uint8_t byte) {
  for (const ForeignType& foreign : kForeignTypes) {
    if (byte >= foreign.first && byte <= foreign.last) return foreign.feature;
  }
  return std::nullopt;
}

std::string texts(const std::vector<ValueType>& types) {
  std::string all;
  for (const ValueType type : types) all += (all.empty() ? "" : ", ") + text_of(type);
  return all;
}

constexpr Feature feature_of(ValueType type) {
  if (type == ValueType::v128) return Feature::simd;
  if (type == ValueType::exnref) return Feature::exceptions;
  return is_reference(type) ? Feature::reference_types : Feature::mvp;
}

}  // namespace

std::string hex(std::uint32_t value) {
  std::array<char, 8> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  return (value < 16 ? "0x0" : "0x") + std::string(digits.data(), end);
}

std::string text_of(ValueType type) {
  if (!detail::has_number(type)) return to_string(type);
  return (has_default(type) ? "(ref null " : "(ref ") + std::to_string(detail::number_of(type)) + ")";
}

std::string text_of(const FunctionType& type) {
  const std::string results = texts(type.results);
  return "(" + texts(type.parameters) + ") -> " + (type.results.size() == 1 ? results : "(" + results + ")");
}

Error limit_error(std::uint64_t where, std::uint64_t actual, std::uint64_t limit, std::string_view what,
                  std::string_view things) {
  std::string message(what);
  message += " has " + std::to_string(actual) + " ";
  message += things;
  message += "; the limit is " + std::to_string(limit);
  return Error{.phase = Phase::read,
               .code = ErrorCode::limit_exceeded,
               .message = std::move(message),
               .byte_offset = where};
}

bool CheckedReader::block(base::ByteView& out) {
  const std::uint64_t start = offset();
  std::uint32_t size = 0;
  if (!u32(size)) return false;
  if (size > remaining()) {
    return malformed_at(start, "length out of bounds: " + std::to_string(size) + " bytes announced, " +
                                   std::to_string(remaining()) + " left");
  }
  out = *bytes_.take(size);
  return true;
}

bool CheckedReader::count(std::uint32_t& out, std::uint32_t limit, std::string_view what) {
  const std::uint64_t start = offset();
  if (!u32(out)) return false;
  // No entry of any vector takes less than one byte.
  if (out > remaining()) {
    return malformed_at(start, "unexpected end: " + std::to_string(out) + " " + std::string(what) +
                                   " announced, " + std::to_string(remaining()) + " bytes left");
  }
  return out <= limit || adopt(limit_error(start, out, limit, "a list", what));
}

bool CheckedReader::name(std::string_view& out) {
  const std::uint64_t start = offset();
  base::ByteView bytes;
  if (!block(bytes)) return false;
  out = base::as_text(bytes);
  if (const auto bad = base::find_invalid_utf8(out)) {
    return malformed_at(offset() - bytes.size() + *bad, "malformed UTF-8 encoding");
  }
  return out.size() <= kMaxNameBytes || adopt(limit_error(start, out.size(), kMaxNameBytes, "name", "bytes"));
}

bool CheckedReader::value_type(ValueType& out) {
  const std::uint64_t start = offset();
  std::uint8_t byte = 0;
  if (!u8(byte)) return false;
  if (is_value_type(byte)) {
    out = ValueType{byte};
    const Feature feature = feature_of(out);
    if (feature == Feature::mvp || features_.has(feature)) return true;
    return unsupported_at(
        start, text_of(out) + " needs the feature " + std::string(to_string(feature)) + ", which is off");
  }
  if (byte == kRef || byte == kRefNull) {
    if (!features_.has(Feature::function_references)) {
      return unsupported_at(
          start, "value type " + hex(byte) + " needs the feature function-references, which is off");
    }
    if (!heap_type(out)) return false;
    if (byte == kRef) out = non_null(out);
    return true;
  }
  if (const auto feature = foreign_type(byte)) {
    return unsupported_at(start, "value type " + hex(byte) + " is of the proposal " +
                                     std::string(to_string(*feature)) + ", which is not supported");
  }
  return malformed_at(start, "malformed value type " + hex(byte));
}

bool CheckedReader::reference_type(ValueType& out) {
  const std::uint64_t start = offset();
  if (!value_type(out)) return false;
  return is_reference(out) || malformed_at(start, "malformed reference type");
}

// Names are negative numbers of one byte, types of the module the others.
bool CheckedReader::heap_type(ValueType& out) {
  const std::uint64_t start = offset();
  const std::uint8_t first = peek().value_or(0);
  if (is_one_byte_negative(first)) return named_heap_type(out, first);
  std::int64_t index = 0;
  if (!s33(index)) return false;
  if (index < 0) return malformed_at(start, "malformed heap type");
  if (!features_.has(Feature::function_references)) {
    return unsupported_at(start,
                          "a heap type with an index needs the feature function-references, which is off");
  }
  if (types_ == nullptr || static_cast<std::uint64_t>(index) >= types_->size()) {
    return unknown_type(start, index);
  }
  out = detail::reference_to_number((*types_)[static_cast<std::size_t>(index)]);
  return true;
}

bool CheckedReader::named_heap_type(ValueType& out, std::uint8_t byte) {
  const std::uint64_t start = offset();
  if (is_value_type(byte) && is_reference(ValueType{byte})) return value_type(out);
  if (const auto feature = foreign_type(byte)) {
    return unsupported_at(start, "heap type " + hex(byte) + " is of the proposal " +
                                     std::string(to_string(*feature)) + ", which is not supported");
  }
  return malformed_at(start, "malformed heap type " + hex(byte));
}

// A type refers to earlier ones only; with itself it is a recursive one.
bool CheckedReader::unknown_type(std::uint64_t where, std::int64_t index) {
  if (inside_type_ && types_ != nullptr && static_cast<std::uint64_t>(index) == types_->size()) {
    return unsupported_at(
        where, "type " + std::to_string(index) + " in itself is of the proposal gc, which is not supported");
  }
  return invalid_at(where, "unknown type " + std::to_string(index));
}

bool CheckedReader::malformed_at(std::uint64_t where, std::string message) {
  return keep(Phase::read, ErrorCode::malformed, where, std::move(message));
}

bool CheckedReader::invalid_at(std::uint64_t where, std::string message) {
  return keep(Phase::validate, ErrorCode::invalid, where, std::move(message));
}

bool CheckedReader::unsupported_at(std::uint64_t where, std::string message) {
  return keep(Phase::read, ErrorCode::unsupported, where, std::move(message));
}

bool CheckedReader::within(std::uint64_t actual, std::uint64_t limit, std::string_view what,
                           std::string_view things) {
  return actual <= limit || adopt(limit_error(offset(), actual, limit, what, things));
}

bool CheckedReader::adopt(Error error) {
  error_ = std::move(error);
  return false;
}

bool CheckedReader::explain_fault() {
  switch (bytes_.fault()) {
    case base::ByteReader::Fault::leb_too_long: return malformed("integer representation too long");
    case base::ByteReader::Fault::leb_too_large: return malformed("integer too large");
    default: return malformed_at(base_ + bytes_.position() + bytes_.remaining(), "unexpected end");
  }
}

bool CheckedReader::keep(Phase phase, ErrorCode code, std::uint64_t where, std::string message) {
  return adopt(Error{.phase = phase, .code = code, .message = std::move(message), .byte_offset = where});
}

}  // namespace tenon::wasm
