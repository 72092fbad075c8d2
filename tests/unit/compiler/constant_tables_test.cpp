#include "compiler/analyze/constant_tables.hpp"

#include <gmock/gmock.h>

#include "support/wat.hpp"

namespace tenon::compiler {
namespace {

constexpr std::uint64_t kMany = 1000;

std::optional<ConstantTable> constant_table(const wasm::Module& source, std::uint32_t table,
                                            std::uint64_t most) {
  return constant_tables(source, std::vector<std::uint64_t>(source.tables.size(), most))[table];
}

// A module with $t for its table 0, a function $f that it is called from, and `more`.
class ConstantTables : public testing::Test {
 protected:
  const wasm::Module& read(const std::string& table, const std::string& more, const std::string& body = "") {
    bytes_ = tests::wat_to_wasm(
        "(module (type $a (func)) (type $b (func (param i32))) (type $c (func))"
        "(import \"m\" \"place\" (global $place i32))" +
        table + more + R"(
      (func $f (type $a) (call_indirect (type $c) (i32.const 0)) (call_indirect (type $a) (i32.const 0)) )" +
        body + ") (func $g (type $b) (call_indirect (type $a) (local.get 0))))");
    auto source = wasm::read_module(bytes_, wasm::default_features());
    if (!source) throw std::runtime_error(to_string(source.error()));
    source_ = std::move(*source);
    return source_;
  }
  bool is_constant(const std::string& more, const std::string& body = "") {
    return constant_table(read("(table $t 4 10 funcref)", more, body), 0, kMany).has_value();
  }

  base::Bytes bytes_;
  wasm::Module source_;
};

TEST_F(ConstantTables, SegmentsAreWrittenInOrder) {
  const auto& source = read("(table $t 4 funcref)", R"((elem (i32.const 1) func $f $g)
    (elem (i32.const 2) funcref (ref.null func) (ref.func $g)))");
  EXPECT_THAT(constant_table(source, 0, kMany),
              testing::Optional(testing::ElementsAre(std::nullopt, 0u, std::nullopt, 1u)));
  EXPECT_FALSE(constant_table(source, 0, 3));
}

TEST_F(ConstantTables, ReadingIsNoHarm) {
  EXPECT_TRUE(is_constant(""));
  EXPECT_TRUE(is_constant("", "(drop (table.get $t (i32.const 0))) (drop (table.size $t))"));
  EXPECT_TRUE(is_constant("(elem $e func $f)", "(elem.drop $e)"));
  EXPECT_TRUE(is_constant("(table $u 4 funcref)",
                          "(table.copy $u $t (i32.const 0) (i32.const 0) (i32.const 1))"
                          "(table.set $u (i32.const 0) (ref.null func))"));
}

TEST_F(ConstantTables, WritingIs) {
  EXPECT_FALSE(is_constant("", "(table.set $t (i32.const 0) (ref.null func))"));
  EXPECT_FALSE(is_constant("", "(table.fill $t (i32.const 0) (ref.null func) (i32.const 0))"));
  EXPECT_FALSE(is_constant("", "(drop (table.grow $t (ref.null func) (i32.const 0)))"));
  EXPECT_FALSE(is_constant("", "(table.copy $t $t (i32.const 0) (i32.const 0) (i32.const 1))"));
  EXPECT_FALSE(
      is_constant("(elem $e func $f)", "(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 0))"));
  EXPECT_FALSE(is_constant("", "(unreachable) (table.set $t (i32.const 0) (ref.null func))"));
}

TEST_F(ConstantTables, OthersMustNotReachIt) {
  EXPECT_FALSE(is_constant("(export \"t\" (table $t))"));
  EXPECT_FALSE(constant_table(read("(import \"m\" \"t\" (table $t 4 funcref))", ""), 0, kMany));
}

TEST_F(ConstantTables, SegmentsMustBeKnownAndInside) {
  EXPECT_TRUE(is_constant("(elem (i32.const 4) func)"));
  EXPECT_FALSE(is_constant("(elem (i32.const 5) func)"));
  EXPECT_FALSE(is_constant("(elem (i32.const 3) func $f $f)"));
  EXPECT_FALSE(is_constant("(elem (i32.const -1) func $f)"));
  EXPECT_FALSE(is_constant("(elem (global.get $place) func $f)"));
  ASSERT_TRUE(is_constant("(elem (i32.const 0) func $f)"));
  source_.elements[0].elements[0] = {{.kind = wasm::ConstantOperator::Kind::global_get, .value = {0, 0}}};
  EXPECT_FALSE(constant_table(source_, 0, kMany));
}

// No segment of it may come after one that may fail; see the Safety comment.
TEST_F(ConstantTables, NothingBeforeItsLastSegmentMayFail) {
  const std::string first = "(elem (table $t) (i32.const 0) func $f)",
                    last = "(elem (table $t) (i32.const 1) func $f)", other = "(table $u 1 funcref)",
                    fails = "(elem (table $u) (i32.const 1) func $f)";
  EXPECT_TRUE(is_constant(other + first + last + fails));
  EXPECT_FALSE(is_constant(other + first + fails + last));
  EXPECT_TRUE(is_constant(other + first + "(elem (table $u) (i32.const 0) func $f)" + last));
}

TEST_F(ConstantTables, OneArrayForEqualTypes) {
  const auto& source = read("(table $t 4 funcref)", "");
  const CodeArrays arrays(source);
  ASSERT_EQ(arrays.all().size(), 1u);
  EXPECT_EQ(arrays.find(0, 0), 0u);
  EXPECT_EQ(arrays.find(0, 2), 0u);
  EXPECT_EQ(arrays.find(0, 1), std::nullopt);
}

TEST_F(ConstantTables, ArraysHaveARoom) {
  const auto most = CodeArrays::kLeastRoom / CodeArrays::kElementBytes;
  EXPECT_EQ(CodeArrays(read("(table $t " + std::to_string(most) + " funcref)", "")).all().size(), 1u);
  EXPECT_EQ(CodeArrays(read("(table $t " + std::to_string(most + 1) + " funcref)", "")).all().size(), 0u);
  EXPECT_EQ(CodeArrays(read("(table $t 10000000 funcref)", "")).all().size(), 0u);
  const std::string uses_b = "(call_indirect (type $b) (i32.const 0) (i32.const 0))";
  const auto half = std::to_string(most / 2 + 1);
  EXPECT_EQ(CodeArrays(read("(table $t " + half + " funcref)", "", uses_b)).all().size(), 1u);
}

}  // namespace
}  // namespace tenon::compiler
