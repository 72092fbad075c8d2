#include "values.hpp"

#include <array>
#include <cstdint>

namespace tenon::spec {

namespace {

std::uint64_t mask(unsigned bits) { return bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1; }

std::uint64_t lane(const Value& value, unsigned bits, unsigned index) {
  const unsigned at = bits * index;
  const std::uint64_t half = at < 64 ? value.low_bits() : value.high_bits();
  return half >> (at % 64) & mask(bits);
}

// Exponent all ones and the quiet bit set: an arithmetic NaN (section 2.2.3).
std::uint64_t quiet_nan(unsigned bits) { return bits == 32 ? 0x7FC00000 : 0x7FF8000000000000; }

bool lane_matches(std::uint64_t got, const std::string& expected, unsigned bits) {
  const std::uint64_t without_sign = got & mask(bits - 1);
  if (expected == "nan:canonical") return without_sign == quiet_nan(bits);
  if (expected == "nan:arithmetic") return (got & quiet_nan(bits)) == quiet_nan(bits);
  return got == (std::stoull(expected) & mask(bits));
}

bool reference_matches(const Value& got, const ScriptValue& expected) {
  const bool is_null = got.type() == ValueType::funcref ? got.funcref().is_null() : got.externref().is_null();
  if (expected.lanes.empty()) return !is_null;
  if (expected.lanes[0] == "null") return is_null;
  return got.type() == ValueType::externref && !is_null &&
         got.externref().handle == std::stoull(expected.lanes[0]);
}

std::string describe(const Value& value) {
  std::string out(to_string(value.type()));
  if (is_reference(value.type())) {
    const bool null = matches(value, {.type = value.type(), .lanes = {"null"}});
    return out + ":" + (null ? "null" : std::to_string(value.low_bits()));
  }
  const unsigned bits = value.type() == ValueType::i32 || value.type() == ValueType::f32 ? 32 : 64;
  out += ":" + std::to_string(lane(value, bits, 0));
  if (value.type() == ValueType::v128) out += ":" + std::to_string(value.high_bits());
  return out;
}

}  // namespace

Value to_value(const ScriptValue& value) {
  if (is_reference(value.type)) {
    if (value.lanes.at(0) == "null") return Value::zero(value.type);
    return Value::from_externref({std::stoull(value.lanes[0])});
  }
  std::array<std::uint64_t, 2> halves{};
  for (unsigned i = 0; i < value.lanes.size(); ++i) {
    const unsigned at = value.lane_bits * i;
    halves[at / 64] |= (std::stoull(value.lanes[i]) & mask(value.lane_bits)) << (at % 64);
  }
  return Value::from_bits(value.type, halves[0], halves[1]);
}

bool matches(const Value& got, const ScriptValue& expected) {
  if (got.type() != expected.type) return false;
  if (is_reference(got.type())) return reference_matches(got, expected);
  for (unsigned i = 0; i < expected.lanes.size(); ++i) {
    if (!lane_matches(lane(got, expected.lane_bits, i), expected.lanes[i], expected.lane_bits)) return false;
  }
  return !expected.lanes.empty();
}

bool matches(std::span<const Value> got, std::span<const ScriptValue> expected) {
  if (got.size() != expected.size()) return false;
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (!matches(got[i], expected[i])) return false;
  }
  return true;
}

std::string describe(std::span<const Value> values) {
  std::string out = "[";
  for (const auto& value : values) out += (out.size() > 1 ? ", " : "") + describe(value);
  return out + "]";
}

}  // namespace tenon::spec
