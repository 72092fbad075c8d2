// Errors of host functions, and traps while an instance is being made.
#include <stdexcept>

#include "traps/trap_case.hpp"

namespace tenon::e2e {
namespace {

constexpr char kModule[] = R"((module
  (import "env" "throws" (func $throws (param i32) (result i32)))
  (import "env" "throws number" (func $throws_number))
  (import "env" "fails" (func $fails (param i32) (result i32)))
  (func (export "ok") (result i32) (i32.const 42))
  (func (export "throws") (param i32) (result i32) (i32.add (call $throws (local.get 0)) (i32.const 1)))
  (func (export "throws number") (param i32) (result i32) (call $throws_number) (i32.const 0))
  (func (export "fails") (param i32) (result i32) (i32.add (call $fails (local.get 0)) (i32.const 1)))))";

Imports imports() {
  Imports out;
  out.function("env", "throws",
               [](std::int32_t i) -> std::int32_t { throw std::runtime_error("boom " + std::to_string(i)); });
  out.function("env", "throws number", [] { throw 42; });
  out.function("env", "fails", [](std::int32_t i) -> std::expected<std::int32_t, Error> {
    if (i == 0) return 7;
    return std::unexpected(Error{.code = ErrorCode::invalid_argument, .message = "no " + std::to_string(i)});
  });
  return out;
}

class HostErrors : public testing::TestWithParam<Mode> {
 protected:
  // A call in an instance of its own, which works before and is poisoned after an error.
  std::expected<std::vector<Value>, Error> call(const char* name, std::int32_t argument) {
    Store store;
    const auto instance = store.instantiate(guest_.module(), imports());
    if (!instance) return std::unexpected(instance.error());
    expect_works(*instance);
    auto result = instance->function(name)->call(std::vector{Value::from_i32(argument)});
    if (!result) expect_poisoned(*instance);
    return result;
  }
  tests::Guest guest_{kModule, GetParam().options()};
};

TEST_P(HostErrors, ExceptionReachesTheCaller) {
  for (int i = 0; i < kRepetitions && !HasFailure(); ++i) {
    const auto result = call("throws", i);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::host_error);
    EXPECT_EQ(result.error().phase, Phase::call);
    EXPECT_NE(result.error().message.find("boom " + std::to_string(i)), std::string::npos)
        << result.error().message;
  }
}

TEST_P(HostErrors, ExceptionThatIsNoStdException) {
  for (int i = 0; i < kRepetitions && !HasFailure(); ++i) {
    const auto result = call("throws number", i);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::host_error);
    EXPECT_FALSE(result.error().message.empty());
  }
}

TEST_P(HostErrors, ErrorReachesTheCallerAsItIs) {
  for (int i = 1; i <= kRepetitions && !HasFailure(); ++i) {
    const auto result = call("fails", i);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::invalid_argument);
    EXPECT_NE(result.error().message.find("no " + std::to_string(i)), std::string::npos)
        << result.error().message;
  }
  const auto good = call("fails", 0);
  ASSERT_TRUE(good) << to_string(good.error());
  EXPECT_EQ(good->at(0).i32(), 8);
}

TEST_P(HostErrors, ATrapInTheStartFunctionIsAnErrorOfInstantiate) {
  const tests::Guest guest(R"((module (func $start unreachable) (start $start)))", GetParam().options());
  for (int i = 0; i < kRepetitions && !HasFailure(); ++i) {
    Store store;
    const auto instance = store.instantiate(guest.module());
    ASSERT_FALSE(instance);
    EXPECT_EQ(instance.error().phase, Phase::instantiate);
    EXPECT_EQ(instance.error().code, ErrorCode::trap);
    EXPECT_EQ(instance.error().trap, TrapCode::unreachable);
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, HostErrors, testing::ValuesIn(kModes), mode_name);

}  // namespace
}  // namespace tenon::e2e
