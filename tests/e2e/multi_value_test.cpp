// Up to seventeen parameters and results of mixed types, over each border:
// host to guest, guest to guest of another module, guest to host. Every value
// must come back bit by bit, signalling NaNs and negative zeros too.
#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

constexpr std::size_t kMaxValues = 17;

// The types of n values: 0 all i64, 1 all f64, 2 and 3 mixed.
enum class Pattern { integers, floats, mixed, mixed_from_floats };

ValueType type_at(Pattern pattern, std::size_t i) {
  constexpr ValueType kMixed[] = {ValueType::i32, ValueType::f64, ValueType::i64, ValueType::f32};
  switch (pattern) {
    case Pattern::integers: return i % 3 == 2 ? ValueType::i32 : ValueType::i64;
    case Pattern::floats: return i % 3 == 2 ? ValueType::f32 : ValueType::f64;
    case Pattern::mixed: return kMixed[i % 4];
    case Pattern::mixed_from_floats: return kMixed[(i * 3 + 1) % 4];
  }
  return ValueType::i32;
}

Value value_at(Pattern pattern, std::size_t i) {
  const ValueType type = type_at(pattern, i);
  switch (type) {
    case ValueType::i32: return Value::from_bits(type, 0x80000001u + 0x01010101u * i);
    case ValueType::i64: return Value::from_bits(type, 0x8000000000000001u + 0x0101010101010101u * i);
    // Signalling NaNs: any arithmetic on the way would quiet them.
    case ValueType::f32: return Value::from_bits(type, i % 2 ? 0x7FA00000u + i : 0x80000000u);
    default: return Value::from_bits(type, i % 2 ? 0x7FF4000000000000u + i : 0x8000000000000000u);
  }
}

FunctionType echo_type(Pattern pattern, std::size_t count) {
  FunctionType type;
  for (std::size_t i = 0; i < count; ++i) type.parameters.push_back(type_at(pattern, i));
  type.results = type.parameters;
  return type;
}

std::string signature(const FunctionType& type) {
  std::string types;
  for (const auto parameter : type.parameters) types += " " + std::string(to_string(parameter));
  return "(param" + types + ") (result" + types + ")";
}

std::string result(const FunctionType& type) {
  std::string types;
  for (const auto one : type.results) types += " " + std::string(to_string(one));
  return "(result" + types + ")";
}

std::string get_all(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += " (local.get " + std::to_string(i) + ")";
  return out;
}

constexpr Pattern kPatterns[] = {Pattern::integers, Pattern::floats, Pattern::mixed,
                                 Pattern::mixed_from_floats};

std::string name(Pattern pattern, std::size_t count) {
  return std::to_string(static_cast<int>(pattern)) + "/" + std::to_string(count);
}

template <typename Write>
std::string for_every_signature(const Write& write) {
  std::string out;
  for (const auto pattern : kPatterns) {
    for (std::size_t count = 0; count <= kMaxValues; ++count) out += write(pattern, count) + "\n";
  }
  return out;
}

std::string provider_module() {
  return "(module " + for_every_signature([](Pattern pattern, std::size_t count) {
           return "(func (export \"" + name(pattern, count) + "\") " + signature(echo_type(pattern, count)) +
                  get_all(count) + ")";
         }) +
         ")";
}

std::string consumer_module() {
  const auto import = [](Pattern pattern, std::size_t count) {
    return "(import \"p\" \"" + name(pattern, count) + "\" (func $" + name(pattern, count) + " " +
           signature(echo_type(pattern, count)) + "))";
  };
  const auto pass = [](Pattern pattern, std::size_t count) {
    return "(func (export \"" + name(pattern, count) + "\") " + signature(echo_type(pattern, count)) +
           "(call $" + name(pattern, count) + get_all(count) + "))";
  };
  return "(module " + for_every_signature(import) + for_every_signature(pass) + ")";
}

// The echoes again, each by way of a constant table, a tail call and a try.
std::string roundabout_module() {
  return "(module " + for_every_signature([](Pattern pattern, std::size_t count) {
           const std::string id = name(pattern, count), type = signature(echo_type(pattern, count));
           return "(func $echo" + id + type + get_all(count) + ")" +                                        //
                  "(table $t" + id + " funcref (elem $echo" + id + "))" +                                   //
                  "(func $indirect" + id + type + "(call_indirect $t" + id + " " + type + get_all(count) +  //
                  " (i32.const 0)))" +                                                                      //
                  "(func $tail" + id + type + "(return_call $indirect" + id + get_all(count) + "))" +       //
                  "(func (export \"" + id + "\") " + type + "(try " + result(echo_type(pattern, count)) +
                  "(do (call $tail" + id + get_all(count) + ")) (catch_all unreachable)))";
         }) +
         ")";
}

void expect_echo(const Instance& instance, Pattern pattern, std::size_t count) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(value_at(pattern, i));
  const auto results = instance.function(name(pattern, count))->call(values);
  ASSERT_TRUE(results) << name(pattern, count) << ": " << to_string(results.error());
  ASSERT_EQ(results->size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(results->at(i).type(), values[i].type());
    EXPECT_EQ(results->at(i).low_bits(), values[i].low_bits())
        << "value " << i << " of " << name(pattern, count);
  }
}

void expect_every_echo(const Instance& instance) {
  for (const auto pattern : kPatterns) {
    for (std::size_t count = 0; count <= kMaxValues; ++count) expect_echo(instance, pattern, count);
  }
}

Imports host_echoes() {
  Imports imports;
  const auto echo = [](Caller&, std::span<const Value> arguments, std::span<Value> results) {
    std::ranges::copy(arguments, results.begin());
    return std::expected<void, Error>{};
  };
  for (const auto pattern : kPatterns) {
    for (std::size_t count = 0; count <= kMaxValues; ++count) {
      imports.define("p", name(pattern, count), HostFunction(echo_type(pattern, count), echo));
    }
  }
  return imports;
}

class MultiValue : public testing::TestWithParam<int> {
 protected:
  compiler::CompileOptions options_{.optimization_level = static_cast<std::uint8_t>(GetParam())};
  Store store_;
};

TEST_P(MultiValue, FromTheHostToAGuest) {
  const tests::Guest provider(provider_module(), options_);
  expect_every_echo(store_.instantiate(provider.module()).value());
}

TEST_P(MultiValue, ThroughATableATailCallAndATry) {
  options_.features.enable(wasm::Feature::legacy_exceptions);
  const tests::Guest roundabout(roundabout_module(), options_);
  expect_every_echo(store_.instantiate(roundabout.module()).value());
}

TEST_P(MultiValue, FromAGuestToAnother) {
  const tests::Guest provider(provider_module(), options_);
  const tests::Guest consumer(consumer_module(), options_);
  Imports imports;
  imports.define_instance("p", store_.instantiate(provider.module()).value());
  expect_every_echo(store_.instantiate(consumer.module(), imports).value());
}

TEST_P(MultiValue, FromAGuestToTheHost) {
  const tests::Guest consumer(consumer_module(), options_);
  expect_every_echo(store_.instantiate(consumer.module(), host_echoes()).value());
}

INSTANTIATE_TEST_SUITE_P(Levels, MultiValue, testing::Values(0, 2));

}  // namespace
}  // namespace tenon::e2e
