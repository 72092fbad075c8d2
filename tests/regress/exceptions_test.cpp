// Exceptions on their way: through frames that hold values in registers, of
// instances that know nothing of exceptions, and out into the host; and the
// collection of those that nothing refers to any more.
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include <gmock/gmock.h>

#include "runtime/instance/store_impl.hpp"
#include "strict_guest.hpp"
#include "unit/wasm/module_bytes.hpp"

namespace tenon::regress {
namespace {

using testing::HasSubstr;

class Exceptions : public AtEachLevel {
 protected:
  static compiler::CompileOptions options() {
    compiler::CompileOptions options{.optimization_level = static_cast<std::uint8_t>(GetParam()),
                                     .strict = true};
    options.features.enable(wasm::Feature::legacy_exceptions);
    return options;
  }
};

// Each frame of `deep` keeps six integers and a float over the call; what
// catches adds its own again after the exception came through all of them.
constexpr char kFrames[] = R"((module
  (tag $e (param i32 i64 f32 f64 v128))
  (tag $other)
  (func $deep (param $n i32) (param $a i64) (param $b i64) (param $c i64) (param $f f64) (result i64)
    (if (i32.eqz (local.get $n)) (then
      (throw $e (i32.const -1) (i64.const -2) (f32.const 3.5) (f64.const 4.5) (v128.const i64x2 5 -6))))
    (i64.add (i64.add (local.get $a) (i64.trunc_f64_s (local.get $f))) (i64.mul (local.get $c)
      (call $deep (i32.sub (local.get $n) (i32.const 1)) (local.get $b) (local.get $c)
        (i64.add (local.get $a) (i64.const 1)) (f64.add (local.get $f) (f64.const 1))))))
  (func (export "run") (param $n i32) (param $a i64) (param $b i64) (param $c i64) (param $f f64)
    (result i32 i64 f32 f64 i64 i64 f64)
    (local $i i32) (local $j i64) (local $x f32) (local $y f64) (local $v v128)
    (try
      (do (try
        (do (drop (call $deep (local.get $n) (local.get $a) (local.get $b) (local.get $c) (local.get $f))))
        (catch $other unreachable)))
      (catch $e (local.set $v) (local.set $y) (local.set $x) (local.set $j) (local.set $i)))
    (local.get $i) (local.get $j) (local.get $x) (local.get $y) (i64x2.extract_lane 1 (local.get $v))
    (i64.add (i64.mul (local.get $a) (i64.const 100)) (i64.add (i64.mul (local.get $b) (i64.const 10)) (local.get $c)))
    (local.get $f))))";

TEST_P(Exceptions, CarryValuesAndGiveBackEveryRegister) {
  tests::Guest guest(kFrames, options());
  Store store;
  const auto run = store.instantiate(guest.module()).value().function("run").value();
  for (const std::int32_t depth : {0, 1, 7, 10'000}) {
    const auto result = run.call(std::vector{Value::from_i32(depth), Value::from_i64(1), Value::from_i64(2),
                                             Value::from_i64(3), Value::from_f64(0.25)});
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->at(0).i32(), -1);
    EXPECT_EQ(result->at(1).i64(), -2);
    EXPECT_EQ(result->at(2).f32(), 3.5F);
    EXPECT_EQ(result->at(3).f64(), 4.5);
    EXPECT_EQ(result->at(4).i64(), -6);
    EXPECT_EQ(result->at(5).i64(), 123);
    EXPECT_EQ(result->at(6).f64(), 0.25);
  }
}

// `thrower` throws through `between`, which was compiled without a thought of
// exceptions and has stack arguments, many results and an indirect call.
constexpr char kThrower[] = R"((module
  (tag (export "e") (param i32))
  (type $wide (func (param i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64 i64 i64)))
  (tag $private (param i32))
  (global $which (export "which") (mut i32) (i32.const 0))
  (func (export "throw") (type $wide)
    (if (global.get $which) (then (throw $private (i32.const 5))))
    (throw 0 (i32.wrap_i64 (local.get 8))))))";
constexpr char kBetween[] = R"((module
  (type $wide (func (param i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64 i64 i64)))
  (import "thrower" "throw" (func $throw (type $wide)))
  (table funcref (elem $throw))
  (func (export "pass") (param i64) (result i64) (local $kept i64)
    (local.set $kept (i64.mul (local.get 0) (local.get 0)))
    (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7)
    (i64.const 8) (local.get 0) (i32.const 0) (call_indirect (type $wide))
    (i64.add) (i64.add) (i64.add (local.get $kept)))))";
constexpr char kCatcher[] = R"((module
  (import "thrower" "e" (tag $e (param i32)))
  (import "between" "pass" (func $pass (param i64) (result i64)))
  (tag $same_type (param i32))
  (func (export "run") (param i64) (result i32)
    (try (result i32)
      (do (i32.wrap_i64 (call $pass (local.get 0))))
      (catch $same_type (drop) (i32.const -1))
      (catch $e)
      (catch_all (i32.const -2))))
  (func (export "rethrow") (param i64)
    (try (do (drop (call $pass (local.get 0)))) (catch_all (rethrow 0))))))";

TEST_P(Exceptions, GoThroughInstancesThatKnowNothingOfThem) {
  tests::Guest thrower(kThrower, options()), between(kBetween, options()), catcher(kCatcher, options());
  Store store(StoreOptions{.poison_after_trap = false});
  const auto first = store.instantiate(thrower.module()).value();
  const auto second =
      store.instantiate(between.module(), Imports().define_instance("thrower", first)).value();
  const auto third =
      store
          .instantiate(catcher.module(),
                       Imports().define_instance("thrower", first).define_instance("between", second))
          .value();
  const auto run = third.function("run").value();
  const auto which = std::get<Global>(first.find_export("which").value());
  EXPECT_EQ(run.call(std::vector{Value::from_i64(42)}).value()[0].i32(), 42);
  ASSERT_TRUE(which.set(Value::from_i32(1)));  // the type fits, the tag does not
  EXPECT_EQ(run.call(std::vector{Value::from_i64(42)}).value()[0].i32(), -2);

  const auto uncaught = third.function("rethrow").value().call(std::vector{Value::from_i64(42)});
  ASSERT_FALSE(uncaught);
  EXPECT_EQ(uncaught.error().code, ErrorCode::uncaught_exception);
  EXPECT_THAT(uncaught.error().message, HasSubstr("(5)"));
}

// A host function in between: what the inner call throws is its error, which
// the guest's handlers around never see.
constexpr char kReentrant[] = R"((module
  (import "host" "again" (func $again (result i32)))
  (tag $e)
  (func (export "throw") (throw $e))
  (func (export "trap") (try (do unreachable) (catch_all)))
  (func (export "run") (result i32)
    (try (result i32) (do (call $again)) (catch_all (i32.const -1))))))";

TEST_P(Exceptions, AreErrorsToTheHostAndTrapsAreNone) {
  tests::Guest guest(kReentrant, options());
  Store store(StoreOptions{.poison_after_trap = false});
  ErrorCode seen{};
  const HostFunction again([&](Caller& caller) -> std::int32_t {
    const auto inner = caller.instance().function("throw").value().call({});
    seen = inner ? ErrorCode{} : inner.error().code;
    return 9;
  });
  const auto instance = store.instantiate(guest.module(), Imports().define("host", "again", again)).value();
  EXPECT_EQ(instance.function("run").value().call({}).value()[0].i32(), 9);
  EXPECT_EQ(seen, ErrorCode::uncaught_exception);
  const auto trap = instance.function("trap").value().call({});
  ASSERT_FALSE(trap);
  EXPECT_EQ(trap.error().trap, TrapCode::unreachable);
}

// In bytes, since the text tools at hand know only the older form. Tag 0
// carries an i32, tag 1 an exnref; global 0 holds an exnref.
base::Bytes collector_module() {
  using namespace wasm::testing;
  const base::Bytes types = section(1, {5,    0x60, 0,    0, 0x60, 1, 0x7F, 0, 0x60, 0, 1, 0x7F,  //
                                        0x60, 1,    0x69, 0, 0x60, 1, 0x7F, 1, 0x7F});
  auto body = [](base::Bytes locals, const base::Bytes& operators) {
    return sized(std::move(locals) + operators + base::Bytes{0x0B});
  };
  // block (result exnref) (try_table (catch_all_ref 0) …) unreachable end
  auto caught_reference = [](const base::Bytes& operators) {
    return base::Bytes{0x02, 0x69, 0x1F, 0x40, 1, 3, 0} + operators + base::Bytes{0x0B, 0x00, 0x0B};
  };
  // block (result i32) (try_table (catch 0 0) …) unreachable end
  auto caught_number = [](const base::Bytes& operators) {
    return base::Bytes{0x02, 0x7F, 0x1F, 0x40, 1, 0, 0, 0} + operators + base::Bytes{0x0B, 0x00, 0x0B};
  };
  const base::Bytes throw_seven = {0x41, 7, 0x10, 0};
  const base::Bytes bodies[] = {
      body({0}, {0x20, 0, 0x08, 0}),                                    // 0 throw(i32)
      body({0}, caught_reference(throw_seven) + base::Bytes{0x24, 0}),  // 1 stash: into the global
      body({0}, caught_number({0x23, 0, 0x0A})),                        // 2 again: throws what is there
      // 3 churn(n): n times, throw and catch
      body({0}, base::Bytes{0x03, 0x40} + caught_number({0x20, 0, 0x10, 0}) +
                    base::Bytes{0x1A, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B}),
      // 4 local(n): keeps one in a local meanwhile
      body({1, 1, 0x69}, caught_reference(throw_seven) + base::Bytes{0x21, 1, 0x20, 0, 0x10, 3} +
                             caught_number({0x20, 1, 0x0A})),
      // 5 chain: each carries the one before, without end
      body({0}, base::Bytes{0x03, 0x40} + caught_reference({0x23, 0, 0x08, 1}) +
                    base::Bytes{0x24, 0, 0x0C, 0, 0x0B})};
  base::Bytes code = {6};
  for (const auto& each : bodies) code = code + each;
  return kHeader + types + section(3, {6, 1, 0, 2, 1, 4, 0}) + section(13, {2, 0, 1, 0, 3}) +
         section(6, {1, 0x69, 1, 0xD0, 0x69, 0x0B}) +
         section(7, base::Bytes{5} + name("stash") + base::Bytes{0, 1} + name("again") + base::Bytes{0, 2} +
                        name("churn") + base::Bytes{0, 3} + name("local") + base::Bytes{0, 4} +
                        name("chain") + base::Bytes{0, 5}) +
         section(10, code);
}

TEST_P(Exceptions, AreCollectedUnlessReferredTo) {
  tests::Guest guest(collector_module(), options());
  Store store(StoreOptions{.poison_after_trap = false});
  const auto instance = store.instantiate(guest.module()).value();
  auto call = [&](const char* name, const std::vector<Value>& arguments = {}) {
    return instance.function(name).value().call(arguments);
  };
  const std::vector many{Value::from_i32(100'000)};
  const auto null = call("again");
  ASSERT_FALSE(null);
  EXPECT_EQ(null.error().trap, TrapCode::null_exception_reference);
  ASSERT_TRUE(call("stash"));
  ASSERT_TRUE(call("churn", many));
  EXPECT_LT(runtime::Access::of(store)->exceptions().size(), 5'000u);
  EXPECT_EQ(call("again").value()[0].i32(), 7);
  EXPECT_EQ(call("local", many).value()[0].i32(), 7);
}

// What exceptions really take counts: 16 MiB of them took 95.
TEST_P(Exceptions, CountForTheMemoryLimitWithAllThatTheyTake) {
  tests::Guest guest(collector_module(), options());
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 20;
  Store store(StoreOptions{.memory_limit = kLimit, .poison_after_trap = false});
  const auto instance = store.instantiate(guest.module()).value();
  for (int i = 0; i < 2; ++i) {
    const auto chain = instance.function("chain").value().call({});
    ASSERT_FALSE(chain);
    EXPECT_EQ(chain.error().code, ErrorCode::out_of_resources) << to_string(chain.error());
    EXPECT_THAT(chain.error().message, HasSubstr("StoreOptions::memory_limit"));
    // Each is a block of the allocator's least size, 32 bytes, and 16 of a list.
    EXPECT_LE(runtime::Access::of(store)->exceptions().size(), kLimit / 48);
    EXPECT_GE(runtime::Access::of(store)->exceptions().size(), kLimit / 96);
  }
  // Those that nobody refers to make room again.
  Store other(StoreOptions{.memory_limit = kLimit / 16});
  const auto churning = other.instantiate(guest.module()).value();
  ASSERT_TRUE(churning.function("stash").value().call({}));
  ASSERT_TRUE(churning.function("churn").value().call(std::vector{Value::from_i32(100'000)}));
  EXPECT_EQ(churning.function("again").value().call({}).value()[0].i32(), 7);
}

// A host function may let another thread call the store while it waits. What
// frames of the first thread held was collected, and then thrown.
constexpr char kOnTwoThreads[] = R"((module
  (import "host" "elsewhere" (func $elsewhere))
  (tag $e (param i32))
  (func (export "churn") (param i32)
    (loop $again
      (try (do (throw $e (local.get 0))) (catch $e (drop)))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "run") (result i32)
    (try (result i32)
      (do
        (try (do (throw $e (i32.const 7))) (catch_all (call $elsewhere) (rethrow 0)))
        (i32.const -1))
      (catch $e)))))";

TEST_P(Exceptions, OfFramesOnAnotherThreadAreKept) {
  tests::Guest guest(kOnTwoThreads, options());
  Store store;
  const HostFunction elsewhere([](Caller& caller) {
    const auto churn = caller.instance().function<void(std::int32_t)>("churn").value();
    std::thread([&] { EXPECT_TRUE(churn(100'000)); }).join();
  });
  const auto instance =
      store.instantiate(guest.module(), Imports().define("host", "elsewhere", elsewhere)).value();
  const auto caught = instance.function<std::int32_t()>("run").value()();
  ASSERT_TRUE(caught) << to_string(caught.error());
  EXPECT_EQ(*caught, 7);
  // Where no other thread does, they are collected again.
  EXPECT_TRUE(instance.function<void(std::int32_t)>("churn").value()(100'000));
  EXPECT_LT(runtime::Access::of(store)->exceptions().size(), 5'000u);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// Where the system has no more, std::bad_alloc came out of the runtime into
// guest code, which ended the process.
TEST_P(Exceptions, WithoutMemoryForThemAreAnError) {
  tests::Guest guest(collector_module(), options());
  const auto run_out_of_memory = [&] {
    Store store(StoreOptions{.poison_after_trap = false});
    const auto instance = store.instantiate(guest.module()).value();
    const auto chain = instance.function("chain").value();
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlimit limit{pages * 4096 + (32 << 20), RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &limit);
    for (int i = 0; i < 3; ++i) {
      const auto failed = chain.call({});
      if (failed || failed.error().code != ErrorCode::out_of_resources) _exit(1);
    }
    _exit(runtime::Access::of(store)->exceptions().size() > 100'000 ? 0 : 2);
  };
  EXPECT_EXIT(run_out_of_memory(), testing::ExitedWithCode(0), "");
}
#endif

INSTANTIATE_TEST_SUITE_P(Levels, Exceptions, testing::Values(0, 1, 2, 3));

}  // namespace
}  // namespace tenon::regress
