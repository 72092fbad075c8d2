// Arithmetic on vectors quiets signalling NaNs lane by lane, constants too, and
// where LLVM takes a vector apart (see quieting_test.cpp for numbers).
#include "strict_guest.hpp"

namespace tenon::regress {
namespace {

class VectorQuieting : public AtEachLevel {};

struct Shape {
  std::string type;   // "f32x4"
  std::string lanes;  // how v128.const names that many lanes of bits: "i32x4"
  std::string nan;    // a signalling one
  std::uint64_t quiet;
  int count;
};

const Shape kShapes[] = {
    {"f32x4", "i32x4", "0x7FA12345", 0x7FC00000, 4},
    {"f64x2", "i64x2", "0x7FF4123456789ABC", 0x7FF8000000000000, 2},
};

// T is the shape, X the operand, {…} a constant with those lanes, repeated.
const char* const kExpressions[] = {
    "(T.mul X {1})",
    "(T.mul {1} X)",
    "(T.mul X {-1})",
    "(T.mul X {1 2})",
    "(T.mul X {2 1})",
    "(T.mul X {0})",
    "(T.add X {0})",
    "(T.add X {-0})",
    "(T.add {-0} X)",
    "(T.add X {-0 0})",
    "(T.add X {-0 1})",
    "(T.sub X {0})",
    "(T.sub X {-0})",
    "(T.sub {-0} X)",
    "(T.sub {0} X)",
    "(T.sub X {0 3})",
    "(T.sub X X)",
    "(T.div X {1})",
    "(T.div X {-1})",
    "(T.div X {1 4})",
    "(T.div X X)",
    "(T.min X X)",
    "(T.max X X)",
    "(T.min X {inf})",
    "(T.max {-inf} X)",
    "(T.sqrt X)",
    "(T.ceil X)",
    "(T.floor X)",
    "(T.trunc X)",
    "(T.nearest X)",
    "(T.neg (T.mul (T.neg X) {1}))",
    "(T.add (T.mul X {1}) {-0})",
};

std::string constant(const Shape& shape, const std::string& lanes, const char* kind) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < lanes.size();) {
    const auto end = std::min(lanes.find(' ', at), lanes.size());
    words.push_back(lanes.substr(at, end - at));
    at = end + 1;
  }
  std::string text = "(v128.const " + std::string(kind);
  for (int i = 0; i < shape.count; ++i) text += " " + words[static_cast<std::size_t>(i) % words.size()];
  return text + ")";
}

std::string expression(const Shape& shape, const std::string& pattern, const std::string& operand) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == 'T') {
      out += shape.type;
    } else if (pattern[i] == 'X') {
      out += operand;
    } else if (pattern[i] == '{') {
      const auto end = pattern.find('}', i);
      out += constant(shape, pattern.substr(i + 1, end - i - 1), shape.type.c_str());
      i = end;
    } else {
      out += pattern[i];
    }
  }
  return out;
}

// One function for each lane and form: of a parameter, with only the lane
// wanted, and of a constant.
std::string functions(const Shape& shape, const std::string& pattern) {
  const std::string bits = shape.type == "f32x4" ? "i32" : "i64";
  const std::pair<const char*, std::string> forms[] = {
      {"parameter", "(" + shape.lanes + ".splat (local.get 0))"},
      {"insert", "(" + shape.lanes + ".replace_lane 1 (v128.const i64x2 0 0) (local.get 0))"},
      {"constant", constant(shape, shape.nan, shape.lanes.c_str())},
      {"mixed constant", constant(shape, "0 " + shape.nan, shape.lanes.c_str())},
  };
  std::string text;
  for (const auto& [form, operand] : forms) {
    for (int lane : {0, 1}) {
      if (lane == 0 && (operand.find("replace_lane") != std::string::npos || form[0] == 'm')) continue;
      text += "(func (export \"" + shape.type + " " + pattern + " " + form + " " + std::to_string(lane) +
              "\") (param " + bits + ") (result " + bits + ") (" + shape.lanes + ".extract_lane " +
              std::to_string(lane) + " " + expression(shape, pattern, operand) + "))\n";
    }
  }
  return text;
}

TEST_P(VectorQuieting, ArithmeticQuietsEveryLane) {
  for (const Shape& shape : kShapes) {
    std::string text = "(module ";
    for (const char* pattern : kExpressions) text += functions(shape, pattern);
    StrictGuest guest(text + ")", GetParam());
    const auto type = shape.count == 4 ? ValueType::i32 : ValueType::i64;
    const Value nan = Value::from_bits(type, std::stoull(shape.nan, nullptr, 16));
    for (const char* pattern : kExpressions) {
      for (const char* form :
           {"parameter 0", "parameter 1", "insert 1", "constant 0", "constant 1", "mixed constant 1"}) {
        const std::string name = shape.type + " " + pattern + " " + form;
        const auto bits = guest.bits(name, {nan});
        EXPECT_EQ(bits & shape.quiet, shape.quiet) << name << " gives " << std::hex << bits;
      }
    }
  }
}

TEST_P(VectorQuieting, ConversionQuiets) {
  StrictGuest guest(R"((module
    (func (export "promote") (param i32) (result i64)
      (i64x2.extract_lane 1 (f64x2.promote_low_f32x4 (i32x4.splat (local.get 0)))))
    (func (export "promote constant") (param i32) (result i64)
      (i64x2.extract_lane 0 (f64x2.promote_low_f32x4 (v128.const i32x4 0x7FA12345 0 0 0))))
    (func (export "there and back") (param i32) (result i64) (i64.extend_i32_u
      (i32x4.extract_lane 1 (f32x4.demote_f64x2_zero (f64x2.promote_low_f32x4 (i32x4.splat (local.get 0)))))))
    (func (export "there and back constant") (param i32) (result i64) (i64.extend_i32_u
      (i32x4.extract_lane 0
        (f32x4.demote_f64x2_zero (f64x2.promote_low_f32x4 (v128.const i32x4 0x7FA12345 0 0 0)))))))
  )",
                    GetParam());
  const Value nan = Value::from_bits(ValueType::i32, 0x7FA12345);
  for (const char* name : {"promote", "promote constant"}) {
    EXPECT_EQ(guest.bits(name, {nan}) & 0x7FF8000000000000, 0x7FF8000000000000u) << name;
  }
  for (const char* name : {"there and back", "there and back constant"}) {
    EXPECT_EQ(guest.bits(name, {nan}) & 0x7FC00000, 0x7FC00000u) << name;
  }
}

// Constants put together from lanes of other widths, which LLVM's builder leaves
// as expressions, and ones that become a lane's identity.
TEST_P(VectorQuieting, ConstantsPutTogetherAreSeen) {
  StrictGuest guest(R"((module
    (func (export "splat") (result i32)
      (i32x4.extract_lane 0 (f32x4.add
        (i8x16.splat (i32x4.extract_lane 0 (v128.const i64x2 65424 4294967185))) (v128.const f32x4 0 0 0 0))))
    (func (export "nan") (result i32)
      (i32x4.extract_lane 1 (f32x4.add (v128.const f32x4 2 2 2 2)
        (i16x8.replace_lane 3 (v128.const i32x4 0 0x12345 0 0)
          (i16x8.extract_lane_u 1 (v128.const i32x4 0x7FA10000 0 0 0))))))
    (func (export "one") (param i32) (result i32)
      (i32x4.extract_lane 0 (f32x4.mul (i32x4.splat (local.get 0))
        (i16x8.replace_lane 1 (v128.const i32x4 0 0 0 0)
          (i16x8.extract_lane_u 1 (v128.const i32x4 0x3F800000 0 0 0))))))
    (func (export "local") (param i32) (result i32) (local $half i32)
      (local.set $half (i32.const 0x3F80))
      (i32x4.extract_lane 0 (f32x4.mul (i32x4.splat (local.get 0))
        (i16x8.replace_lane 1 (v128.const i32x4 0 0 0 0) (local.get $half)))))
    (func (export "extracted") (result f32) (f32x4.extract_lane 0 (v128.const i32x4 0x80000000 0 0 0)))
    (func (export "lane") (param i32) (result i32)
      (i32x4.extract_lane 1 (f32x4.mul (i32x4.splat (local.get 0))
        (f32x4.replace_lane 1 (i32x4.splat (local.get 0)) (f32.const 1)))))
    (func (export "shuffled") (param i32) (result i32)
      (i32x4.extract_lane 1 (f32x4.mul (i32x4.splat (local.get 0))
        (i8x16.shuffle 0 1 2 3 20 21 22 23 8 9 10 11 12 13 14 15
          (i32x4.splat (local.get 0)) (v128.const f32x4 1 1 1 1))))))
  )",
                    GetParam());
  EXPECT_EQ(guest.bits("splat", {}), 0x90909090u);
  EXPECT_EQ(guest.bits("extracted", {}), 0x80000000u);
  EXPECT_EQ(guest.bits("nan", {}) & 0x7FC00000, 0x7FC00000u);
  for (const char* name : {"one", "local", "lane", "shuffled"}) {
    EXPECT_EQ(guest.bits(name, {Value::from_bits(ValueType::i32, 0x7FA12345)}) & 0x7FC00000, 0x7FC00000u)
        << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, VectorQuieting, testing::Values(0, 1, 2, 3));

}  // namespace
}  // namespace tenon::regress
