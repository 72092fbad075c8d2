// A note and a plan with something in every field.
#pragma once

#include "artifact/note.hpp"
#include "artifact/plan.hpp"

namespace tenon::artifact::samples {

inline const FunctionType kUnary{{ValueType::i32}, {ValueType::i32}};

// To types 0 and 1 of numbered_types(): kUnary, and one that refers to it.
inline const ValueType kUnaryReference = detail::reference_to_number(0);
inline const ValueType kNestedReference = detail::reference_to_number(1);
inline NumberedTypes numbered_types() { return {kUnary, {{kUnaryReference}, {non_null(kUnaryReference)}}}; }

inline std::vector<ImportType> imports() {
  return {{"env", "f", kUnary},
          {"env", "t", TableType{ValueType::externref, {.minimum = 1, .maximum = 9}}},
          {"env", "m", MemoryType{{.minimum = 2, .maximum = std::nullopt}}},
          {"env", "g", GlobalType{ValueType::i64, false}},
          {"env", "m64",
           MemoryType{.limits = {.minimum = 1, .maximum = 1ull << 48}, .is_64 = true, .is_shared = true}},
          {"env", "t64", TableType{ValueType::funcref, {.minimum = 0, .maximum = {}}, true}},
          {"env", "e", TagType{{{ValueType::i64, ValueType::exnref}, {}}}},
          {"env", "r", TagType{{{kNestedReference, non_null(ValueType::externref)}, {}}}}};
}

inline std::vector<ExportType> exports() {
  return {{"run", kUnary, 1},
          {std::string("nul\0name", 8), kUnary, 0},
          {"g", GlobalType{ValueType::v128, true}, 1},
          {"r", GlobalType{non_null(kUnaryReference), false}, 2}};
}

inline InstantiationPlan plan() {
  using Kind = ConstantOperator::Kind;
  InstantiationPlan plan;
  plan.types = {kUnary, {}};
  plan.numbered_types = numbered_types();
  plan.imports = imports();
  plan.exports = exports();
  plan.function_types = {0, 0, 1};
  plan.referenced_functions = {1, 2};
  plan.tables = {
      {TableType{ValueType::funcref, {.minimum = 300, .maximum = 400}}, {}},
      {TableType{non_null(kUnaryReference), {.minimum = 1, .maximum = {}}}, {{Kind::ref_func, {1}}}}};
  plan.memories = {};
  plan.globals = {{GlobalType{ValueType::v128, true}, {{Kind::v128_const, {~0ull, 7}}}},
                  {GlobalType{ValueType::i64, false},
                   {{Kind::global_get, {0}}, {Kind::i64_const, {5}}, {Kind::i64_add}}}};
  plan.elements = {{SegmentMode::active,
                    ValueType::funcref,
                    1,
                    {{Kind::i32_const, {3}}},
                    {{{Kind::ref_func, {2}}}, {{Kind::ref_null, {0x70}}}}},
                   {SegmentMode::declarative, ValueType::funcref, 0, {}, {{{Kind::ref_func, {0}}}}}};
  plan.data = {{SegmentMode::active, 0, {{Kind::i32_const, {1024}}}, 0, 500, true},
               {SegmentMode::passive, 0, {}, 500, 20, false}};
  plan.start = 2;
  return plan;
}

inline Note note() {
  return {.info = {.producer = "tenon test",
                   .target_triple = "x86_64-unknown-linux-gnu",
                   .cpu = "x86-64-v2",
                   .cpu_features = {"sse2", "popcnt"},
                   .wasm_features = {"simd"},
                   .source_sha256 = {1, 2, 3},
                   .source_size = 12345678901,
                   .optimization_level = 3,
                   .strict = true,
                   .metering = true,
                   .spectre = true,
                   .bounds = Bounds::explicit_checks,
                   .protocol = Protocol::assemblyscript,
                   .imports = imports(),
                   .exports = exports()},
          .numbered_types = numbered_types()};
}

}  // namespace tenon::artifact::samples
