// The instantiation plan: what the runtime must do to make an instance, as the
// compiler wrote it into the artifact. The types of the module, its imports
// and exports are here as well, since the note (artifact/note.hpp) is for
// reading before the artifact is loaded, and this is for running it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include <tenon/types.hpp>

#include "artifact/abi.hpp"
#include "artifact/types_codec.hpp"
#include "base/bytes.hpp"
#include "base/constant_expression.hpp"
#include "base/error.hpp"

namespace tenon::artifact {

using base::ConstantExpression;
using base::ConstantOperator;
using base::SegmentMode;

struct GlobalPlan {
  GlobalType type;
  ConstantExpression initial;
};

struct TablePlan {
  TableType type;
  ConstantExpression initial;  // of every element; empty means null
};

struct ElementPlan {
  SegmentMode mode = SegmentMode::active;
  ValueType type = ValueType::funcref;
  std::uint32_t table = 0;
  ConstantExpression offset;  // active only
  std::vector<ConstantExpression> elements;
};

struct DataPlan {
  SegmentMode mode = SegmentMode::active;
  std::uint32_t memory = 0;
  ConstantExpression offset;      // active only
  std::uint64_t data_offset = 0;  // into the descriptor's data
  std::uint64_t size = 0;
  bool in_image = false;  // already part of the image, and inside the memory: nothing is to be done
};

struct InstantiationPlan {
  std::vector<FunctionType> types;
  std::vector<ImportType> imports;  // in order
  std::vector<ExportType> exports;
  // Type index of every function, imported ones first.
  std::vector<std::uint32_t> function_types;
  // Defined functions that have a FunctionRecord (exported, in an element
  // segment, or named by ref.func), as function indices, ascending.
  std::vector<std::uint32_t> referenced_functions;
  std::vector<TablePlan> tables;     // defined ones
  std::vector<MemoryType> memories;  // defined ones
  std::vector<GlobalPlan> globals;   // defined ones
  std::vector<std::uint32_t> tags;   // type index of each defined one
  std::vector<ElementPlan> elements;
  std::vector<DataPlan> data;
  std::optional<std::uint32_t> start;
  NumberedTypes numbered_types;  // of the reference types above

  // Counts of imports by kind, and of the instance's arrays.
  [[nodiscard]] std::uint32_t imported(ExternKind kind) const;
  [[nodiscard]] InstanceCounts counts() const;
};

[[nodiscard]] base::Bytes encode(const InstantiationPlan& plan);
// The plan comes from an artifact whose note was checked, yet is decoded as carefully as
// any input: bytes that are no plan give an error, never a crash.
[[nodiscard]] std::expected<InstantiationPlan, Error> decode_plan(base::ByteView bytes);

// Function names for backtraces: (function index, name), ascending.
using FunctionNames = std::vector<std::pair<std::uint32_t, std::string>>;
[[nodiscard]] base::Bytes encode_names(const FunctionNames& names);
[[nodiscard]] std::expected<FunctionNames, Error> decode_names(base::ByteView bytes);

}  // namespace tenon::artifact
