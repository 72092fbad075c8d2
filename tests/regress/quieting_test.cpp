// Arithmetic quiets signalling NaNs (section 4.3.3, "NaN propagation"). LLVM
// folds x*1, x-0 and their like to x, which does not.
#include "strict_guest.hpp"

namespace tenon::regress {
namespace {

class Quieting : public AtEachLevel {};

struct Expression {
  std::string name;
  std::string text;  // with T for the type, X for the operand
};

// Each an operation whose result for any NaN is a quiet NaN.
const std::vector<Expression>& arithmetic() {
  static const std::vector<Expression> all{
      {"x*1", "(T.mul X (T.const 1))"},
      {"1*x", "(T.mul (T.const 1) X)"},
      {"x*-1", "(T.mul X (T.const -1))"},
      {"x*0", "(T.mul X (T.const 0))"},
      {"x+0", "(T.add X (T.const 0))"},
      {"x+-0", "(T.add X (T.const -0))"},
      {"-0+x", "(T.add (T.const -0) X)"},
      {"x-0", "(T.sub X (T.const 0))"},
      {"x--0", "(T.sub X (T.const -0))"},
      {"-0-x", "(T.sub (T.const -0) X)"},
      {"0-x", "(T.sub (T.const 0) X)"},
      {"x-x", "(T.sub X X)"},
      {"x/1", "(T.div X (T.const 1))"},
      {"x/-1", "(T.div X (T.const -1))"},
      {"x/x", "(T.div X X)"},
      {"min(x,x)", "(T.min X X)"},
      {"max(x,x)", "(T.max X X)"},
      {"min(x,inf)", "(T.min X (T.const inf))"},
      {"max(x,-inf)", "(T.max X (T.const -inf))"},
      {"sqrt", "(T.sqrt X)"},
      {"ceil", "(T.ceil X)"},
      {"floor", "(T.floor X)"},
      {"trunc", "(T.trunc X)"},
      {"nearest", "(T.nearest X)"},
      {"floor of floor", "(T.floor (T.floor X))"},
      {"-(-x*1)", "(T.neg (T.mul (T.neg X) (T.const 1)))"},
      {"x*2*0.5", "(T.mul (T.mul X (T.const 2)) (T.const 0.5))"},
      {"x+1-1", "(T.sub (T.add X (T.const 1)) (T.const 1))"},
  };
  return all;
}

// What must leave every bit of its operand but the sign alone.
const std::vector<Expression>& bitwise() {
  static const std::vector<Expression> all{
      {"neg neg", "(T.neg (T.neg X))"},
      {"neg", "(T.neg X)"},
      {"abs", "(T.abs X)"},
      {"copysign", "(T.copysign X (T.const -1))"},
      {"copysign itself", "(T.copysign X X)"},
      {"select", "(select X (T.const 0) (i32.const 1))"},
      {"memory", "(block (result T) (T.store (i32.const 0) X) (T.load (i32.const 0)))"},
  };
  return all;
}

std::string replace(std::string text, char what, const std::string& with) {
  std::string out;
  for (const char c : text) c == what ? out += with : out += c;
  return out;
}

std::string expression(const Expression& e, const std::string& type, const std::string& operand) {
  return replace(replace(e.text, 'X', operand), 'T', type);
}

std::string integer(const std::string& type) { return type == "f32" ? "i32" : "i64"; }

// Three times each: of a parameter, through locals, of a constant.
std::string functions(const Expression& e, const std::string& type, const std::string& nan) {
  const std::string bits = integer(type);
  const std::string head = "(func (export \"" + type + " " + e.name;
  const std::string tail = " (param " + bits + ") (result " + bits + ")";
  const std::string from = "(" + type + ".reinterpret_" + bits + " ";
  const std::string result = "(" + bits + ".reinterpret_" + type + " ";
  return head + "\")" + tail + result + expression(e, type, from + "(local.get 0))") + "))\n" + head +
         " through locals\")" + tail + " (local $a " + type + ") (local $b " + type + ")" + "(local.set $a " +
         from + "(local.get 0)))" + "(local.set $b " + expression(e, type, "(local.get $a)") + ")" + result +
         "(local.get $b)))\n" + head + " of a constant\")" + tail + result +
         expression(e, type, from + "(" + bits + ".const " + nan + "))") + "))\n";
}

constexpr std::uint32_t kSignalling32 = 0x7FA12345;
constexpr std::uint64_t kSignalling64 = 0x7FF4123456789ABC;

std::string module_of(const std::vector<Expression>& expressions) {
  std::string text = "(module (memory 1)";
  for (const auto& e : expressions) {
    text += functions(e, "f32", std::to_string(kSignalling32)) +
            functions(e, "f64", std::to_string(kSignalling64));
  }
  return text + ")";
}

std::uint64_t quiet_bits(const std::string& type) { return type == "f32" ? 0x7FC00000 : 0x7FF8000000000000; }

Value signalling(const std::string& type) {
  return type == "f32" ? Value::from_bits(ValueType::i32, kSignalling32)
                       : Value::from_bits(ValueType::i64, kSignalling64);
}

const char* const kForms[] = {"", " through locals", " of a constant"};

TEST_P(Quieting, ArithmeticQuietsSignallingNans) {
  StrictGuest guest(module_of(arithmetic()), GetParam());
  for (const std::string type : {"f32", "f64"}) {
    for (const auto& e : arithmetic()) {
      for (const char* form : kForms) {
        const std::string name = type + " " + e.name + form;
        const auto bits = guest.bits(name, {signalling(type)});
        EXPECT_EQ(bits & quiet_bits(type), quiet_bits(type)) << name << " gives " << std::hex << bits;
      }
    }
  }
}

TEST_P(Quieting, BitwiseOperatorsDoNot) {
  StrictGuest guest(module_of(bitwise()), GetParam());
  for (const std::string type : {"f32", "f64"}) {
    const std::uint64_t without_sign = type == "f32" ? 0x7FFFFFFF : 0x7FFFFFFFFFFFFFFF;
    for (const auto& e : bitwise()) {
      for (const char* form : kForms) {
        const std::string name = type + " " + e.name + form;
        const auto bits = guest.bits(name, {signalling(type)});
        EXPECT_EQ(bits & without_sign, signalling(type).low_bits() & without_sign)
            << name << " gives " << std::hex << bits;
      }
    }
  }
}

TEST_P(Quieting, ConversionThereAndBack) {
  StrictGuest guest(R"((module
    (func (export "demote promote") (param i32) (result i32)
      (i32.reinterpret_f32 (f32.demote_f64 (f64.promote_f32 (f32.reinterpret_i32 (local.get 0))))))
    (func (export "promote") (param i32) (result i64)
      (i64.reinterpret_f64 (f64.promote_f32 (f32.reinterpret_i32 (local.get 0)))))
    (func (export "demote") (param i64) (result i32)
      (i32.reinterpret_f32 (f32.demote_f64 (f64.reinterpret_i64 (local.get 0)))))))",
                    GetParam());
  EXPECT_EQ(guest.bits("demote promote", {signalling("f32")}) & 0x7FC00000, 0x7FC00000u);
  EXPECT_EQ(guest.bits("promote", {signalling("f32")}) & quiet_bits("f64"), quiet_bits("f64"));
  EXPECT_EQ(guest.bits("demote", {signalling("f64")}) & 0x7FC00000, 0x7FC00000u);
}

INSTANTIATE_TEST_SUITE_P(Levels, Quieting, testing::Values(0, 1, 2, 3));

}  // namespace
}  // namespace tenon::regress
