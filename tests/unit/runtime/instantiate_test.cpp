#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tenon/store.hpp>

#include "base/type_registry.hpp"
#include "runtime/instance/access.hpp"
#include "runtime/instance/module_impl.hpp"
#include "support/wat.hpp"

namespace tenon {
namespace {

using testing::HasSubstr;
using tests::Guest;
using tests::TempDir;

constexpr std::string_view kWants = R"((module
  (import "env" "f" (func $f (param i32) (result i64)))
  (import "env" "g" (global $g i32))
  (import "env" "m" (memory 2 4))
  (import "env" "t" (table 1 funcref))
  (func (export "call") (result i64) (call $f (global.get $g)))))";

TEST(Instantiate, NamesEveryUnknownImport) {
  const Guest guest(kWants);
  Store store;
  Imports imports;
  imports.function("env", "f", [](std::int32_t i) { return std::int64_t{i}; });
  const auto instance = store.instantiate(guest.module(), imports);
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().phase, Phase::link);
  EXPECT_EQ(instance.error().code, ErrorCode::unknown_import);
  EXPECT_THAT(instance.error().message, HasSubstr("unknown import"));
  EXPECT_THAT(instance.error().message, HasSubstr("\"env\".\"g\" (global i32)"));
  EXPECT_THAT(instance.error().message, HasSubstr("\"env\".\"t\" (table funcref"));
  EXPECT_THAT(instance.error().message, testing::Not(HasSubstr("\"f\"")));
}

TEST(Instantiate, NamesEveryIncompatibleImport) {
  const Guest guest(kWants);
  Store store;
  Imports imports;
  imports.function("env", "f", [](std::int64_t i) { return i; });
  imports.define("env", "g", store.create_global({ValueType::i32, true}, Value::from_i32(1)).value());
  imports.define("env", "m", store.create_memory({{2, 5}}).value());
  imports.define("env", "t",
                 store.create_table({ValueType::funcref, {0, {}}}, Value::from_funcref({})).value());
  const auto instance = store.instantiate(guest.module(), imports);
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().code, ErrorCode::incompatible_import);
  for (const char* name : {"\"f\"", "\"g\"", "\"m\"", "\"t\"", "incompatible import type"}) {
    EXPECT_THAT(instance.error().message, HasSubstr(name));
  }
}

constexpr std::string_view kWantsThree = R"((module
  (import "env" "a" (func $a (result i32)))
  (import "env" "b" (func $b (result i32)))
  (import "env" "c" (func $c (result i32)))
  (func (export "call") (result i32)
    (i32.add (i32.mul (call $a) (i32.const 100)) (i32.add (i32.mul (call $b) (i32.const 10)) (call $c))))))";

FunctionProvider provider_of(std::string_view known, std::int32_t value, int& made) {
  return [=, &made](std::string_view name, const FunctionType&) -> std::optional<HostFunction> {
    if (!known.contains(name)) return std::nullopt;
    ++made;
    return HostFunction([value] { return value; });
  };
}

TEST(Instantiate, DefinitionsGoBeforeProvidersAndLaterProvidersBeforeEarlier) {
  const Guest guest(kWantsThree);
  Store store;
  Imports imports;
  int made = 0;
  imports.function("env", "a", [] { return std::int32_t{1}; });
  imports.provide("env", provider_of("abcd", 2, made));
  imports.provide("env", provider_of("ac", 3, made));
  imports.provide("other", provider_of("abc", 4, made));
  const auto instance = store.instantiate(guest.module(), imports);
  ASSERT_TRUE(instance) << to_string(instance.error());
  EXPECT_EQ(instance->function<std::int32_t()>("call").value()(), 123);
  EXPECT_EQ(made, 2);
}

TEST(Instantiate, WhatAProviderMakesIsChecked) {
  const Guest guest(kWantsThree);
  Store store;
  Imports imports;
  imports.provide("env",
                  [](std::string_view name, const FunctionType& wanted) -> std::optional<HostFunction> {
                    EXPECT_EQ(to_string(wanted), "() -> i32");
                    if (name == "c") return std::nullopt;
                    return HostFunction([] { return std::int64_t{0}; });
                  });
  EXPECT_EQ(store.instantiate(guest.module(), imports).error().code, ErrorCode::unknown_import);
  imports.function("env", "c", [] { return std::int32_t{1}; });
  const auto error = store.instantiate(guest.module(), imports).error();
  EXPECT_EQ(error.code, ErrorCode::incompatible_import);
  EXPECT_THAT(error.message, HasSubstr("\"env\".\"a\""));
  EXPECT_THAT(error.message, HasSubstr("\"env\".\"b\""));
}

TEST(Instantiate, TakesWhatMatches) {
  const Guest guest(kWants);
  Store store;
  Imports imports;
  imports.function("env", "f", [](std::int32_t i) { return std::int64_t{i} * 2; });
  imports.define("env", "g", store.create_global({ValueType::i32, false}, Value::from_i32(21)).value());
  imports.define("env", "m", store.create_memory({{3, 4}}).value());
  imports.define("env", "t",
                 store.create_table({ValueType::funcref, {5, {}}}, Value::from_funcref({})).value());
  auto instance = store.instantiate(guest.module(), imports);
  ASSERT_TRUE(instance) << instance.error().message;
  EXPECT_EQ(instance->function<std::int64_t()>("call").value()().value(), 42);
}

TEST(Instantiate, ExternsOfAnotherStoreAreRefused) {
  const Guest guest(R"((module (import "env" "m" (memory 1))))");
  Store mine, other;
  Imports imports;
  imports.define("env", "m", other.create_memory({{1, {}}}).value());
  const auto instance = mine.instantiate(guest.module(), imports);
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().code, ErrorCode::invalid_argument);
}

TEST(Instantiate, UnknownImportsByPolicy) {
  const Guest guest(kWants);
  Store store;
  auto zero = store.instantiate(guest.module(), Imports{}.unknown(UnknownImports::zero));
  ASSERT_TRUE(zero) << zero.error().message;
  EXPECT_EQ(zero->function<std::int64_t()>("call").value()().value(), 0);
  auto trap = store.instantiate(guest.module(), Imports{}.unknown(UnknownImports::trap));
  ASSERT_TRUE(trap);
  const auto result = trap->function<std::int64_t()>("call").value()();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unknown_import);
  EXPECT_THAT(result.error().message, HasSubstr("\"env\".\"f\""));
}

// Writes before the segment that is out of bounds stay, and functions that
// reached a shared table stay callable.
TEST(Instantiate, AFailedInstanceLivesOnInWhatItShared) {
  const Guest guest(R"((module
    (import "env" "m" (memory 1))
    (import "env" "t" (table 2 funcref))
    (func $seven (result i32) i32.const 7)
    (elem (i32.const 0) $seven)
    (data (i32.const 0) "x")
    (data (i32.const 65536) "y")
    (data (i32.const 1) "z")))");
  Store store;
  auto memory = store.create_memory({{1, {}}}).value();
  auto table = store.create_table({ValueType::funcref, {2, {}}}, Value::from_funcref({})).value();
  Imports imports;
  imports.define("env", "m", memory).define("env", "t", table);
  const auto instance = store.instantiate(guest.module(), imports);
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().phase, Phase::instantiate);
  EXPECT_EQ(instance.error().trap, TrapCode::out_of_bounds_memory_access);
  EXPECT_EQ(memory.data()[0], 'x');
  EXPECT_EQ(memory.data()[1], 0);
  const Function seven = store.function_from(table.get(0).value().funcref()).value();
  EXPECT_EQ(seven.typed<std::int32_t()>().value()().value(), 7);
}

TEST(Instantiate, AnElementSegmentOutOfBoundsTraps) {
  const Guest guest(R"((module (table 1 funcref) (func $f) (elem (i32.const 1) $f)))");
  Store store;
  const auto instance = store.instantiate(guest.module());
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().trap, TrapCode::out_of_bounds_table_access);
}

TEST(Instantiate, StartRunsAndItsTrapIsTheErrorOfInstantiate) {
  const Guest fine(R"((module (global $g (export "g") (mut i32) (i32.const 1))
    (func $s (global.set $g (i32.const 5))) (start $s)))");
  Store store;
  auto instance = store.instantiate(fine.module());
  ASSERT_TRUE(instance) << instance.error().message;
  EXPECT_EQ(std::get<Global>(*instance->find_export("g")).get().i32(), 5);
  const Guest bad(R"((module (func $s unreachable) (start $s)))");
  const auto failed = store.instantiate(bad.module());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().phase, Phase::instantiate);
  EXPECT_EQ(failed.error().trap, TrapCode::unreachable);
}

TEST(Instantiate, MemoriesAreTheInstancesOwn) {
  const Guest guest(R"((module (memory (export "memory") 1) (data (i32.const 10) "abc")))");
  Store store;
  auto first = store.instantiate(guest.module()).value().memory().value();
  auto second = store.instantiate(guest.module()).value().memory().value();
  first.data()[10] = 'X';
  EXPECT_EQ(second.data()[10], 'a');
  EXPECT_EQ(store.instantiate(guest.module()).value().memory().value().data()[10], 'a');
}

TEST(Instantiate, StoreLimitsHold) {
  const Guest guest(R"((module (memory 3) (func (export "grow") (result i32) (memory.grow (i32.const 1)))))");
  Store small({.memory_limit = 2 * kPageSize});
  const auto refused = small.instantiate(guest.module());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::out_of_resources);
  Store exact({.memory_limit = 3 * kPageSize});
  auto instance = exact.instantiate(guest.module());
  ASSERT_TRUE(instance);
  EXPECT_EQ(instance->function<std::int32_t()>("grow").value()().value(), -1);
}

// 33 MB stayed behind for each module of 3 MB.
TEST(Types, GoWithTheLastModuleOrStoreThatHasThem) {
  const FunctionType type{{ValueType::f64, ValueType::f64, ValueType::f32, ValueType::f64}, {}};
  std::uint32_t id = 0;
  std::optional<Store> store(std::in_place);
  std::optional<Function> function;
  {
    const Guest guest(R"((module (func (export "f") (param f64 f64 f32 f64))))");
    id = runtime::Access::of(guest.module()).loaded().type_ids()[0];
    const Guest same(R"((module (func (export "f") (param f64 f64 f32 f64))))");
    EXPECT_EQ(runtime::Access::of(same.module()).loaded().type_ids()[0], id);
    function = store->instantiate(guest.module()).value().function("f").value();
  }
  EXPECT_EQ(base::type_of_id(id), type);
  EXPECT_EQ(function->type(), type);
  store.reset();
  EXPECT_EQ(base::find_type(id), nullptr);
}

TEST(Types, OfAHostsFunctionsAndTagsAreTheStores) {
  const FunctionType type{{ValueType::f64, ValueType::f64, ValueType::f32, ValueType::i64}, {}};
  const FunctionType carried{{ValueType::f64, ValueType::f64, ValueType::f32, ValueType::i32}, {}};
  std::uint32_t id = 0;
  {
    Store store;
    const HostFunction host(type, [](Caller&, auto, auto) { return std::expected<void, Error>(); });
    const Function function = store.create_function(host);
    EXPECT_EQ(function.type(), type);
    EXPECT_EQ(store.create_tag({carried}).type().type, carried);
    id = runtime::Access::of(function)->type_id;
    EXPECT_NE(base::find_type(id), nullptr);
  }
  EXPECT_EQ(base::find_type(id), nullptr);
}

// The system's loader knows objects by name; a new file of the old name must
// still be loaded, with the old one in use, as hot reload does.
TEST(Load, AReplacedFileIsLoadedAnew) {
  const Guest one(R"((module (func (export "f") (result i32) i32.const 1)))");
  const Guest two(R"((module (func (export "f") (result i32) i32.const 2)))");
  const TempDir dir;
  const auto path = dir / "plugin.so";
  std::filesystem::copy_file(one.artifact(), path);
  const auto old_module = Module::load(path).value();
  std::filesystem::copy_file(two.artifact(), dir / "new.so");
  std::filesystem::rename(dir / "new.so", path);
  const auto new_module = Module::load(path);
  ASSERT_TRUE(new_module) << new_module.error().message;
  Store store;
  auto f = [&](const Module& module) {
    return store.instantiate(module).value().function<std::int32_t()>("f").value()().value();
  };
  EXPECT_EQ(f(old_module), 1);
  EXPECT_EQ(f(*new_module), 2);
}

// Element segments come first: a function that one of them has put into somebody
// else's table sees the memory as it is when the next one traps, still empty.
TEST(Instantiate, MemoryIsEmptyWhereAnElementSegmentTraps) {
  const Guest first(R"((module (table (export "t") 1 funcref)
    (func (export "go") (result i32) (call_indirect (result i32) (i32.const 0)))))");
  const Guest second(R"((module (import "first" "t" (table 1 funcref)) (memory 1)
    (func $read (result i32) (i32.load8_u (i32.const 0)))
    (elem (i32.const 0) $read) (elem (i32.const 7) $read)
    (data (i32.const 0) "*")))");
  Store store;
  const auto instance = store.instantiate(first.module()).value();
  Imports imports;
  imports.define_instance("first", instance);
  EXPECT_EQ(store.instantiate(second.module(), imports).error().trap, TrapCode::out_of_bounds_table_access);
  EXPECT_EQ(instance.function<std::int32_t()>("go").value()().value(), 0);
}

// A host that instantiates in a loop would never give anything back.
TEST(Instantiate, AStoreHasSoManyInstancesAndNoMore) {
  const Guest guest("(module)");
  Store store({.instance_limit = 2});
  EXPECT_TRUE(store.instantiate(guest.module()));
  EXPECT_TRUE(store.instantiate(guest.module()));
  const auto third = store.instantiate(guest.module());
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::out_of_resources);
  EXPECT_EQ(third.error().phase, Phase::instantiate);
  EXPECT_THAT(third.error().message, HasSubstr("2 instances, its limit (StoreOptions::instance_limit)"));
}

TEST(Load, TheModuleOutlivesItsHandle) {
  Store store;
  std::optional<Instance> instance;
  {
    const Guest guest(R"((module (func (export "f") (result i32) i32.const 9)))");
    instance = store.instantiate(guest.module()).value();
  }
  EXPECT_EQ(instance->function<std::int32_t()>("f").value()().value(), 9);
}

}  // namespace
}  // namespace tenon
