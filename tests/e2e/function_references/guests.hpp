// Guests with references to functions of one type, in the binary format: the
// text format's packaged tools do not know them.
#pragma once

#include <gtest/gtest.h>
#include <tenon/store.hpp>

#include "support/wat.hpp"
#include "unit/wasm/module_bytes.hpp"

namespace tenon::e2e::function_references {

using base::Bytes;
using wasm::testing::kHeader;
using wasm::testing::leb;
using wasm::testing::name;
using wasm::testing::section;
using wasm::testing::sized;
using wasm::testing::operator+;

// The type that the guests' references are to, and another.
inline const FunctionType kUnary{{ValueType::i32}, {ValueType::i32}};
inline const FunctionType kOther{{ValueType::i64}, {ValueType::i64}};
inline ValueType unary_or_null() { return reference_to(kUnary); }
inline ValueType unary() { return non_null(reference_to(kUnary)); }

struct Body {
  std::string name;  // exported as
  std::uint8_t type;
  Bytes operators;  // without the last end
  Bytes locals = {0};
};

inline Bytes vector_of(const std::vector<Bytes>& items) {
  Bytes all = leb(items.size());
  for (const Bytes& item : items) all = all + item;
  return all;
}

// Sections 3, 7 and 10 for functions that come after `imported` others; more
// exports may follow them.
struct Functions {
  Bytes declarations, exports, code;
};
inline Functions make_functions(const std::vector<Body>& bodies, std::uint8_t imported,
                                const std::vector<Bytes>& more_exports) {
  std::vector<Bytes> types, exports = more_exports, code;
  for (const Body& body : bodies) {
    const auto index = static_cast<std::uint8_t>(imported + types.size());
    types.push_back({body.type});
    exports.push_back(name(body.name) + Bytes{0, index});
    code.push_back(sized(body.locals + body.operators + Bytes{0x0B}));
  }
  return {section(3, vector_of(types)), section(7, vector_of(exports)), section(10, vector_of(code))};
}

// Types 0: () -> (), 1: kUnary, 2: (ref null 1, i32) -> i32, 3: (ref null 1) ->
// (ref 1), 4: () -> (ref 1), 5: (externref) -> i32, 6: kOther, 7: (ref 1) -> (),
// 8: (i32, i32) -> i32, 9: (ref extern) -> i32.
inline const Bytes kTypes = section(1, {10,   0x60, 0,    0,                       //
                                        0x60, 1,    0x7F, 1,    0x7F,              //
                                        0x60, 2,    0x63, 1,    0x7F, 1,    0x7F,  //
                                        0x60, 1,    0x63, 1,    1,    0x64, 1,     //
                                        0x60, 0,    1,    0x64, 1,                 //
                                        0x60, 1,    0x6F, 1,    0x7F,              //
                                        0x60, 1,    0x7E, 1,    0x7E,              //
                                        0x60, 1,    0x64, 1,    0,                 //
                                        0x60, 2,    0x7F, 0x7F, 1,    0x7F,        //
                                        0x60, 1,    0x64, 0x6F, 1,    0x7F});

// Function 0 is the import "env" "make", of type 4. Table 0 has four of (ref 1),
// all "double"; table 1 two of (ref null 1). Global 0 is a mutable (ref 1), 1 an
// immutable one, 2 a mutable (ref null 1).
inline Bytes caller() {
  const Bytes block = {0x02, 0x40}, to_ref = {0x02, 0x64, 1}, end = {0x0B}, return_ = {0x0F};
  const Bytes get0 = {0x20, 0}, get1 = {0x20, 1}, call_ref = {0x14, 1};
  const Functions functions = make_functions(
      {{"double", 1, get0 + get0 + Bytes{0x6A}},
       {"apply", 2, get1 + get0 + call_ref},
       {"or minus one", 2,
        block + get1 + get0 + Bytes{0xD5, 0} + call_ref + return_ + end + Bytes{0x41, 0x7F}},
       {"or seven",
        2,
        to_ref + get0 + Bytes{0xD6, 0, 0x41, 7} + return_ + end + Bytes{0x21, 2} + get1 + Bytes{0x20, 2} +
            call_ref,
        {1, 1, 0x64, 1}},
       {"insist", 3, get0 + Bytes{0xD4}},
       {"insist extern", 5, get0 + Bytes{0xD4, 0xD1}},
       {"other", 6, get0},
       {"set global", 7, get0 + Bytes{0x24, 0}},
       {"call global", 1, get0 + Bytes{0x23, 0} + call_ref},
       {"call made", 1, get0 + Bytes{0x10, 0} + call_ref},
       {"call table", 8, get1 + get0 + Bytes{0x25, 0} + call_ref},
       {"call indirect", 8, get1 + get0 + Bytes{0x11, 1, 0}},
       {"call table 1", 8, get1 + get0 + Bytes{0x25, 1} + call_ref},
       {"is null", 9, get0 + Bytes{0xD1}}},
      1,
      {name("table") + Bytes{1, 0}, name("table 1") + Bytes{1, 1}, name("global") + Bytes{3, 0},
       name("constant") + Bytes{3, 1}, name("global or null") + Bytes{3, 2}});
  return kHeader + kTypes + section(2, Bytes{1} + name("env") + name("make") + Bytes{0, 4}) +
         functions.declarations + section(4, {2, 0x40, 0, 0x64, 1, 1, 4, 8, 0xD2, 1, 0x0B, 0x63, 1, 0, 2}) +
         section(6, {3, 0x64, 1, 1, 0xD2, 1, 0x0B, 0x64, 1, 0, 0xD2, 1, 0x0B, 0x63, 1, 1, 0xD0, 1, 0x0B}) +
         functions.exports + functions.code;
}

// Another module's function of the same type, which its own section numbers 2.
inline Bytes provider() {
  const Functions functions =
      make_functions({{"square", 2, {0x20, 0, 0x20, 0, 0x6C}}, {"other", 0, {0x20, 0}}}, 0,
                     {name("square ref") + Bytes{3, 0}});
  return kHeader + section(1, {3, 0x60, 1, 0x7E, 1, 0x7E, 0x60, 0, 0, 0x60, 1, 0x7F, 1, 0x7F}) +
         functions.declarations + section(6, {1, 0x64, 2, 0, 0xD2, 0, 0x0B}) + functions.exports +
         functions.code;
}

class FunctionReferences : public testing::TestWithParam<int> {
 protected:
  static compiler::CompileOptions options() {
    return {.optimization_level = static_cast<std::uint8_t>(GetParam()), .strict = true};
  }

  FunctionReferences() : guest_(caller(), options()), provider_guest_(provider(), options()) {
    provider_.emplace(store_.instantiate(provider_guest_.module()).value());
    Imports imports;
    imports.define("env", "make", HostFunction({{}, {unary()}}, [this](Caller&, auto, auto results) {
                     return make_(results[0]);
                   }));
    instance_.emplace(store_.instantiate(guest_.module(), imports).value());
  }

  std::expected<std::vector<Value>, Error> call(const char* name, const std::vector<Value>& arguments) {
    return instance_->function(name)->call(arguments);
  }
  void expect_result(std::int32_t expected, const char* name, const std::vector<Value>& arguments) {
    SCOPED_TRACE(name);
    const auto result = call(name, arguments);
    ASSERT_TRUE(result) << to_string(result.error());
    EXPECT_EQ(result->at(0).i32(), expected);
  }
  void expect_trap(TrapCode code, const char* name, const std::vector<Value>& arguments) {
    SCOPED_TRACE(name);
    const auto result = call(name, arguments);
    ASSERT_FALSE(result) << "no trap";
    EXPECT_EQ(result.error().trap, code) << to_string(result.error());
  }

  static Value i32(std::int32_t value) { return Value::from_i32(value); }
  static Value null() { return Value::from_funcref({}); }
  Value function(const char* name) { return Value::from_funcref(instance_->function(name)->reference()); }
  Value square() { return Value::from_funcref(provider_->function("square")->reference()); }
  template <typename T>
  T exported(const char* name) {
    return std::get<T>(*instance_->find_export(name));
  }

  Store store_{StoreOptions{.poison_after_trap = false}};
  tests::Guest guest_;
  tests::Guest provider_guest_;
  std::optional<Instance> provider_;
  std::optional<Instance> instance_;
  std::function<std::expected<void, Error>(Value&)> make_ = [this](Value& result) {
    result = square();
    return std::expected<void, Error>();
  };
};

}  // namespace tenon::e2e::function_references
