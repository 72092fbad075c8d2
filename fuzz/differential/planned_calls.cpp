#include "planned_calls.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <random>

namespace tenon::fuzz {
namespace {

constexpr const char* kDigest = "digest";

// What is worth passing, and a little of anything.
std::uint64_t interesting_bits(std::mt19937_64& random) {
  switch (random() % 4) {
    case 0: return random() % 64;
    case 1: return ~(random() % 64);
    case 2: return std::uint64_t{1} << (random() % 64);
    default: return random();
  }
}

Value make_argument(ValueType type, std::mt19937_64& random) {
  constexpr double kNumbers[] = {0.0,          -0.0,   1.0,     -1.5,  2147483647.0, -2147483649.0,
                                 4294967296.0, 9.3e18, -9.3e18, 1e-40, 5e-324,       1e300};
  const double number = kNumbers[random() % std::size(kNumbers)];
  switch (type) {
    case ValueType::f32: return Value::from_f32(static_cast<float>(number));
    case ValueType::f64: return Value::from_f64(number);
    case ValueType::v128: return Value::from_bits(type, interesting_bits(random), interesting_bits(random));
    case ValueType::i32: return Value::from_i32(static_cast<std::int32_t>(interesting_bits(random)));
    case ValueType::externref: return Value::from_externref({random() % 2 == 0 ? 7 : ExternRef::kNull});
    case ValueType::funcref: return Value::zero(type);
    default: return Value::from_bits(type, interesting_bits(random));
  }
}

// What an event log can hold as it is.
bool is_plain(const std::string& name) {
  const auto is_graphic = [](unsigned char c) { return c > ' ' && c < 0x7F; };
  return !name.empty() && name.size() <= 64 && name[0] != '#' && std::ranges::all_of(name, is_graphic);
}

// What JavaScript can pass on, since V8 makes the same calls: neither exnref nor
// references that are never null. The wrapper that a v128 needs knows no
// references to functions of one type, and as two i64 it counts twice.
bool can_cross(const FunctionType& type) {
  const auto all = [&](auto&& holds) {
    return std::ranges::all_of(type.parameters, holds) && std::ranges::all_of(type.results, holds);
  };
  const bool has_vectors = !all([](ValueType t) { return t != ValueType::v128; });
  const auto crossing = [](const std::vector<ValueType>& types) {
    return types.size() + static_cast<std::size_t>(std::ranges::count(types, ValueType::v128));
  };
  constexpr std::size_t kMost = 1'000;  // parameters, or results
  if (crossing(type.parameters) > kMost || crossing(type.results) > kMost) return false;
  return all([&](ValueType t) {
    return t != ValueType::exnref && has_default(t) && !(has_vectors && detail::has_number(t));
  });
}

void plan_call(const ExportType& item, std::string shown, unsigned time, std::vector<PlannedCall>& plan) {
  const auto& type = std::get<FunctionType>(item.type);
  std::seed_seq seed(item.name.begin(), item.name.end());
  std::mt19937_64 random(seed);
  random.discard(64 * time);
  PlannedCall call{.name = item.name, .shown = std::move(shown), .results = type.results};
  for (const ValueType parameter : type.parameters)
    call.arguments.push_back(make_argument(general_type(parameter), random));
  plan.push_back(std::move(call));
}

}  // namespace

std::vector<PlannedCall> plan_calls(std::span<const ExportType> exports) {
  const auto digest = std::ranges::find(exports, kDigest, &ExportType::name);
  std::vector<PlannedCall> plan;
  for (const bool with_parameters : {false, true}) {
    for (const ExportType& item : exports) {
      const auto* type = std::get_if<FunctionType>(&item.type);
      if (type == nullptr || type->parameters.empty() == with_parameters || !can_cross(*type)) continue;
      for (unsigned time = 0; time < (with_parameters ? 2u : 1u); ++time) {
        plan_call(item, is_plain(item.name) ? item.name : "#" + std::to_string(&item - exports.data()), time,
                  plan);
        if (digest != exports.end()) plan_call(*digest, kDigest, 0, plan);
      }
    }
  }
  return plan;
}

}  // namespace tenon::fuzz
