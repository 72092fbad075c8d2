#include <gtest/gtest.h>

#include "compiler/compiler.hpp"
#include "support/wat.hpp"

namespace tenon::compiler {
namespace {

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}

// Pushed, each i32 is a copy first: n of one value took LLVM n^2 steps to be rid of.
TEST(Calls, ArgumentsOnTheStackAreStoredNotPushed) {
  std::string calls;
  for (int i = 0; i < 50; ++i) {
    calls += "(call $f";
    for (int j = 0; j < 12; ++j) calls += " (local.get 0)";
    calls += ")";
  }
  const auto compiled = compile(
      tests::wat_to_wasm(
          "(module (import \"m\" \"f\" (func $f (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))"
          "(func (export \"run\") (param i32) " +
          calls + "))"),
      {.emit = Emit::assembly});
  ASSERT_TRUE(compiled) << to_string(compiled.error());
  EXPECT_LE(count(base::as_text(compiled->bytes), "\tpush"), 40u);  // what prologues save
}

}  // namespace
}  // namespace tenon::compiler
