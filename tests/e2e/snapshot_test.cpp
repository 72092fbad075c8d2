// Snapshots: what they hold, where they go back to it, and what they refuse.
#include <sys/resource.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/tenon.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

using testing::HasSubstr;

constexpr char kGuest[] = R"((module
  (type $none (func (result i32)))
  (memory (export "memory") 1 100)
  (memory $large 48)
  (table $table (export "table") 4 100 funcref)
  (table $outside (export "outside") 2 10 externref)
  (global (export "number") (mut i32) (i32.const 5))
  (global (export "vector") (mut v128) (v128.const i64x2 1 2))
  (global $function (mut funcref) (ref.func $one))
  (global $handle (export "handle") (mut externref) (ref.null extern))
  (elem (i32.const 0) $one $two)
  (elem $passive func $two $two)
  (data (i32.const 8) "start")
  (data $later "later")
  (func $one (type $none) (i32.const 1))
  (func $two (type $none) (i32.const 2))
  (func (export "call_element") (param i32) (result i32) (call_indirect (type $none) (local.get 0)))
  (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "poke_large") (param i32 i32) (i32.store8 $large (local.get 0) (local.get 1)))
  (func (export "peek_large") (param i32) (result i32) (i32.load8_u $large (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size))
  (func (export "fill") (param i32 i32) (memory.fill (local.get 0) (i32.const 9) (local.get 1)))
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (result i32) (memory.init $later (i32.const 100) (i32.const 0) (i32.const 5)) (i32.const 1))
  (func (export "drop") (data.drop $later) (elem.drop $passive))
  (func (export "swap") (table.set $table (i32.const 0) (ref.func $two)) (global.set $function (ref.null func)))
  (func (export "grow_table") (result i32) (table.grow $table (ref.func $two) (i32.const 6)))
  (func (export "init_table") (result i32)
    (table.init $table $passive (i32.const 0) (i32.const 0) (i32.const 2)) (i32.const 1))
  (func (export "has_function") (result i32) (i32.eqz (ref.is_null (global.get $function))))
  (func (export "trap") unreachable)))";

compiler::CompileOptions options(bool resettable, std::uint8_t level = 2) {
  compiler::CompileOptions options;
  options.resettable = resettable;
  options.optimization_level = level;
  return options;
}

// Whether its code marks what it writes.
class Snapshots : public testing::TestWithParam<bool> {
 protected:
  Snapshots() : guest_(kGuest, options(GetParam())), instance_(*store_.instantiate(guest_.module())) {}

  template <typename... Arguments>
  std::expected<std::int32_t, Error> call(const Instance& instance, const char* name,
                                          Arguments... arguments) {
    const auto results = instance.function(name)->call(std::vector<Value>{Value::from_i32(arguments)...});
    if (!results) return std::unexpected(results.error());
    return results->empty() ? 0 : (*results)[0].i32();
  }
  template <typename... Arguments>
  std::int32_t get(const char* name, Arguments... arguments) {
    const auto result = call(instance_, name, arguments...);
    EXPECT_TRUE(result) << to_string(result.error());
    return result.value_or(-1);
  }
  Snapshot take() {
    auto taken = instance_.snapshot();
    EXPECT_TRUE(taken) << to_string(taken.error());
    return *taken;
  }
  void reset(const Snapshot& snapshot) {
    const auto done = instance_.reset(snapshot);
    EXPECT_TRUE(done) << to_string(done.error());
  }
  Global global(const char* name) { return std::get<Global>(*instance_.find_export(name)); }

  tests::Guest guest_;
  Store store_;
  Instance instance_;
};

TEST_P(Snapshots, PutBackMemories) {
  get("poke", 1000, 1);
  const Snapshot snapshot = take();
  for (int round = 0; round < 3; ++round) {
    for (const int at : {0, 255, 256, 1000, 40'000, 65'535}) get("poke", at, 7);
    get("poke_large", 3'000'000, 7);
    get("fill", 2000, 3000);
    get("copy", 50'000, 2000, 300);
    get("init");
    reset(snapshot);
    EXPECT_EQ(get("peek", 1000), 1);
    EXPECT_EQ(get("peek", 8), 's');
    for (const int at : {0, 255, 256, 2000, 4999, 40'000, 50'299, 65'535, 100})
      EXPECT_EQ(get("peek", at), 0) << at;
    EXPECT_EQ(get("peek_large", 3'000'000), 0);
  }
}

TEST_P(Snapshots, UndoGrowth) {
  const Snapshot snapshot = take();
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(get("grow", 3), 1);
    get("poke", 3 * 65536, 7);
    reset(snapshot);
    EXPECT_EQ(get("size"), 1);
    // What has grown is guard again, and zeros when it grows again.
    const auto beyond = call(instance_, "peek", 65536);
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().trap, TrapCode::out_of_bounds_memory_access);
    reset(snapshot);
    EXPECT_EQ(get("grow", 3), 1);
    EXPECT_EQ(get("peek", 3 * 65536), 0);
    reset(snapshot);
  }
}

TEST_P(Snapshots, PutBackGlobals) {
  const Snapshot snapshot = take();
  ASSERT_TRUE(global("number").set(Value::from_i32(99)));
  ASSERT_TRUE(global("vector").set(Value::from_bits(ValueType::v128, 7, 8)));
  get("swap");
  reset(snapshot);
  EXPECT_EQ(global("number").get().i32(), 5);
  EXPECT_EQ(global("vector").get().high_bits(), 2u);
  EXPECT_EQ(get("has_function"), 1);
}

TEST_P(Snapshots, PutBackTables) {
  EXPECT_EQ(get("call_element", 1), 2);
  const Snapshot snapshot = take();
  get("swap");
  EXPECT_EQ(get("call_element", 0), 2);
  get("grow_table");
  EXPECT_EQ(get("call_element", 9), 2);
  reset(snapshot);
  EXPECT_EQ(get("call_element", 0), 1);
  EXPECT_EQ(std::get<Table>(*instance_.find_export("table")).size(), 4u);
  EXPECT_FALSE(call(instance_, "call_element", 9));
  reset(snapshot);
  get("init_table");
  EXPECT_EQ(get("call_element", 0), 2);
  reset(snapshot);
  EXPECT_EQ(get("call_element", 0), 1);
  // From a state that has written to the table.
  get("swap");
  const Snapshot swapped = take();
  reset(snapshot);
  EXPECT_EQ(get("call_element", 0), 1);
  reset(swapped);
  EXPECT_EQ(get("call_element", 0), 2);
  EXPECT_EQ(get("has_function"), 0);
}

TEST_P(Snapshots, PutBackSegments) {
  const Snapshot snapshot = take();
  get("drop");
  EXPECT_FALSE(call(instance_, "init"));
  reset(snapshot);
  EXPECT_EQ(get("init"), 1);
  EXPECT_EQ(get("init_table"), 1);
}

TEST_P(Snapshots, MendAnInstanceThatStopped) {
  const Snapshot snapshot = take();
  get("poke", 5, 5);
  ASSERT_FALSE(call(instance_, "trap"));
  EXPECT_TRUE(instance_.poisoned());
  EXPECT_FALSE(instance_.snapshot());
  reset(snapshot);
  EXPECT_FALSE(instance_.poisoned());
  EXPECT_EQ(get("peek", 5), 0);
}

// Safety: code that is stopped between a write and its mark leaves a write that nobody noted.
// The host makes one here, through a span of before the snapshot.
TEST_P(Snapshots, TrustNoMarksOfCallsThatWereStopped) {
  const auto bytes = instance_.memory()->data();
  const Snapshot snapshot = take();
  bytes[50'000] = 7;
  ASSERT_FALSE(call(instance_, "trap"));
  reset(snapshot);
  EXPECT_EQ(get("peek", 50'000), 0);
  // Nor where another instance's call was stopped, which may have called this one.
  const auto other = *store_.instantiate(guest_.module());
  bytes[50'000] = 7;
  ASSERT_FALSE(call(other, "trap"));
  reset(snapshot);
  EXPECT_EQ(get("peek", 50'000), 0);
}

// The store tells its instances of the call that was stopped, when it ends too.
TEST_P(Snapshots, LeaveInstancesThatCouldNotBeCompleted) {
  StoreOptions limited;
  limited.memory_limit = 60 * 65536;
  Store store(limited);
  const auto instance = store.instantiate(guest_.module());
  ASSERT_TRUE(instance);
  ASSERT_FALSE(call(*instance, "trap"));
  const auto refused = store.instantiate(guest_.module());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::out_of_resources);
}

TEST_P(Snapshots, SeeWhatTheHostWrites) {
  const Snapshot snapshot = take();
  const Memory memory = *instance_.memory();
  memory.view(700, 2).value()[1] = 7;
  reset(snapshot);
  EXPECT_EQ(get("peek", 701), 0);
  memory.data()[60'000] = 7;
  reset(snapshot);
  EXPECT_EQ(get("peek", 60'000), 0);
  ASSERT_TRUE(memory.grow(1));
  reset(snapshot);
  EXPECT_EQ(get("size"), 1);
}

// A reset costs what was written, so what is read, or refused, must leave no mark. A write that
// nobody saw, through a span of before the snapshot, then outlives the reset.
TEST(SnapshotsOfMarkedMemories, CostNothingForWhatIsRead) {
  const tests::Guest guest(R"((module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (memory (export "memory") 500)
    (data (i32.const 16) "\70\11\01\00\64\00\00\00")
    (func (export "write") (result i32) (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 0)))
    (func (export "random") (result i32) (call $random (i32.const 70000) (i32.const 20000000)))))",
                           options(true));
  Store store;
  Imports imports;
  ASSERT_TRUE(add_wasi(imports, {}));
  const auto instance = store.instantiate(guest.module(), imports);
  ASSERT_TRUE(instance) << to_string(instance.error());
  const Memory memory = *instance->memory();
  const auto unseen = memory.view(70'000, 100).value();
  const auto snapshot = instance->snapshot();
  ASSERT_TRUE(snapshot);
  unseen[99] = 7;
  EXPECT_EQ((*instance->function<std::int32_t()>("write"))(), 0);
  EXPECT_EQ((*instance->function<std::int32_t()>("random"))(), 28);  // EINVAL
  ASSERT_TRUE(memory.bytes(70'000, 100));
  ASSERT_TRUE(instance->reset(*snapshot));
  EXPECT_EQ(unseen[99], 7);
}

TEST_P(Snapshots, SeeWhatOtherInstancesWrite) {
  const tests::Guest writer(R"((module (import "a" "memory" (memory 1))
    (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))))",
                            options(GetParam()));
  const auto other = store_.instantiate(writer.module(), Imports{}.define_instance("a", instance_));
  ASSERT_TRUE(other);
  const Snapshot snapshot = take();
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(call(*other, "poke", 33'000, 7));
    EXPECT_EQ(get("peek", 33'000), 7);
    reset(snapshot);
    EXPECT_EQ(get("peek", 33'000), 0);
  }
  const auto refused = other->snapshot();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("it imports \"a\".\"memory\""));
}

TEST_P(Snapshots, MakeNewInstancesInOtherStores) {
  get("poke", 1000, 1);
  get("poke_large", 3'000'000, 3);
  EXPECT_EQ(get("grow", 2), 1);
  get("swap");
  ASSERT_TRUE(global("number").set(Value::from_i32(42)));
  const Snapshot snapshot = take();
  EXPECT_EQ(snapshot.memory_size(), (3 + 48) * 65536u);
  for (int round = 0; round < 3; ++round) {
    Store store;
    const auto made = store.instantiate(snapshot);
    ASSERT_TRUE(made) << to_string(made.error());
    EXPECT_EQ(call(*made, "peek", 1000), 1);
    EXPECT_EQ(call(*made, "peek_large", 3'000'000), 3);
    EXPECT_EQ(call(*made, "size"), 3);
    EXPECT_EQ(call(*made, "call_element", 0), 2);
    EXPECT_EQ(call(*made, "call_element", 1), 2);
    EXPECT_EQ(call(*made, "has_function"), 0);
    EXPECT_EQ(std::get<Global>(*made->find_export("number")).get().i32(), 42);
    // Each its own, and each goes back.
    EXPECT_TRUE(call(*made, "poke", 1000, 9));
    EXPECT_TRUE(call(*made, "grow", 1));
    EXPECT_EQ(get("peek", 1000), 1);
    ASSERT_TRUE(made->reset(snapshot));
    EXPECT_EQ(call(*made, "peek", 1000), 1);
    EXPECT_EQ(call(*made, "size"), 3);
    EXPECT_TRUE(call(*made, "poke", 1000, 9));
  }
}

// Safety: going back to a smaller one takes the end of the larger one's file away.
TEST_P(Snapshots, OfManySizesTakeTurns) {
  const Snapshot small = take();
  EXPECT_EQ(get("grow", 30), 1);
  get("poke", 1'000'000, 42);
  const Snapshot large = take();
  for (int round = 0; round < 3; ++round) {
    reset(small);
    EXPECT_EQ(get("size"), 1);
    reset(large);
    EXPECT_EQ(get("peek", 1'000'000), 42) << round;
  }
  for (int round = 0; round < 3; ++round) {
    Store store;
    const auto made = store.instantiate(large);
    ASSERT_TRUE(made);
    EXPECT_EQ(call(*made, "peek", 1'000'000), 42) << round;
    // The next one may get this memory, which must not count as the snapshot's.
    ASSERT_TRUE(made->reset(small));
    EXPECT_EQ(call(*made, "grow", 30), 1);
    EXPECT_EQ(call(*made, "peek", 1'000'000), 0) << round;
  }
}

TEST_P(Snapshots, AreMadeFromInstancesOfSnapshots) {
  const Snapshot first = take();
  Store store;
  const auto made = store.instantiate(first);
  ASSERT_TRUE(made);
  EXPECT_TRUE(call(*made, "poke", 77, 7));
  EXPECT_TRUE(call(*made, "swap"));
  const auto second = made->snapshot();
  ASSERT_TRUE(second);
  reset(*second);
  EXPECT_EQ(get("peek", 77), 7);
  EXPECT_EQ(get("call_element", 0), 2);
  reset(first);
  EXPECT_EQ(get("peek", 77), 0);
  EXPECT_EQ(get("call_element", 0), 1);
}

TEST_P(Snapshots, KeepReferencesForTheirStoreOnly) {
  ASSERT_TRUE(global("handle").set(Value::from_externref({17})));
  const Snapshot snapshot = take();
  ASSERT_TRUE(global("handle").set(Value::from_externref({18})));
  reset(snapshot);
  EXPECT_EQ(global("handle").get().externref().handle, 17u);
  Store store;
  const auto refused = store.instantiate(snapshot);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().phase, Phase::instantiate);
  EXPECT_THAT(refused.error().message, HasSubstr("only in the store where it was taken"));
  ASSERT_TRUE(store_.instantiate(snapshot));
}

TEST_P(Snapshots, AreForOneModule) {
  const tests::Guest same(kGuest, options(GetParam()));
  Store store;
  const auto other = store.instantiate(same.module());
  const auto refused = other->reset(take());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("of another module"));
}

// Without descriptors for files in memory it still works.
TEST_P(Snapshots, NeedNoDescriptors) {
  const Snapshot snapshot = take();
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{0, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  get("poke_large", 3'000'000, 7);
  reset(snapshot);
  Store store;
  const auto made = store.instantiate(snapshot);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(get("peek_large", 3'000'000), 0);
  ASSERT_TRUE(made);
  EXPECT_EQ(call(*made, "peek", 8), 's');
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutMarks, Snapshots, testing::Bool(),
                         [](const auto& info) { return info.param ? "Resettable" : "Plain"; });

// A large function that is called often and uses its instance only to find memories: passes over
// whole modules would rather pass it the addresses.
std::string many_stores() {
  std::string body, calls;
  for (int k = 0; k < 600; ++k) {
    const std::string memory = k % 2 == 0 ? "0" : "1";
    body += "(i32.store " + memory + " offset=" + std::to_string(4096 + k * 4099 % 60000) +
            " (i32.and (i32.add (local.get $i) (local.get $j)) (i32.const 255))"
            " (local.tee $j (i32.mul (i32.xor (local.get $j) (local.get $i)) (i32.const " +
            std::to_string(k * 7919 + 3) + "))))\n";
  }
  for (int k = 0; k < 30; ++k) {
    calls += "(call $f (global.get $x) (i32.const " + std::to_string(3 * k + 1) +
             ")) (global.set $x (i32.add (global.get $x) (i32.const " + std::to_string(k) + ")))";
  }
  return "(module (memory (export \"memory\") 2) (memory (export \"second\") 2) (global $x (mut i32) "
         "(i32.const 5))"
         "(func $f (param $i i32) (param $j i32) (loop $l " +
         body +
         "(br_if $l (i32.and (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 7)))))"
         "(func (export \"run\") " +
         calls + "))";
}

TEST(ResettableCode, FindsItsMemoriesWhateverPassesDoToParameters) {
  const std::string text = many_stores();
  for (const std::uint8_t level : {0, 1, 2, 3}) {
    for (const bool metering : {false, true}) {
      compiler::CompileOptions how = options(true, level);
      how.metering = metering;
      const tests::Guest guest(text, how);
      Store store;
      const auto instance = *store.instantiate(guest.module());
      const Snapshot snapshot = *instance.snapshot();
      ASSERT_TRUE((*instance.function<void()>("run"))());
      ASSERT_TRUE(instance.reset(snapshot));
      for (const char* name : {"memory", "second"}) {
        const auto bytes = instance.memory(name)->data();
        EXPECT_EQ(std::ranges::count_if(bytes, [](std::uint8_t byte) { return byte != 0; }), 0)
            << name << " at -O" << int{level} << (metering ? ", metering" : "");
      }
    }
  }
}

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

// Safety: what the budget no longer counts is no longer there.
TEST(SnapshotBudget, ATableThatShrinksGivesItsMemoryBack) {
  std::string text = "(module";
  for (int i = 0; i < 16; ++i) text += " (table $t" + std::to_string(i) + " 1 externref)";
  for (int i = 0; i < 16; ++i) {
    const std::string n = std::to_string(i);
    text += " (func (export \"grow" + n + "\") (result i32) (table.grow $t" + n +
            " (ref.null extern) (i32.const 4000000)))";
  }
  const tests::Guest guest(text + ")");
  Store store({.memory_limit = 40 << 20});
  const auto instance = *store.instantiate(guest.module());
  const Snapshot snapshot = *instance.snapshot();
  const std::uint64_t before = resident_bytes();
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ((*instance.function<std::int32_t()>("grow" + std::to_string(i)))(), 1) << i;
    ASSERT_TRUE(instance.reset(snapshot));
  }
  EXPECT_LT(resident_bytes(), before + (128 << 20));
}

TEST(SnapshotBudget, ExceptionsOfCallsBeforeTakeNothing) {
  const tests::Guest guest(R"((module (memory 1) (tag $t (param i64 i64 i64 i64 i64 i64 i64 i64))
    (func $throw (throw $t (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1)
      (i64.const 1) (i64.const 1)))
    (func (export "many") (local $i i32)
      (loop $again (try (do (call $throw)) (catch_all))
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 900)))))
    (func (export "grow") (result i32) (memory.grow (i32.const 1)))))");
  Store store({.memory_limit = 2 * 65536 + 4096});
  const auto instance = *store.instantiate(guest.module());
  const Snapshot snapshot = *instance.snapshot();
  static_cast<void>((*instance.function<void()>("many"))());
  ASSERT_TRUE(instance.reset(snapshot));
  EXPECT_EQ((*instance.function<std::int32_t()>("grow"))(), 1);
}

std::string why_refused(const char* wat, const Imports& imports = {}) {
  const tests::Guest guest(wat);
  Store store;
  const auto instance = store.instantiate(guest.module(), imports);
  if (!instance) return to_string(instance.error());
  const auto refused = instance->snapshot();
  return refused ? "" : refused.error().message;
}

TEST(SnapshotRefusals, SayWhatCannotBeHeld) {
  Imports imports;
  imports.unknown(UnknownImports::zero);
  EXPECT_THAT(why_refused("(module (memory 1 1 shared))"), HasSubstr("shared memory"));
  EXPECT_THAT(why_refused(R"((module (import "m" "g" (global (mut i32)))))", imports),
              HasSubstr("\"m\".\"g\""));
  EXPECT_THAT(why_refused(R"((module (import "m" "t" (table 1 funcref))))", imports),
              HasSubstr("\"m\".\"t\""));
  EXPECT_EQ(why_refused(R"((module (import "m" "g" (global i32))))", imports), "");
}

TEST(SnapshotRefusals, NotWhileACallRuns) {
  const tests::Guest guest(R"((module (import "env" "f" (func $f)) (memory 1)
    (func (export "run") (call $f))))");
  Store store;
  std::optional<Instance> instance;
  std::optional<Snapshot> snapshot;
  std::string snapshot_error, reset_error;
  Imports imports;
  imports.function("env", "f", [&] {
    if (const auto taken = instance->snapshot(); !taken) snapshot_error = taken.error().message;
    if (const auto done = instance->reset(*snapshot); !done) reset_error = done.error().message;
  });
  instance = *store.instantiate(guest.module(), imports);
  snapshot = *instance->snapshot();
  ASSERT_TRUE((*instance->function<void()>("run"))());
  EXPECT_THAT(snapshot_error, HasSubstr("while a call of its store runs"));
  EXPECT_THAT(reset_error, HasSubstr("while a call of its store runs"));
  EXPECT_TRUE(instance->reset(*snapshot));
}

// A state of host functions.
struct Counter final : SnapshotState {
  [[nodiscard]] std::shared_ptr<const void> save() const override {
    return std::make_shared<const int>(count);
  }
  void restore(const std::shared_ptr<const void>& saved) override {
    count = *static_cast<const int*>(saved.get());
  }
  int count = 0;
};

TEST(SnapshotStates, AreKeptAndPutBackByName) {
  const tests::Guest guest(
      R"((module (import "env" "count" (func $count (result i32))) (export "count" (func $count))))");
  const auto counting = [](const std::shared_ptr<Counter>& counter) {
    Imports imports;
    imports.function("env", "count", [counter] { return ++counter->count; }).state("counter", counter);
    return imports;
  };
  Store store;
  const auto counter = std::make_shared<Counter>();
  const auto instance = *store.instantiate(guest.module(), counting(counter));
  const auto count = *instance.function<std::int32_t()>("count");
  EXPECT_EQ(count(), 1);
  const Snapshot snapshot = *instance.snapshot();
  EXPECT_EQ(count(), 2);
  ASSERT_TRUE(instance.reset(snapshot));
  EXPECT_EQ(count(), 2);
  const auto another = std::make_shared<Counter>();
  ASSERT_TRUE(store.instantiate(snapshot, counting(another)));
  EXPECT_EQ(another->count, 1);
}

TEST(SnapshotStates, HaveTheDescriptorsOfWasi) {
  const tests::Guest guest(R"((module
    (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
    (func (export "close") (result i32) (call $close (i32.const 1)))))");
  Imports imports;
  ASSERT_TRUE(add_wasi(imports, {}));
  Store store;
  const auto instance = *store.instantiate(guest.module(), imports);
  const Snapshot snapshot = *instance.snapshot();
  const auto close = *instance.function<std::int32_t()>("close");
  EXPECT_EQ(close(), 0);
  EXPECT_NE(close(), 0);
  ASSERT_TRUE(instance.reset(snapshot));
  EXPECT_EQ(close(), 0);
}

}  // namespace
}  // namespace tenon::e2e
