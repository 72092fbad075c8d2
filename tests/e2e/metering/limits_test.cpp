// Guests that run out of fuel, and what the host can do about it.
#include <gmock/gmock.h>
#include <tenon/plugin.hpp>

#include "guests.hpp"
#include "runtime/instance/access.hpp"
#include "runtime/instance/store_impl.hpp"

namespace tenon::e2e {
namespace {

using testing::HasSubstr;

constexpr char kEndless[] = R"((module
  (type $nothing (func))
  (import "env" "host" (func $host))
  (tag $e)
  (memory 1) (table $t 2 10000000 funcref) (elem (i32.const 0) $recursion $indirect)
  (func (export "loop") (loop $again (br $again)))
  (func (export "loop_of_switches") (loop $again (br_table $again $again (i32.const 7))))
  (func $recursion (export "recursion") (call $recursion))
  (func $tail (export "tail_calls") (return_call $tail))
  (func $indirect (export "indirect_calls") (call_indirect (type $nothing) (i32.const 1)))
  (func (export "indirect_tail_calls") (return_call_indirect (type $nothing) (i32.const 1)))
  (func $throws (throw $e))
  (func (export "exceptions") (loop $again (try (do (call $throws)) (catch_all)) (br $again)))
  (func (export "exceptions_inside") (loop $again (try (do (throw $e)) (catch_all (br $again)))))
  (func (export "host_calls") (loop $again (call $host) (br $again)))
  (func (export "fills") (loop $again (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br $again)))
  (func (export "one_fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const -1)))
  (func (export "one_copy") (memory.copy (i32.const 0) (i32.const 1) (i32.const -1)))
  (func (export "table_fills")
    (loop $again (table.fill $t (i32.const 0) (ref.null func) (i32.const 1)) (br $again)))
  (func (export "one_table_grow") (drop (table.grow $t (ref.null func) (i32.const -1))))
  (func (export "one_table_fill") (table.fill $t (i32.const 0) (ref.null func) (i32.const -1)))
  (func (export "grows") (loop $again (drop (memory.grow (i32.const 0))) (br $again)))))";

Imports with_host(std::function<void()> host = [] {}) {
  Imports imports;
  imports.function("env", "host", std::move(host));
  return imports;
}

class OutOfFuel : public testing::TestWithParam<Way> {};

TEST_P(OutOfFuel, EndsWhateverRunsForEver) {
  const tests::Guest guest(kEndless, GetParam().options);
  for (const ExportType& item : guest.module().exports()) {
    for (const std::uint64_t fuel : {0u, 1u, 1'000u, 20'000u}) {
      Metered metered(guest, with_host(), fuel);
      EXPECT_EQ(metered.cost_of(item.name), fuel) << item.name;
      ASSERT_FALSE(metered.last) << item.name;
      const Error& error = metered.last.error();
      EXPECT_EQ(error.code, ErrorCode::out_of_fuel) << item.name << ": " << to_string(error);
      EXPECT_EQ(error.trap, std::nullopt);
      EXPECT_THAT(error.message, HasSubstr("used up the " + std::to_string(fuel) + " that it was given"));
      EXPECT_THAT(error.message, HasSubstr("--fuel"));
      EXPECT_FALSE(error.backtrace.empty()) << item.name;
      metered.cost_of(item.name);
      EXPECT_EQ(metered.last.error().code, ErrorCode::poisoned) << item.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, OutOfFuel, testing::ValuesIn(ways_of_compiling()),
                         [](const auto& info) { return std::string(info.param.name); });

constexpr char kTicks[] = R"((module (import "env" "host" (func $host))
  (func (export "run") (result i32) (local $i i32)
    (loop $again
      (call $host)
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
    (local.get $i))
  (func (export "three") (result i32) (i32.add (i32.const 1) (i32.const 2)))))";
constexpr std::uint64_t kTicksCost = 100 * (1 + 7) + 1;

const tests::Guest& ticks() {
  static const tests::Guest kMade(kTicks, kMetering);
  return kMade;
}

TEST(Fuel, ThatIsJustEnoughIsEnough) {
  Metered enough(ticks(), with_host(), kTicksCost);
  EXPECT_EQ(enough.cost_of("run"), kTicksCost);
  EXPECT_TRUE(enough.last) << to_string(enough.last.error());
  EXPECT_EQ(enough.store.fuel(), 0u);
  Metered short_of_one(ticks(), with_host(), kTicksCost - 1);
  short_of_one.cost_of("run");
  ASSERT_FALSE(short_of_one.last);
  EXPECT_EQ(short_of_one.last.error().code, ErrorCode::out_of_fuel);
}

TEST(Fuel, MayBeSetByAHostFunctionDuringTheCall) {
  Store* store = nullptr;
  Metered metered(ticks(), with_host([&] { EXPECT_TRUE(store->set_fuel(10)); }), 10);
  store = &metered.store;
  metered.cost_of("run");
  ASSERT_TRUE(metered.last) << to_string(metered.last.error());
  EXPECT_EQ(metered.store.fuel(), 2u);  // 7 behind the last call of the host, and 1

  Metered taken_away(ticks(), with_host([&] { EXPECT_TRUE(store->set_fuel(0)); }));
  store = &taken_away.store;
  taken_away.cost_of("run");
  ASSERT_FALSE(taken_away.last);
  EXPECT_EQ(taken_away.last.error().code, ErrorCode::out_of_fuel);
}

TEST(Fuel, IsNotOwedWhereItRanOut) {
  Metered metered(ticks(), with_host(), StoreOptions{.poison_after_trap = false, .fuel = 2});
  for (int i = 0; i < 3; ++i) {
    metered.cost_of("three");
    ASSERT_FALSE(metered.last);
    EXPECT_EQ(metered.last.error().code, ErrorCode::out_of_fuel);
    EXPECT_EQ(metered.store.fuel(), 0u);
    EXPECT_EQ(runtime::Access::of(metered.store)->record.fuel, 0);
  }
  ASSERT_TRUE(metered.store.set_fuel(3));
  metered.cost_of("three");
  EXPECT_TRUE(metered.last) << to_string(metered.last.error());
  EXPECT_EQ(metered.store.fuel(), 0u);
}

// Safety: nor does a size of 64 bits make fuel out of none.
TEST(Fuel, OnlyBecomesLess) {
  const tests::Guest guest(R"((module (memory i64 1)
    (func (export "fill") (memory.fill (i64.const 0) (i32.const 1) (i64.const -1)))
    (func (export "grow") (drop (memory.grow (i64.const -1))))))",
                           kMetering);
  for (const std::string name : {"fill", "grow"}) {
    Metered metered(guest, {}, StoreOptions{.poison_after_trap = false});
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t before = metered.store.fuel();
      metered.cost_of(name);
      const std::uint64_t left = metered.store.fuel();
      ASSERT_TRUE(left < before || (left == 0 && metered.last.error().code == ErrorCode::out_of_fuel))
          << name;
    }
  }
}

TEST(Fuel, AboveTheMostIsTheMost) {
  Metered metered(ticks(), with_host(), UINT64_MAX);
  EXPECT_EQ(metered.store.fuel(), kUnlimitedFuel);
  metered.cost_of("three");
  EXPECT_TRUE(metered.last) << to_string(metered.last.error());
  EXPECT_TRUE(metered.store.set_fuel(UINT64_MAX));
  EXPECT_EQ(metered.store.fuel(), kUnlimitedFuel);
}

// The instances of a store share its fuel, and so do calls inside a call.
TEST(Fuel, IsSharedByAllOfTheStore) {
  Metered metered(ticks(), with_host());
  Imports imports;
  imports.define("env", "host", metered.instance.function("three").value());
  const tests::Guest calls(R"((module (import "env" "host" (func $three (result i32)))
    (func (export "run") (result i32) (i32.add (call $three) (call $three)))))",
                           kMetering);
  const auto instance = metered.store.instantiate(calls.module(), imports);
  ASSERT_TRUE(instance) << to_string(instance.error());
  const std::uint64_t before = metered.store.fuel();
  EXPECT_EQ(instance->function<std::int32_t()>("run").value()().value(), 6);
  EXPECT_EQ(before - metered.store.fuel(), 3u + 2 * 3);
}

TEST(Fuel, ThatACallInsideUsedUpIsUsedUp) {
  Metered* inner = nullptr;
  std::optional<ErrorCode> inside;
  Metered metered(ticks(), with_host([&] {
                    inner->cost_of("three");
                    if (!inner->last) inside = inner->last.error().code;
                  }),
                  StoreOptions{.poison_after_trap = false, .fuel = 3});
  inner = &metered;
  const auto run = metered.instance.function<std::int32_t()>("run").value()();
  EXPECT_EQ(inside, ErrorCode::out_of_fuel);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::out_of_fuel);
}

TEST(Fuel, StopsAStartFunction) {
  const tests::Guest guest("(module (func $start (loop $again (br $again))) (start $start))", kMetering);
  Store store({.fuel = 100});
  const auto instance = store.instantiate(guest.module());
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().code, ErrorCode::out_of_fuel);
  EXPECT_EQ(instance.error().phase, Phase::instantiate);
}

// Safety: a limit that nothing would keep to is an error, and not ignored.
TEST(Fuel, LimitsNoGuestThatDoesNotCount) {
  const tests::Guest plain("(module (func (export \"f\")))");
  Store limited({.fuel = 100});
  const auto refused = limited.instantiate(plain.module());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(refused.error().message, HasSubstr("tenon compile --metering"));

  Store store;
  ASSERT_TRUE(store.instantiate(plain.module()));
  const auto set = store.set_fuel(100);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(set.error().message, HasSubstr("tenon compile --metering"));
  EXPECT_EQ(store.fuel(), kUnlimitedFuel);
  EXPECT_TRUE(store.set_fuel(kUnlimitedFuel));

  Store taken_from;
  const auto snapshot = taken_from.instantiate(plain.module()).value().snapshot();
  ASSERT_TRUE(snapshot) << to_string(snapshot.error());
  EXPECT_EQ(Store({.fuel = 100}).instantiate(*snapshot, {}).error().code, ErrorCode::invalid_argument);

  Store set_later;
  ASSERT_TRUE(set_later.set_fuel(100));
  EXPECT_FALSE(set_later.instantiate(plain.module()));
}

TEST(Fuel, IsInTheArtifactsNote) {
  EXPECT_TRUE(read_artifact_info(ticks().artifact()).value().metering);
  EXPECT_FALSE(read_artifact_info(tests::Guest("(module)").artifact()).value().metering);
}

// Takes texts as ArrayBuffers, of which it has room for one.
constexpr char kPlugin[] = R"((module
  (import "env" "host" (func $host))
  (memory (export "memory") 1)
  (func (export "malloc") (param i32) (result i32)
    (i32.store (i32.const 56) (i32.const 1)) (i32.store (i32.const 60) (local.get 0)) (i32.const 64))
  (func (export "fine") (param i32) (result i32) (local.get 0))
  (func (export "host") (param i32) (result i32) (call $host) (local.get 0))
  (func (export "spin") (param i32) (loop $again (br $again)))
  (func (export "_initialize") (drop (i32.const 1)))))";

const tests::Guest& plugin_guest() {
  static const tests::Guest kMade(kPlugin, kMetering);
  return kMade;
}

PluginOptions plugin_options(std::function<void()> host = [] {}) {
  PluginOptions options;
  options.host_function("env", "host", [host = std::move(host)] { host(); });
  return options;
}

TEST(FuelOfAPlugin, IsSetAnewForEachCall) {
  const std::string_view text[] = {"text"};
  auto plugin = Plugin::load(plugin_guest().module(), plugin_options().fuel_for_each_call(100)).value();
  EXPECT_EQ(plugin.fuel(), 99u);  // _initialize
  ASSERT_EQ(plugin.call("fine", text).value(), "text");
  const std::uint64_t left = plugin.fuel();
  EXPECT_LT(left, 99u);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(plugin.call("fine", text).value(), "text");
    ASSERT_EQ(plugin.fuel(), left);
  }
  const auto spun = plugin.call("spin", text);
  ASSERT_FALSE(spun);
  EXPECT_EQ(spun.error().code, ErrorCode::out_of_fuel);
  EXPECT_THAT(spun.error().message, HasSubstr("used up the 100 that it was given"));
  EXPECT_EQ(plugin.fuel(), 0u);
  EXPECT_EQ(plugin.call("fine", text).error().code, ErrorCode::poisoned);
}

TEST(FuelOfAPlugin, WithAFreshStateStopsOneCallOnly) {
  const std::string_view text[] = {"text"};
  auto options = plugin_options().fuel_for_each_call(100).isolation(Isolation::fresh_each_call);
  auto plugin = Plugin::load(plugin_guest().module(), options).value();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(plugin.call("spin", text).error().code, ErrorCode::out_of_fuel);
    EXPECT_EQ(plugin.call("fine", text).value(), "text");
  }
}

TEST(FuelOfAPlugin, GoesOnFromCallToCallWhereTheHostSetsIt) {
  const std::string_view text[] = {"text"};
  auto plugin = Plugin::load(plugin_guest().module(), plugin_options()).value();
  ASSERT_TRUE(plugin.set_fuel(1000));
  int calls = 0;
  while (plugin.call("fine", text)) ++calls;
  EXPECT_GT(calls, 10);
  EXPECT_LT(calls, 1000);
  EXPECT_EQ(plugin.fuel(), 0u);
}

TEST(FuelOfAPlugin, MayBeSetByItsHostFunction) {
  const std::string_view text[] = {"text"};
  Plugin* running = nullptr;
  auto plugin =
      Plugin::load(plugin_guest().module(),
                   plugin_options([&] { EXPECT_TRUE(running->set_fuel(50)); }).fuel_for_each_call(100))
          .value();
  running = &plugin;
  ASSERT_EQ(plugin.call("host", text).value(), "text");
  EXPECT_LT(plugin.fuel(), 50u);
}

TEST(FuelOfAPlugin, LimitsNoneThatDoesNotCount) {
  const tests::Guest plain(kPlugin);
  const auto refused = Plugin::load(plain.module(), plugin_options().fuel_for_each_call(100));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(refused.error().message, HasSubstr("tenon compile --metering"));
}

TEST(FuelOfAPlugin, StopsWhatRunsWhileItIsLoaded) {
  const tests::Guest spins("(module (func (export \"_start\") (loop $again (br $again))))", kMetering);
  const auto stopped = Plugin::load(spins.module(), PluginOptions{}.fuel_for_each_call(1000));
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::out_of_fuel);
}

}  // namespace
}  // namespace tenon::e2e
