// The reader of whole modules, used by read_module alone. One pass over the
// sections; each is validated as it is read, which the order of sections makes
// possible: nothing refers to what comes later, except bodies to data segments,
// and for these there is the data count section.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tenon/error.hpp>

#include "base/bytes.hpp"
#include "wasm/checked_reader.hpp"
#include "wasm/features.hpp"
#include "wasm/module.hpp"
#include "wasm/operator.hpp"

namespace tenon::wasm {

class ModuleReader {
 public:
  ModuleReader(base::ByteView bytes, FeatureSet features) : bytes_(bytes), features_(features) {}
  [[nodiscard]] std::expected<Module, Error> read();

 private:
  struct Section;
  static const Section kSections[];

  // The frame: header, sections in order, and what only the end can tell.
  bool read_header(CheckedReader& in);
  bool read_section(CheckedReader& in);
  bool read_contents(const Section& section, base::ByteView contents, std::uint64_t start, CheckedReader& in);
  bool enter_section(const Section& section, std::uint64_t start, CheckedReader& in);
  bool finish(CheckedReader& in);
  [[nodiscard]] Error in_context(Error error) const;

  bool custom_section(CheckedReader& in);
  bool type_section(CheckedReader& in);
  bool import_section(CheckedReader& in);
  bool function_section(CheckedReader& in);
  bool table_section(CheckedReader& in);
  bool memory_section(CheckedReader& in);
  bool tag_section(CheckedReader& in);
  bool global_section(CheckedReader& in);
  bool export_section(CheckedReader& in);
  bool start_section(CheckedReader& in);
  bool element_section(CheckedReader& in);
  bool data_count_section(CheckedReader& in);
  bool code_section(CheckedReader& in);
  bool data_section(CheckedReader& in);

  bool function_type(CheckedReader& in);
  bool value_types(CheckedReader& in, std::vector<ValueType>& out, std::uint32_t limit,
                   std::string_view what);
  bool import(CheckedReader& in);
  bool import_of_kind(CheckedReader& in, std::uint64_t start, std::uint8_t kind);
  bool add_function(CheckedReader& in);
  bool add_table(CheckedReader& in);
  bool define_table(CheckedReader& in);
  bool add_memory(CheckedReader& in);
  bool add_tag(CheckedReader& in);
  bool tags_are_on(CheckedReader& in);
  bool limit_flags(CheckedReader& in, std::uint8_t& out);
  bool limits(CheckedReader& in, std::uint8_t flags, Limits& out);
  bool limit(CheckedReader& in, std::uint8_t flags, std::uint64_t& out);
  bool global_type(CheckedReader& in, GlobalType& out);
  using NamePlace = std::pair<std::string_view, std::uint64_t>;  // a name and its offset
  bool one_export(CheckedReader& in, std::vector<NamePlace>& names);

  bool element_segment(CheckedReader& in, ElementSegment& out);
  bool element_type(CheckedReader& in, std::uint32_t flags, ElementSegment& out);
  bool element_values(CheckedReader& in, bool expressions, ElementSegment& out);
  bool data_segment(CheckedReader& in, DataSegment& out);

  bool function_body(CheckedReader& in, FunctionBody& out);
  bool local_groups(CheckedReader& in, const FunctionType& type, FunctionBody& out);

  // An expression of constant operators that leaves one value of this type.
  bool constant_expression(CheckedReader& in, ValueType type, ConstantExpression& out);
  bool constant_operator(CheckedReader& in, ConstantExpression& out);
  bool constant_index(CheckedReader& in, ConstantOperator& out, ValueType& type);
  bool constant_operands(CheckedReader& in, ValueType type);

  bool declaration_section(CheckedReader& in, base::ByteView contents);
  bool exists(CheckedReader& in, std::uint64_t where, std::uint64_t index, std::uint64_t count,
              std::string_view what);
  void declare(std::uint32_t function) { declared_[function] = true; }

  base::ByteView bytes_;
  FeatureSet features_;
  Module module_;
  std::vector<bool> declared_;  // for each function: may its reference escape?
  std::optional<std::uint32_t> data_count_;
  std::optional<base::ByteView> name_section_;
  unsigned rank_ = 0;                 // of the last section that was not custom
  const Section* current_ = nullptr;  // null between sections
  std::optional<std::uint32_t> current_function_;
  Operator operator_;  // these two for constant expressions
  std::vector<ValueType> constant_stack_;
};

// Fills the names of the module and its functions from the contents of a name
// section (section 7.4.1). Whatever is broken in it is left out; it is no error.
void read_names(base::ByteView contents, Module& module);

}  // namespace tenon::wasm
