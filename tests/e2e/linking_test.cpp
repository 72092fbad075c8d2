// What two instances of a store share: functions, globals, memories, tables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using testing::HasSubstr;

constexpr char kProvider[] = R"((module
  (type $unused (func (param f64)))
  (type $get (func (result i32)))
  (global $count (export "count") (mut i32) (i32.const 5))
  (global (export "constant") i64 (i64.const -7))
  (memory (export "memory") 1 3)
  (table (export "table") 4 8 funcref)
  (elem (i32.const 0) $seven)
  (func $seven (type $get) (i32.const 7))
  (func (export "bump") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count))
  (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "pages") (result i32) (memory.size))
  (func (export "call") (param i32) (result i32) (call_indirect (type $get) (local.get 0)))
  (func (export "trap") unreachable)))";

constexpr char kConsumer[] = R"((module
  (type $get (func (result i32)))
  (import "p" "bump" (func $bump (result i32)))
  (import "p" "trap" (func $trap))
  (import "p" "count" (global $count (mut i32)))
  (import "p" "constant" (global $constant i64))
  (import "p" "memory" (memory 1))
  (import "p" "table" (table $t 4 funcref))
  (global $copy i64 (global.get $constant))
  (func $nine (type $get) (i32.const 9))
  (elem (table $t) (i32.const 1) func $nine)
  (data (i32.const 100) "Z")
  (func (export "bump twice") (result i32) (drop (call $bump)) (call $bump))
  (func (export "count") (result i32) (global.get $count))
  (func (export "set count") (param i32) (global.set $count (local.get 0)))
  (func (export "copy") (result i64) (global.get $copy))
  (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (func (export "grow table") (result i32) (table.grow $t (ref.func $nine) (i32.const 1)))
  (func (export "call") (param i32) (result i32) (call_indirect $t (type $get) (local.get 0)))
  (func (export "trap") (call $trap))))";

class Linking : public testing::TestWithParam<int> {
 protected:
  Linking()
      : provider_guest_(kProvider, {.optimization_level = static_cast<std::uint8_t>(GetParam())}),
        consumer_guest_(kConsumer, {.optimization_level = static_cast<std::uint8_t>(GetParam())}),
        provider_(store_.instantiate(provider_guest_.module()).value()) {
    Imports imports;
    imports.define_instance("p", provider_);
    consumer_.emplace(store_.instantiate(consumer_guest_.module(), imports).value());
  }
  template <typename... Arguments>
  std::int32_t call(const Instance& instance, const char* name, Arguments... arguments) {
    const auto result = instance.function(name)->call(std::vector<Value>{Value::from_i32(arguments)...});
    EXPECT_TRUE(result) << name << ": " << to_string(result.error());
    return result && !result->empty() ? result->at(0).i32() : 0;
  }

  tests::Guest provider_guest_;
  tests::Guest consumer_guest_;
  Store store_{StoreOptions{.poison_after_trap = false}};
  Instance provider_;
  std::optional<Instance> consumer_;
};

TEST_P(Linking, FunctionsRunInTheirOwnInstance) { EXPECT_EQ(call(*consumer_, "bump twice"), 7); }

TEST_P(Linking, AMutableGlobalIsOneCell) {
  call(*consumer_, "set count", 40);
  EXPECT_EQ(call(provider_, "bump"), 41);
  EXPECT_EQ(call(*consumer_, "count"), 41);
  const auto global = std::get<Global>(provider_.find_export("count").value());
  EXPECT_EQ(global.get().i32(), 41);
  ASSERT_TRUE(global.set(Value::from_i32(50)));
  EXPECT_EQ(call(*consumer_, "count"), 50);
}

TEST_P(Linking, AnImportedConstantInitialisesAGlobal) {
  EXPECT_EQ(consumer_->function("copy")->call({})->at(0).i64(), -7);
}

TEST_P(Linking, AMemoryIsOneMemory) {
  EXPECT_EQ(call(provider_, "peek", 100), 'Z');
  call(*consumer_, "poke", 200, 77);
  EXPECT_EQ(call(provider_, "peek", 200), 77);
  EXPECT_EQ(provider_.memory()->data()[200], 77);
}

TEST_P(Linking, GrowthIsSeenByBoth) {
  EXPECT_EQ(call(*consumer_, "grow"), 1);
  EXPECT_EQ(call(provider_, "pages"), 2);
  EXPECT_EQ(call(provider_, "peek", 2 * 65536 - 1), 0);
  call(*consumer_, "poke", 65536 + 5, 9);
  EXPECT_EQ(call(provider_, "peek", 65536 + 5), 9);
  EXPECT_EQ(call(*consumer_, "grow"), 2);
  EXPECT_EQ(call(*consumer_, "grow"), -1) << "beyond its maximum";
}

TEST_P(Linking, ATableIsOneTable) {
  EXPECT_EQ(call(provider_, "call", 1), 9) << "the consumer's function, through the provider's table";
  EXPECT_EQ(call(*consumer_, "call", 0), 7) << "and the other way round, though the types have other indices";
  EXPECT_EQ(call(*consumer_, "grow table"), 4);
  EXPECT_EQ(call(provider_, "call", 4), 9);
}

TEST_P(Linking, ATrapInAnImportedFunctionReachesTheHost) {
  const auto result = consumer_->function("trap")->call({});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().trap, TrapCode::unreachable);
}

TEST_P(Linking, WhatIsMissingIsNamed) {
  const auto instance = store_.instantiate(consumer_guest_.module());
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().phase, Phase::link);
  EXPECT_EQ(instance.error().code, ErrorCode::unknown_import);
  EXPECT_THAT(instance.error().message, HasSubstr("bump"));
}

struct Mismatch {
  const char* import;
  const char* exported;
};

class LinkingMismatch : public testing::TestWithParam<Mismatch> {};

TEST_P(LinkingMismatch, IsRefused) {
  const tests::Guest provider("(module " + std::string(GetParam().exported) + ")");
  const tests::Guest consumer("(module (import \"p\" \"x\" " + std::string(GetParam().import) + "))");
  Store store;
  Imports imports;
  imports.define_instance("p", store.instantiate(provider.module()).value());
  const auto instance = store.instantiate(consumer.module(), imports);
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().phase, Phase::link);
  EXPECT_EQ(instance.error().code, ErrorCode::incompatible_import);
  EXPECT_THAT(instance.error().message, HasSubstr("x"));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, LinkingMismatch,
    testing::Values(Mismatch{"(func (param i32))", R"((func (export "x") (param i64)))"},
                    Mismatch{"(func)", R"((memory (export "x") 1))"},
                    Mismatch{"(memory 2)", R"((memory (export "x") 1))"},
                    Mismatch{"(memory 1 2)", R"((memory (export "x") 1))"},
                    Mismatch{"(memory 1 2)", R"((memory (export "x") 1 3))"},
                    Mismatch{"(table 1 externref)", R"((table (export "x") 1 funcref))"},
                    Mismatch{"(table 5 funcref)", R"((table (export "x") 1 funcref))"},
                    Mismatch{"(global i32)", R"((global (export "x") i64 (i64.const 0)))"},
                    Mismatch{"(global i32)", R"((global (export "x") (mut i32) (i32.const 0)))"},
                    Mismatch{"(global (mut i32))", R"((global (export "x") i32 (i32.const 0)))"}));

INSTANTIATE_TEST_SUITE_P(Levels, Linking, testing::Values(0, 2));

}  // namespace
}  // namespace tenon::e2e
