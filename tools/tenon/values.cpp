// Numbers of WebAssembly as text, both ways.
#include <array>
#include <charconv>
#include <limits>

#include "verbs.hpp"

namespace tenon::tool {
namespace {

// All of `text` as a number; false also where it does not fit T.
template <typename T, typename... Base>
bool parse_all(std::string_view text, T& value, Base... base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base...);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// The bits of an integer of that width: -2^(bits-1) to 2^bits-1.
std::optional<std::uint64_t> parse_integer(std::string_view text, unsigned bits) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t magnitude = 0;
  if (!parse_all(text, magnitude, hexadecimal ? 16 : 10)) return std::nullopt;
  const std::uint64_t largest = negative ? std::uint64_t{1} << (bits - 1) : ~std::uint64_t{0} >> (64 - bits);
  if (magnitude > largest) return std::nullopt;
  return negative ? 0 - magnitude : magnitude;
}

template <typename Float>
std::optional<Float> parse_float(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  // from_chars would also take "nan(…)", whose payload it ignores.
  if (text == "nan" || text == "-nan") {
    return text.starts_with('-') ? -std::numeric_limits<Float>::quiet_NaN()
                                 : std::numeric_limits<Float>::quiet_NaN();
  }
  Float value = 0;
  if (text.find("nan") != std::string_view::npos || !parse_all(text, value)) return std::nullopt;
  return value;
}

std::optional<V128> parse_v128(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  V128 lanes{};
  if (text.size() != 2 * lanes.size()) return std::nullopt;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (!parse_all(text.substr(2 * i, 2), lanes[i], 16)) return std::nullopt;
  }
  return lanes;
}

std::optional<Value> parse_reference(ValueType type, std::string_view text) {
  if (text == "null") return has_default(type) ? std::optional(Value::zero(type)) : std::nullopt;
  const auto handle = type == ValueType::externref ? parse_integer(text, 64) : std::nullopt;
  if (!handle) return std::nullopt;
  return Value::from_externref({*handle});
}

std::optional<Value> parse(ValueType type, std::string_view text) {
  switch (general_type(type)) {
    case ValueType::i32:
      if (const auto bits = parse_integer(text, 32)) return Value::from_i32(static_cast<std::int32_t>(*bits));
      return std::nullopt;
    case ValueType::i64:
      if (const auto bits = parse_integer(text, 64)) return Value::from_i64(static_cast<std::int64_t>(*bits));
      return std::nullopt;
    case ValueType::f32:
      if (const auto number = parse_float<float>(text)) return Value::from_f32(*number);
      return std::nullopt;
    case ValueType::f64:
      if (const auto number = parse_float<double>(text)) return Value::from_f64(*number);
      return std::nullopt;
    case ValueType::v128:
      if (const auto lanes = parse_v128(text)) return Value::from_v128(*lanes);
      return std::nullopt;
    case ValueType::funcref:
    case ValueType::externref: return parse_reference(type, text);
    case ValueType::exnref: break;
  }
  return std::nullopt;
}

std::string_view form_of(ValueType type) {
  switch (general_type(type)) {
    case ValueType::i32: return "decimal or 0x, -2147483648 to 4294967295";
    case ValueType::i64: return "decimal or 0x, -9223372036854775808 to 18446744073709551615";
    case ValueType::f32:
    case ValueType::f64: return "such as 1.5, -2e10, nan, inf, -inf";
    case ValueType::v128: return "32 hex digits, lane 0 first";
    case ValueType::funcref: return has_default(type) ? "only null can be given" : "cannot be given";
    case ValueType::externref: return has_default(type) ? "null or a number" : "a number";
    case ValueType::exnref: return "cannot be given";
  }
  return "";
}

template <typename Number>
std::string shortest(Number number) {
  if (number != number) return "nan";
  std::array<char, 32> buffer;
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr};
}

std::string hex(const V128& lanes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : lanes) text += {kDigits[byte >> 4], kDigits[byte & 15]};
  return text;
}

}  // namespace

std::expected<Value, std::string> parse_value(ValueType type, std::string_view text) {
  if (const auto value = parse(type, text)) return *value;
  return std::unexpected("not " + to_string(type) + " (" + std::string(form_of(type)) + ")");
}

std::string format_value(const Value& value) {
  switch (value.type()) {
    case ValueType::i32: return std::to_string(value.i32());
    case ValueType::i64: return std::to_string(value.i64());
    case ValueType::f32: return shortest(value.f32());
    case ValueType::f64: return shortest(value.f64());
    case ValueType::v128: return hex(value.v128());
    case ValueType::funcref: return value.funcref().is_null() ? "null" : "funcref";
    case ValueType::externref:
      return value.externref().is_null() ? "null" : std::to_string(value.externref().handle);
    case ValueType::exnref: return "exnref";
  }
  return "";
}

}  // namespace tenon::tool
