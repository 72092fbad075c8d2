// Arithmetic quiets signalling NaNs (section 4.3.3, "NaN propagation"). LLVM
// folds x*1, x-0 and their like to x, which does not.
#include "strict_guest.hpp"

namespace tenon::regress {
namespace {

class Quieting : public AtEachLevel {};

struct Expression {
  std::string name;
  std::string text;  // with T for the type, B for the integer type of its size, X for the operand
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
      // Constants that LLVM has to work out.
      {"x*(p==p)", "(T.mul X (T.convert_i32_u (B.eq (local.get 0) (local.get 0))))"},
      {"x*sqrt(1)", "(T.mul X (T.sqrt (T.const 1)))"},
      {"x*clz(c)", "(T.mul X (T.convert_i32_u (i32.clz (i32.const 0x40000000))))"},
      {"x-(p&1&2)", "(T.sub X (T.convert_B_u (B.and (B.and (local.get 0) (B.const 1)) (B.const 2))))"},
      {"x/(1+0*p)",
       "(T.div X (T.reinterpret_B (B.add (B.reinterpret_T (T.const 1)) (B.mul (B.const 0) (local.get 0)))))"},
      {"-x*-min(1,2)", "(T.mul (T.neg X) (T.neg (T.min (T.const 1) (T.const 2))))"},
      {"x*1 of memory",
       "(block (result T) (B.store (i32.const 8) (B.reinterpret_T (T.const 1))) (T.mul X (T.load (i32.const "
       "8))))"},
      {"x*y where y is 1",
       "(block (result T) (T.store (i32.const 8) (T.const 1)) (if (result T) (T.eq (T.load (i32.const 8)) "
       "(T.const 1)) "
       "(then (T.mul X (T.load (i32.const 8)))) (else (T.const 0))))"},
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

std::string integer(const std::string& type) { return type == "f32" ? "i32" : "i64"; }

std::string expression(const Expression& e, const std::string& type, const std::string& operand) {
  return replace(replace(replace(e.text, 'X', operand), 'T', type), 'B', integer(type));
}

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

// LLVM moves a demotion across what changes a sign or bits.
TEST_P(Quieting, ConversionThereAndBackWithSomethingBetween) {
  const std::vector<std::string> between{
      "(f64.neg P)",
      "(f64.abs P)",
      "(f64.copysign P (f64.load (i32.const 0)))",
      "(f64.reinterpret_i64 (i64.xor (i64.const 0x8000000000000000) (i64.reinterpret_f64 P)))",
      "(f64.reinterpret_i64 (i64.and (i64.const 0x7fffffffffffffff) (i64.reinterpret_f64 P)))",
      "(if (result f64) (f64.lt P (f64.const 0)) (then (f64.neg P)) (else P))"};
  std::string text = "(module (memory 1)";
  for (std::size_t i = 0; i < between.size(); ++i) {
    text += "(func (export \"" + std::to_string(i) +
            "\") (param i32) (result i32) (i32.reinterpret_f32 (f32.demote_f64 " +
            replace(between[i], 'P', "(f64.promote_f32 (f32.reinterpret_i32 (local.get 0)))") + ")))\n";
  }
  text += R"((func (export "lanes") (param i32) (result i32) (i32x4.extract_lane 1
    (f32x4.demote_f64x2_zero (f64x2.neg (f64x2.promote_low_f32x4 (i32x4.splat (local.get 0))))))))";
  StrictGuest guest(text + ")", GetParam());
  for (std::size_t i = 0; i < between.size(); ++i) {
    EXPECT_EQ(guest.bits(std::to_string(i), {signalling("f32")}) & 0x7FC00000, 0x7FC00000u) << between[i];
  }
  EXPECT_EQ(guest.bits("lanes", {signalling("f32")}) & 0x7FC00000, 0x7FC00000u);
}

// The constant that makes an operation an identity meets it only once LLVM has
// inlined, unrolled, or forwarded a store. X is the parameter, K the constant.
constexpr char kTravelling[] = R"((module
  (memory 1)
  (func $mul (param T T) (result T) (T.mul (local.get 0) (local.get 1)))
  (func $sub (param T T) (result T) (T.sub (local.get 0) (local.get 1)))
  (func $k (result T) (T.const K))
  (func $two (result T T) (T.const K) (T.const K))
  (func (export "argument") (param T) (result T) (call $mul (local.get 0) (T.const K)))
  (func (export "zero argument") (param T) (result T) (call $sub (local.get 0) (T.const 0)))
  (func (export "result") (param T) (result T) (T.mul (call $k) (local.get 0)))
  (func (export "results") (param T) (result T) (T.mul (local.get 0) (block (result T) (call $two) (drop))))
  (func (export "loop") (param T) (result T) (local $k T) (local $i i32)
    (local.set $k (T.const K))
    (loop $again
      (local.set $k (T.mul (local.get $k) (local.get 0)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 1))))
    (local.get $k))
  (func (export "branch") (param T) (result T) (local $k T)
    (local.set $k (T.const K))
    (if (i32.load (i32.const 8)) (then (local.set $k (T.const 2))))
    (T.mul (local.get 0) (local.get $k)))
  (func (export "select") (param T) (result T)
    (T.mul (local.get 0) (select (T.const 2) (T.const K) (i32.load (i32.const 8)))))
  (func (export "memory") (param T) (result T)
    (T.store (i32.const 0) (T.const K))
    (T.mul (local.get 0) (T.load (i32.const 0))))))";

constexpr char kDemotion[] = R"((module
  (func $demote (param f64) (result f32) (f32.demote_f64 (local.get 0)))
  (func (export "demotion") (param f32) (result f32) (call $demote (f64.promote_f32 (local.get 0))))))";

TEST_P(Quieting, HoldsWhereTheConstantComesFromAfar) {
  const std::uint64_t signalling32 = 0x7FA00000, quiet32 = 0x400000;
  const std::uint64_t signalling64 = 0x7FF4000000000000, quiet64 = 0x8000000000000;
  const auto level = static_cast<std::uint8_t>(GetParam());
  for (const bool wide : {false, true}) {
    for (const char* constant : {"1", "-1"}) {
      std::string text = kTravelling;
      for (std::size_t at; (at = text.find("T.")) != std::string::npos;)
        text.replace(at, 1, wide ? "f64" : "f32");
      for (std::size_t at; (at = text.find(" T")) != std::string::npos;)
        text.replace(at, 2, wide ? " f64" : " f32");
      for (std::size_t at; (at = text.find("const K")) != std::string::npos;)
        text.replace(at + 6, 1, constant);
      const tests::Guest guest(text, {.optimization_level = level});  // not strict: stores are forwarded
      Store store;
      const auto instance = store.instantiate(guest.module()).value();
      for (const ExportType& item : guest.module().info().exports) {
        SCOPED_TRACE(item.name + " " + constant);
        const auto type = wide ? ValueType::f64 : ValueType::f32;
        const auto in = Value::from_bits(type, wide ? signalling64 : signalling32);
        const auto bits = instance.function(item.name).value().call(std::vector{in}).value()[0].low_bits();
        const std::uint64_t quiet = wide ? quiet64 : quiet32;
        EXPECT_EQ(bits & quiet, quiet) << std::hex << bits;
      }
    }
  }
  const tests::Guest demotion(kDemotion, {.optimization_level = level});
  Store store;
  const auto function = store.instantiate(demotion.module()).value().function("demotion").value();
  const auto bits =
      function.call(std::vector{Value::from_bits(ValueType::f32, signalling32)}).value()[0].low_bits();
  EXPECT_EQ(bits & quiet32, quiet32) << std::hex << bits;
}

INSTANTIATE_TEST_SUITE_P(Levels, Quieting, testing::Values(0, 1, 2, 3));

}  // namespace
}  // namespace tenon::regress
