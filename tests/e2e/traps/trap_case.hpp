// A trap, raised a hundred times in one process: the host lives on, and each
// new instance works.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::e2e {

inline constexpr int kRepetitions = 100;

struct TrapCase {
  std::string function;
  std::vector<Value> arguments;
  TrapCode code;
};

// How a guest is compiled: traps must be the same in each of these.
struct Mode {
  const char* name;
  std::uint8_t level;
  Bounds bounds;

  [[nodiscard]] compiler::CompileOptions options() const {
    return {.optimization_level = level, .bounds = bounds};
  }
  friend std::ostream& operator<<(std::ostream& out, const Mode& mode) { return out << mode.name; }
};

inline constexpr Mode kModes[] = {{"O0_guard", 0, Bounds::guard},
                                  {"O2_guard", 2, Bounds::guard},
                                  {"O2_explicit", 2, Bounds::explicit_checks}};

inline std::string mode_name(const testing::TestParamInfo<Mode>& info) { return info.param.name; }

// The guest's export `ok` must give 42; every guest of these tests has it.
inline constexpr char kOk[] = R"((func (export "ok") (result i32) (i32.const 42)))";

inline void expect_works(const Instance& instance) {
  const auto result = instance.function("ok")->call({});
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(result->at(0).i32(), 42);
}

inline void expect_trap(const std::expected<std::vector<Value>, Error>& result, TrapCode code) {
  ASSERT_FALSE(result) << "no trap";
  EXPECT_EQ(result.error().code, ErrorCode::trap) << to_string(result.error());
  EXPECT_EQ(result.error().phase, Phase::call);
  ASSERT_TRUE(result.error().trap);
  EXPECT_EQ(to_string(*result.error().trap), to_string(code));
}

inline void expect_poisoned(const Instance& instance) {
  EXPECT_TRUE(instance.poisoned());
  const auto result = instance.function("ok")->call({});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::poisoned);
}

inline void expect_trap_every_time(const Module& module, const TrapCase& trap,
                                   int repetitions = kRepetitions) {
  SCOPED_TRACE(trap.function);
  for (int i = 0; i < repetitions && !testing::Test::HasFailure(); ++i) {
    Store store;
    const auto instance = store.instantiate(module);
    ASSERT_TRUE(instance) << to_string(instance.error());
    expect_works(*instance);
    const auto function = instance->function(trap.function);
    ASSERT_TRUE(function) << to_string(function.error());
    expect_trap(function->call(trap.arguments), trap.code);
    expect_poisoned(*instance);
  }
}

}  // namespace tenon::e2e
