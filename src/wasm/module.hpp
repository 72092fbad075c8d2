// A module as the binary format describes it (WebAssembly 2.0, section 2.5),
// read and validated. Function bodies and segments stay views into the bytes
// that the module was read from, which must outlive it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tenon/error.hpp>
#include <tenon/types.hpp>

#include "base/bytes.hpp"
#include "base/constant_expression.hpp"
#include "wasm/features.hpp"

namespace tenon::wasm {

using base::ConstantExpression;
using base::ConstantOperator;
using base::SegmentMode;

struct Global {
  GlobalType type;
  ConstantExpression initial;  // empty for imported globals
};

struct ElementSegment {
  SegmentMode mode = SegmentMode::active;
  ValueType type = ValueType::funcref;
  std::uint32_t table = 0;
  ConstantExpression offset;  // active only
  std::vector<ConstantExpression> elements;
};

struct DataSegment {
  SegmentMode mode = SegmentMode::active;  // never declarative
  std::uint32_t memory = 0;
  ConstantExpression offset;  // active only
  base::ByteView bytes;
};

struct LocalGroup {
  std::uint32_t count = 0;
  ValueType type = ValueType::i32;
};

struct FunctionBody {
  std::vector<LocalGroup> locals;  // parameters not included
  base::ByteView code;             // the operators, with the final `end`
  std::uint64_t offset = 0;        // of code[0] in the module's bytes
  bool makes_tail_calls = false;
  bool handles_exceptions = false;  // has a try or try_table
};

// What the operators of the bodies do with a table, dead code included.
struct TableUse {
  bool is_written = false;                  // an element or its size may change
  std::vector<std::uint32_t> called_types;  // of call_indirect, canonical indices; ascending, unique
};

struct Import {
  std::string module;
  std::string name;
  ExternKind kind = ExternKind::function;
  std::uint32_t index = 0;  // in the index space of its kind
};

struct Export {
  std::string name;
  ExternKind kind = ExternKind::function;
  std::uint32_t index = 0;
};

// Index spaces hold imported entities first.
struct Module {
  std::vector<FunctionType> types;
  // For each type the index of the first one equal to it: the number that a
  // reference type has, so that equal types are equal numbers.
  std::vector<std::uint32_t> canonical_types;
  std::vector<Import> imports;
  std::vector<std::uint32_t> functions;  // type index of each
  std::vector<TableType> tables;
  std::vector<ConstantExpression> table_initials;  // of the defined tables; empty means null
  std::vector<TableUse> table_uses;                // of all tables
  std::vector<MemoryType> memories;
  std::vector<std::uint32_t> tags;  // type index of each
  std::vector<Global> globals;
  std::uint32_t imported_functions = 0;
  std::uint32_t imported_tables = 0;
  std::uint32_t imported_memories = 0;
  std::uint32_t imported_globals = 0;
  std::uint32_t imported_tags = 0;
  std::vector<Export> exports;
  std::optional<std::uint32_t> start;
  std::vector<ElementSegment> elements;
  std::vector<DataSegment> data;
  std::vector<FunctionBody> bodies;                                   // of the defined functions
  std::string declaration;                                            // all sections tenon.protocol
  std::string name;                                                   // from the name section, else empty
  std::vector<std::pair<std::uint32_t, std::string>> function_names;  // ascending index, valid UTF-8

  // Functions whose reference may escape: exported, in an element segment, or
  // in a global's initialiser. Only these may be named by ref.func in a body,
  // so these are all that need a FunctionRecord. Ascending, unique.
  std::vector<std::uint32_t> referenced_functions;

  [[nodiscard]] const FunctionType& function_type(std::uint32_t index) const {
    return types[functions[index]];
  }
  // What ref.func gives for a function.
  [[nodiscard]] ValueType reference_type(std::uint32_t function) const {
    return non_null(detail::reference_to_number(canonical_types[functions[function]]));
  }
  [[nodiscard]] const FunctionType& tag_type(std::uint32_t index) const { return types[tags[index]]; }
  [[nodiscard]] ExternType extern_type(ExternKind kind, std::uint32_t index) const;
};

// Reads and validates a whole module, bodies included: what comes back breaks
// no rule of the specification. Never recursive on input depth; work and
// memory are linear in the input. Errors carry the byte offset and name the
// section; phase read for malformed bytes, validate for broken rules.
[[nodiscard]] std::expected<Module, Error> read_module(base::ByteView bytes, FeatureSet features);

}  // namespace tenon::wasm
