// Host to guest to host to guest: every level may trap, and the levels above
// may pass the error on or go on without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {
namespace {

// down(n) asks the host for n - 1, and adds 1; at 0 it does as `kind` says.
constexpr char kModule[] = R"((module
  (import "env" "down" (func $down (param i32) (result i32)))
  (import "env" "fail" (func $fail (result i32)))
  (memory 1)
  (global $kind (export "kind") (mut i32) (i32.const 0))
  (func $forever (result i32) (i32.add (call $forever) (i32.const 1)))
  (func $bottom (result i32)
    (block $trap (block $fault (block $divide (block $recurse (block $host
      (br_table $trap $fault $divide $recurse $host (global.get $kind)))
      (return (call $fail)))
      (return (call $forever)))
      (return (i32.div_u (i32.const 1) (global.get $zero))))
      (return (i32.load (i32.const -1))))
    unreachable)
  (global $zero (mut i32) (i32.const 0))
  (func (export "down") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (call $bottom))))
    (i32.add (call $down (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))))";

enum Kind { kUnreachable, kFault, kDivide, kRecurse, kHost };
constexpr Kind kKinds[] = {kUnreachable, kFault, kDivide, kRecurse, kHost};

// A chain of instances: the host function of one calls the next.
class Chain {
 public:
  Chain(const Module& module, int length, Kind kind) {
    for (int i = 0; i < length; ++i) {
      instances_.push_back(store_.instantiate(module, imports(static_cast<std::size_t>(i))).value());
      const auto global = std::get<Global>(instances_.back().find_export("kind").value());
      global.set(Value::from_i32(kind)).value();
    }
  }
  // The level whose host function answers 1000 in place of an error from below.
  void swallow_at(int level) { swallow_at_ = level; }

  std::expected<std::int32_t, Error> down(std::size_t level, std::int32_t n) {
    const auto result =
        instances_[level % instances_.size()].function("down")->call(std::vector{Value::from_i32(n)});
    if (!result) return std::unexpected(result.error());
    return result->at(0).i32();
  }
  [[nodiscard]] bool poisoned(std::size_t level) const { return instances_[level].poisoned(); }

 private:
  Imports imports(std::size_t level) {
    Imports out;
    out.function("env", "down", [this, level](std::int32_t n) -> std::expected<std::int32_t, Error> {
      auto result = down(level + 1, n);
      if (!result && swallow_at_ == static_cast<int>(level)) return 1000;
      return result;
    });
    out.function("env", "fail", []() -> std::int32_t { throw std::runtime_error("from the bottom"); });
    return out;
  }
  Store store_;
  std::vector<Instance> instances_;
  int swallow_at_ = -1;
};

void expect_error(const std::expected<std::int32_t, Error>& result, Kind kind) {
  ASSERT_FALSE(result);
  if (kind == kHost) {
    EXPECT_EQ(result.error().code, ErrorCode::host_error);
    EXPECT_THAT(result.error().message, testing::HasSubstr("from the bottom"));
    return;
  }
  constexpr TrapCode kCodes[] = {TrapCode::unreachable, TrapCode::out_of_bounds_memory_access,
                                 TrapCode::integer_divide_by_zero, TrapCode::stack_exhaustion};
  EXPECT_EQ(result.error().code, ErrorCode::trap) << to_string(result.error());
  EXPECT_EQ(result.error().trap, kCodes[kind]);
}

class Reentrancy : public testing::TestWithParam<int> {
 protected:
  tests::Guest guest_{kModule, {.optimization_level = static_cast<std::uint8_t>(GetParam())}};
};

TEST_P(Reentrancy, ATrapAtAnyDepthReachesTheHost) {
  for (const Kind kind : kKinds) {
    for (int depth = 0; depth < 6; ++depth) {
      SCOPED_TRACE("kind " + std::to_string(kind) + ", depth " + std::to_string(depth));
      Chain chain(guest_.module(), 6, kind);
      expect_error(chain.down(0, depth), kind);
      for (int level = 0; level < 6; ++level) {
        EXPECT_EQ(chain.poisoned(static_cast<std::size_t>(level)), level <= depth) << "level " << level;
      }
    }
  }
}

TEST_P(Reentrancy, AHostThatHandlesTheErrorGoesOn) {
  for (const Kind kind : kKinds) {
    for (int level = 0; level < 5; ++level) {
      SCOPED_TRACE("kind " + std::to_string(kind) + ", handled at " + std::to_string(level));
      Chain chain(guest_.module(), 6, kind);
      chain.swallow_at(level);
      const auto result = chain.down(0, 5);
      ASSERT_TRUE(result) << to_string(result.error());
      EXPECT_EQ(*result, 1000 + level + 1);
      for (int i = 0; i < 6; ++i) EXPECT_EQ(chain.poisoned(static_cast<std::size_t>(i)), i > level);
    }
  }
}

// One instance, entered again and again while its own calls wait.
TEST_P(Reentrancy, AnInstanceEntersItself) {
  Chain chain(guest_.module(), 1, kUnreachable);
  expect_error(chain.down(0, 100), kUnreachable);
  EXPECT_TRUE(chain.poisoned(0));
}

TEST_P(Reentrancy, EndlessAlternationIsStackExhaustion) {
  for (int i = 0; i < 20 && !HasFailure(); ++i) {
    Chain chain(guest_.module(), 2, kUnreachable);
    expect_error(chain.down(0, 1'000'000'000), kRecurse);
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, Reentrancy, testing::Values(0, 2));

}  // namespace
}  // namespace tenon::e2e
