// A function of another store, which may be gone before this one, comes in
// nowhere: not through tables, globals, arguments or results of host functions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tenon/store.hpp>

#include "support/wat.hpp"

namespace tenon::regress {
namespace {

using testing::HasSubstr;
using tests::Guest;

constexpr std::string_view kGuest = R"((module
  (import "host" "give" (func $give (result funcref)))
  (import "host" "give_two" (func $give_two (result i32 funcref)))
  (table (export "table") 2 4 funcref)
  (global (export "global") (mut funcref) (ref.null func))
  (func (export "nothing"))
  (func (export "take") (param funcref) (result i32) (ref.is_null (local.get 0)))
  (func (export "ask") (result i32) (ref.is_null (call $give)))
  (func (export "ask_two") (result i32) (local funcref)
    (call $give_two) (local.set 0) (drop) (ref.is_null (local.get 0)))))";

class ForeignFunctions : public testing::Test {
 protected:
  Imports imports() {
    Imports imports;
    imports.function("host", "give", [this] { return given_; });
    imports.function("host", "give_two", [this] { return std::tuple(1, given_); });
    return imports;
  }
  static std::string why(const auto& result) {
    return result ? "nothing is wrong"
                  : std::string(to_string(result.error().code)) + ": " + result.error().message;
  }
  Value as_value() const { return Value::from_funcref(given_); }

  Guest guest_{kGuest};
  Store store_, other_;
  FuncRef given_;
  Instance instance_ = store_.instantiate(guest_.module(), imports()).value();
  // One of the host's, and one of a guest's.
  Function host_ = other_.create_function(HostFunction([] { return 1; }));
  Function guests_ = other_.instantiate(guest_.module(), imports()).value().function("nothing").value();
};

TEST_F(ForeignFunctions, ComeInNowhere) {
  const Table table = std::get<Table>(instance_.find_export("table").value());
  const Global global = std::get<Global>(instance_.find_export("global").value());
  for (const Function& function : {host_, guests_}) {
    given_ = function.reference();
    const auto refused = HasSubstr("a function of another store");
    EXPECT_THAT(why(table.set(0, as_value())), refused);
    EXPECT_EQ(table.grow(1, as_value()), std::nullopt);
    EXPECT_THAT(why(global.set(as_value())), refused);
    EXPECT_THAT(why(store_.create_table({.limits = {1, {}}}, as_value())), refused);
    EXPECT_THAT(why(store_.create_global({ValueType::funcref, false}, as_value())), refused);
    EXPECT_THAT(why(store_.function_from(given_)), refused);
    EXPECT_THAT(why(instance_.function("take").value().call(std::vector{as_value()})), refused);
    EXPECT_THAT(why(instance_.function<std::int32_t(FuncRef)>("take").value()(given_)), refused);
    for (const char* name : {"ask", "ask_two"}) {
      const Instance asking = store_.instantiate(guest_.module(), imports()).value();
      EXPECT_THAT(why(asking.function<std::int32_t()>(name).value()()), refused) << name;
    }
  }
  EXPECT_EQ(table.size(), 2u);
  EXPECT_TRUE(global.get().funcref().is_null());
}

TEST_F(ForeignFunctions, OfDynamicHostFunctionsNeither) {
  given_ = guests_.reference();
  Imports dynamic = imports();
  dynamic.define("host", "give",
                 HostFunction({{}, {ValueType::funcref}}, [this](Caller&, auto, std::span<Value> results) {
                   results[0] = as_value();
                   return std::expected<void, Error>();
                 }));
  const Instance instance = store_.instantiate(guest_.module(), dynamic).value();
  EXPECT_THAT(why(instance.function<std::int32_t()>("ask").value()()),
              HasSubstr("a function of another store"));
}

TEST_F(ForeignFunctions, ThoseOfTheStoreStillDo) {
  const Table table = std::get<Table>(instance_.find_export("table").value());
  for (const Function& function :
       {store_.create_function(HostFunction([] {})), instance_.function("nothing").value()}) {
    given_ = function.reference();
    EXPECT_TRUE(table.set(0, as_value()));
    EXPECT_TRUE(store_.function_from(given_).value().call({}));
    EXPECT_EQ(instance_.function<std::int32_t(FuncRef)>("take").value()(given_), 0);
    EXPECT_EQ(instance_.function<std::int32_t()>("ask").value()(), 0);
    EXPECT_EQ(instance_.function<std::int32_t()>("ask_two").value()(), 0);
  }
  given_ = {};
  EXPECT_EQ(instance_.function<std::int32_t()>("ask").value()(), 1);
  EXPECT_EQ(instance_.function<std::int32_t(FuncRef)>("take").value()(given_), 1);
  EXPECT_FALSE(store_.function_from(given_));
}

}  // namespace
}  // namespace tenon::regress
