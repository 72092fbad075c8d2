// Typed host functions: every type, more parameters than there are registers,
// several results, and the caller's memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using testing::HasSubstr;

// Calls the import "env" "f" with its own parameters, from a guest made for its type.
std::string types(const char* head, const std::vector<ValueType>& list) {
  std::string out = std::string("(") + head;
  for (const auto type : list) out += " " + std::string(to_string(type));
  return out + ")";
}

std::string forwarder(const FunctionType& type) {
  const std::string signature = types("param", type.parameters) + types("result", type.results);
  std::string arguments;
  for (std::size_t i = 0; i < type.parameters.size(); ++i)
    arguments += "(local.get " + std::to_string(i) + ")";
  return "(module (import \"env\" \"f\" (func $f " + signature + ")) (func (export \"f\") " + signature +
         "(call $f " + arguments + ")))";
}

class HostFunctions : public testing::TestWithParam<int> {
 protected:
  std::vector<Value> through_guest(const HostFunction& function, const std::vector<Value>& arguments) {
    const tests::Guest guest(forwarder(function.type()),
                             {.optimization_level = static_cast<std::uint8_t>(GetParam())});
    Imports imports;
    imports.define("env", "f", function);
    const auto instance = store_.instantiate(guest.module(), imports);
    if (!instance) {
      ADD_FAILURE() << to_string(instance.error());
      return {};
    }
    const auto results = instance->function("f")->call(arguments);
    EXPECT_TRUE(results) << to_string(results.error());
    return results ? *results : std::vector<Value>{};
  }
  Store store_;
};

TEST_P(HostFunctions, EachNumberType) {
  auto i32 = through_guest(HostFunction([](std::int32_t v) { return -v; }), {Value::from_i32(5)});
  EXPECT_EQ(i32.at(0).i32(), -5);
  auto u32 =
      through_guest(HostFunction([](std::uint32_t v) -> std::uint64_t { return v; }), {Value::from_i32(-1)});
  EXPECT_EQ(u32.at(0).i64(), 0xFFFFFFFF);
  auto i64 =
      through_guest(HostFunction([](std::int64_t v) { return v * 2; }), {Value::from_i64(-(1LL << 40))});
  EXPECT_EQ(i64.at(0).i64(), -(1LL << 41));
  auto f32 = through_guest(HostFunction([](float v) { return v / 2; }), {Value::from_f32(5)});
  EXPECT_EQ(f32.at(0).f32(), 2.5f);
  auto f64 = through_guest(HostFunction([](double v) -> float { return static_cast<float>(v); }),
                           {Value::from_f64(0.5)});
  EXPECT_EQ(f64.at(0).f32(), 0.5f);
}

TEST_P(HostFunctions, References) {
  const HostFunction identity([](ExternRef r) { return r; });
  EXPECT_EQ(through_guest(identity, {Value::from_externref({7})}).at(0).externref().handle, 7u);
  EXPECT_EQ(through_guest(identity, {Value::from_externref({0})}).at(0).externref().handle, 0u);
  EXPECT_TRUE(through_guest(identity, {Value::zero(ValueType::externref)}).at(0).externref().is_null());

  const Function one = store_.create_function(HostFunction([] { return 1; }));
  const HostFunction same([](FuncRef r) { return r; });
  const auto result = through_guest(same, {Value::from_funcref(one.reference())});
  EXPECT_EQ(store_.function_from(result.at(0).funcref()).value().call({})->at(0).i32(), 1);
  EXPECT_TRUE(through_guest(same, {Value::zero(ValueType::funcref)}).at(0).funcref().is_null());
}

TEST_P(HostFunctions, NineIntegers) {
  const HostFunction digits([](std::int64_t a, std::int32_t b, std::int64_t c, std::int64_t d, std::int32_t e,
                               std::int64_t f, std::int64_t g, std::int32_t h, std::int64_t i) {
    return ((((((((a * 10 + b) * 10 + c) * 10 + d) * 10 + e) * 10 + f) * 10 + g) * 10 + h) * 10 + i);
  });
  std::vector<Value> arguments;
  for (int i = 1; i <= 9; ++i) {
    arguments.push_back(i == 2 || i == 5 || i == 8 ? Value::from_i32(i) : Value::from_i64(i));
  }
  EXPECT_EQ(through_guest(digits, arguments).at(0).i64(), 123456789);
}

TEST_P(HostFunctions, TenFloats) {
  const HostFunction weighted(
      [](double a, float b, double c, double d, double e, double f, double g, double h, float i, double j) {
        return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j;
      });
  std::vector<Value> arguments;
  double expected = 0;
  for (int i = 1; i <= 10; ++i) {
    arguments.push_back(i == 2 || i == 9 ? Value::from_f32(static_cast<float>(i) / 4)
                                         : Value::from_f64(i / 4.0));
    expected += i * (i / 4.0);
  }
  EXPECT_EQ(through_guest(weighted, arguments).at(0).f64(), expected);
}

using i32 = std::int32_t;
using i64 = std::int64_t;

TEST_P(HostFunctions, TwentyMixed) {
  std::vector<double> seen;
  const HostFunction record([&](i32 a, float b, i64 c, double d, i32 e, float f, i64 g, double h, i32 i,
                                float j, i64 k, double l, i32 m, float n, i64 o, double p, i32 q, float r,
                                i64 s, double t) {
    for (const double v : {double(a), double(b), double(c), d,         double(e), double(f), double(g),
                           h,         double(i), double(j), double(k), l,         double(m), double(n),
                           double(o), p,         double(q), double(r), double(s), t}) {
      seen.push_back(v);
    }
    return a + t;
  });
  std::vector<Value> arguments;
  std::vector<double> expected;
  for (int i = 0; i < 20; ++i) {
    const int v = i * 3 - 17;
    arguments.push_back(i % 4 == 0   ? Value::from_i32(v)
                        : i % 4 == 1 ? Value::from_f32(static_cast<float>(v))
                        : i % 4 == 2 ? Value::from_i64(v)
                                     : Value::from_f64(v));
    expected.push_back(v);
  }
  EXPECT_EQ(through_guest(record, arguments).at(0).f64(), expected.front() + expected.back());
  EXPECT_EQ(seen, expected);
}

TEST_P(HostFunctions, NoParametersAndNoResult) {
  int calls = 0;
  EXPECT_TRUE(through_guest(HostFunction([&] { ++calls; }), {}).empty());
  EXPECT_EQ(calls, 1);
}

TEST_P(HostFunctions, ATupleIsSeveralResults) {
  const HostFunction split(
      [](double v) { return std::tuple(static_cast<i32>(v), v, static_cast<i64>(-v), float(v)); });
  const auto results = through_guest(split, {Value::from_f64(2.5)});
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0].i32(), 2);
  EXPECT_EQ(results[1].f64(), 2.5);
  EXPECT_EQ(results[2].i64(), -2);
  EXPECT_EQ(results[3].f32(), 2.5f);
}

TEST_P(HostFunctions, ACallableOwnsItsState) {
  auto counter = std::make_shared<int>(0);
  const HostFunction count([counter] { return ++*counter; });
  through_guest(count, {});
  EXPECT_EQ(through_guest(count, {}).at(0).i32(), 2);
}

TEST_P(HostFunctions, WrongTypesAreRefusedAtLink) {
  const tests::Guest guest(R"((module (import "env" "f" (func (param i32) (result i32)))))");
  Imports imports;
  imports.function("env", "f", [](std::int64_t v) { return v; });
  const auto instance = store_.instantiate(guest.module(), imports);
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().code, ErrorCode::incompatible_import);
  EXPECT_THAT(instance.error().message, testing::AllOf(HasSubstr("(i32) -> i32"), HasSubstr("(i64) -> i64")));
}

constexpr char kMemoryUser[] = R"((module
  (import "env" "upper" (func $upper (param i32 i32) (result i32)))
  (memory (export "memory") 1 4)
  (data (i32.const 16) "tenon")
  (func (export "run") (param i32 i32) (result i32) (call $upper (local.get 0) (local.get 1)))
  (func (export "grow and run") (result i32)
    (drop (memory.grow (i32.const 1)))
    (i32.store8 (i32.const 131071) (i32.const 120))
    (call $upper (i32.const 131071) (i32.const 1)))))";

// Upper-cases ASCII letters in the caller's memory; returns how many bytes it saw.
std::expected<std::uint32_t, Error> upper(Caller& caller, std::uint32_t at, std::uint32_t size) {
  const auto bytes = caller.memory(at, size);
  if (!bytes) return std::unexpected(bytes.error());
  for (auto& byte : *bytes) byte = static_cast<std::uint8_t>(std::toupper(byte));
  return static_cast<std::uint32_t>(bytes->size());
}

class CallerMemory : public testing::Test {
 protected:
  CallerMemory() {
    Imports imports;
    imports.function("env", "upper", &upper);
    instance_.emplace(store_.instantiate(guest_.module(), imports).value());
  }
  std::expected<std::vector<Value>, Error> run(std::uint32_t at, std::uint32_t size) {
    return instance_->function("run")->call(
        std::vector{Value::from_i32(static_cast<i32>(at)), Value::from_i32(static_cast<i32>(size))});
  }
  tests::Guest guest_{kMemoryUser};
  Store store_{StoreOptions{.poison_after_trap = false}};
  std::optional<Instance> instance_;
};

TEST_F(CallerMemory, IsReadAndWritten) {
  ASSERT_TRUE(run(16, 5));
  const auto text = instance_->memory()->view(16, 5).value();
  EXPECT_EQ(std::string(text.begin(), text.end()), "TENON");
}

TEST_F(CallerMemory, ViewsOutsideAreRefused) {
  EXPECT_TRUE(run(65536, 0));
  for (const auto& [at, size] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{
           {65536, 1}, {65535, 2}, {65537, 0}, {0xFFFFFFFF, 1}, {1, 0xFFFFFFFF}, {0xFFFFFFFF, 0xFFFFFFFF}}) {
    const auto result = run(at, size);
    ASSERT_FALSE(result) << at << " + " << size;
    EXPECT_EQ(result.error().code, ErrorCode::protocol);
  }
}

TEST_F(CallerMemory, GrowsUnderTheHost) {
  ASSERT_TRUE(instance_->function("grow and run")->call({}));
  EXPECT_EQ(instance_->memory()->data()[131071], 'X');
}

INSTANTIATE_TEST_SUITE_P(Levels, HostFunctions, testing::Values(0, 2));

}  // namespace
}  // namespace tenon::e2e
