// Divisions and conversions that have no result.
#include <cmath>
#include <limits>

#include "traps/trap_case.hpp"

namespace tenon::e2e {
namespace {

constexpr auto kMin32 = std::numeric_limits<std::int32_t>::min();
constexpr auto kMin64 = std::numeric_limits<std::int64_t>::min();

std::string binary(const std::string& op, const std::string& type) {
  return "(func (export \"" + op + "\") (param " + type + " " + type + ") (result " + type + ") (" + op +
         " (local.get 0) (local.get 1)))\n";
}

std::string conversion(const std::string& op, const std::string& from, const std::string& to) {
  return "(func (export \"" + op + "\") (param " + from + ") (result " + to + ") (" + op +
         " (local.get 0)))\n";
}

std::string numeric_module() {
  std::string text = "(module " + std::string(kOk) + R"((func (export "unreachable") unreachable))";
  for (const std::string type : {"i32", "i64"}) {
    for (const char* op : {".div_s", ".div_u", ".rem_s", ".rem_u"}) text += binary(type + op, type);
    for (const std::string from : {"f32", "f64"}) {
      for (const char* sign : {"_s", "_u"}) text += conversion(type + ".trunc_" + from + sign, from, type);
    }
  }
  return text + ")";
}

std::vector<Value> i32s(std::int32_t a, std::int32_t b) { return {Value::from_i32(a), Value::from_i32(b)}; }
std::vector<Value> i64s(std::int64_t a, std::int64_t b) { return {Value::from_i64(a), Value::from_i64(b)}; }
std::vector<Value> floating(const std::string& type, double value) {
  if (type == "f32") return {Value::from_f32(static_cast<float>(value))};
  return {Value::from_f64(value)};
}

std::expected<std::vector<Value>, Error> call(const Module& module, const std::string& name,
                                              const std::vector<Value>& arguments) {
  Store store;
  const auto instance = store.instantiate(module);
  if (!instance) return std::unexpected(instance.error());
  return instance->function(name)->call(arguments);
}

class NumericTraps : public testing::TestWithParam<Mode> {
 protected:
  tests::Guest guest_{numeric_module(), GetParam().options()};
};

TEST_P(NumericTraps, Unreachable) {
  expect_trap_every_time(guest_.module(), {"unreachable", {}, TrapCode::unreachable});
}

TEST_P(NumericTraps, DivisionByZero) {
  for (const std::string op : {".div_s", ".div_u", ".rem_s", ".rem_u"}) {
    expect_trap_every_time(guest_.module(), {"i32" + op, i32s(1, 0), TrapCode::integer_divide_by_zero});
    expect_trap_every_time(guest_.module(), {"i64" + op, i64s(1, 0), TrapCode::integer_divide_by_zero});
    expect_trap_every_time(guest_.module(), {"i32" + op, i32s(0, 0), TrapCode::integer_divide_by_zero});
  }
}

TEST_P(NumericTraps, QuotientTooLarge) {
  expect_trap_every_time(guest_.module(), {"i32.div_s", i32s(kMin32, -1), TrapCode::integer_overflow});
  expect_trap_every_time(guest_.module(), {"i64.div_s", i64s(kMin64, -1), TrapCode::integer_overflow});
}

// The remainder is 0, though the processor's own instruction would fault.
TEST_P(NumericTraps, RemainderOfTheSmallestNumberIsNoTrap) {
  const auto narrow = call(guest_.module(), "i32.rem_s", i32s(kMin32, -1));
  ASSERT_TRUE(narrow) << to_string(narrow.error());
  EXPECT_EQ(narrow->at(0).i32(), 0);
  const auto wide = call(guest_.module(), "i64.rem_s", i64s(kMin64, -1));
  ASSERT_TRUE(wide) << to_string(wide.error());
  EXPECT_EQ(wide->at(0).i64(), 0);
}

TEST_P(NumericTraps, ConversionOfNan) {
  for (const std::string to : {"i32", "i64"}) {
    for (const std::string from : {"f32", "f64"}) {
      for (const char* sign : {"_s", "_u"}) {
        const auto code = TrapCode::invalid_conversion_to_integer;
        expect_trap_every_time(guest_.module(),
                               {to + ".trunc_" + from + sign, floating(from, std::nan("")), code});
      }
    }
  }
}

TEST_P(NumericTraps, ConversionOutOfRange) {
  struct Range {
    std::string to;
    double too_large, too_small;
  };
  const Range ranges[] = {{"i32", 0x1p31, -0x1.000002p31}, {"i64", 0x1p63, -0x1.000002p63}};
  const double infinity = std::numeric_limits<double>::infinity();
  for (const auto& [to, too_large, too_small] : ranges) {
    for (const std::string from : {"f32", "f64"}) {
      const std::string name = to + ".trunc_" + from;
      for (const double value : {too_large, too_small, infinity, -infinity}) {
        expect_trap_every_time(guest_.module(),
                               {name + "_s", floating(from, value), TrapCode::integer_overflow});
      }
      for (const double value : {2 * too_large, -1.0, infinity, -infinity}) {
        expect_trap_every_time(guest_.module(),
                               {name + "_u", floating(from, value), TrapCode::integer_overflow});
      }
    }
  }
}

TEST_P(NumericTraps, ConversionAtTheEdgesOfTheRange) {
  const auto low = call(guest_.module(), "i32.trunc_f64_s", {Value::from_f64(-2147483648.9)});
  ASSERT_TRUE(low) << to_string(low.error());
  EXPECT_EQ(low->at(0).i32(), kMin32);
  const auto high = call(guest_.module(), "i32.trunc_f64_u", {Value::from_f64(4294967295.9)});
  ASSERT_TRUE(high) << to_string(high.error());
  EXPECT_EQ(high->at(0).i32(), -1);
  const auto fraction = call(guest_.module(), "i64.trunc_f32_u", {Value::from_f32(-0.99f)});
  ASSERT_TRUE(fraction) << to_string(fraction.error());
  EXPECT_EQ(fraction->at(0).i64(), 0);
}

INSTANTIATE_TEST_SUITE_P(Modes, NumericTraps, testing::ValuesIn(kModes), mode_name);

}  // namespace
}  // namespace tenon::e2e
