#include "artifact/plan.hpp"

#include <algorithm>

#include "artifact/fields.hpp"
#include "artifact/types_codec.hpp"

namespace tenon::artifact {
namespace {

using Kind = ConstantOperator::Kind;

// How many of the two value words an operator has.
unsigned operand_count(Kind kind) {
  switch (kind) {
    case Kind::v128_const: return 2;
    case Kind::i32_add:
    case Kind::i32_sub:
    case Kind::i32_mul:
    case Kind::i64_add:
    case Kind::i64_sub:
    case Kind::i64_mul: return 0;
    default: return 1;
  }
}

void write_expression(base::ByteWriter& out, const ConstantExpression& expression) {
  write_list(out, expression, [&](const ConstantOperator& op) {
    out.u8(static_cast<std::uint8_t>(op.kind));
    for (unsigned i = 0; i < operand_count(op.kind); ++i) out.leb(op.value[i]);
  });
}

ConstantExpression read_expression(FieldReader& in) {
  return in.list([&] {
    ConstantOperator op{.kind = in.choice(Kind::i64_mul)};
    for (unsigned i = 0; i < operand_count(op.kind); ++i) op.value[i] = in.u64();
    return op;
  });
}

void write_tables(base::ByteWriter& out, TypeWriter& types, const std::vector<TablePlan>& tables) {
  write_list(out, tables, [&](const TablePlan& table) {
    types.bare(table.type);
    write_expression(out, table.initial);
  });
}

std::vector<TablePlan> read_tables(FieldReader& in, TypeReader& types) {
  return in.list([&] {
    TablePlan table{.type = types.table(), .initial = {}};
    table.initial = read_expression(in);
    return table;
  });
}

void write_globals(base::ByteWriter& out, TypeWriter& types, const std::vector<GlobalPlan>& globals) {
  write_list(out, globals, [&](const GlobalPlan& global) {
    types.bare(global.type);
    write_expression(out, global.initial);
  });
}

std::vector<GlobalPlan> read_globals(FieldReader& in, TypeReader& types) {
  return in.list([&] {
    GlobalPlan global{.type = types.global(), .initial = {}};
    global.initial = read_expression(in);
    return global;
  });
}

void write_elements(base::ByteWriter& out, TypeWriter& types, const std::vector<ElementPlan>& elements) {
  write_list(out, elements, [&](const ElementPlan& segment) {
    out.u8(static_cast<std::uint8_t>(segment.mode));
    types.value(segment.type);
    out.leb(segment.table);
    write_expression(out, segment.offset);
    write_list(out, segment.elements, [&](const auto& element) { write_expression(out, element); });
  });
}

std::vector<ElementPlan> read_elements(FieldReader& in, TypeReader& types) {
  return in.list([&] {
    ElementPlan segment;
    segment.mode = in.choice(SegmentMode::declarative);
    segment.type = types.value();
    segment.table = in.u32();
    segment.offset = read_expression(in);
    segment.elements = in.list([&] { return read_expression(in); });
    return segment;
  });
}

void write_data(base::ByteWriter& out, const std::vector<DataPlan>& data) {
  write_list(out, data, [&](const DataPlan& segment) {
    out.u8(static_cast<std::uint8_t>(segment.mode));
    out.leb(segment.memory);
    write_expression(out, segment.offset);
    out.leb(segment.data_offset);
    out.leb(segment.size);
    out.u8(segment.in_image);
  });
}

std::vector<DataPlan> read_data(FieldReader& in) {
  return in.list([&] {
    DataPlan segment;
    segment.mode = in.choice(SegmentMode::declarative);
    segment.memory = in.u32();
    segment.offset = read_expression(in);
    segment.data_offset = in.u64();
    segment.size = in.u64();
    segment.in_image = in.flag();
    return segment;
  });
}

void mention_types(const InstantiationPlan& plan, TypeWriter& types) {
  for (const FunctionType& type : plan.types) types.mention(type);
  types.mention_types_of(plan.imports);
  types.mention_types_of(plan.exports);
  for (const TablePlan& table : plan.tables) types.mention(table.type.element);
  for (const GlobalPlan& global : plan.globals) types.mention(global.type.value);
  for (const ElementPlan& segment : plan.elements) types.mention(segment.type);
}

InstantiationPlan read_plan(FieldReader& in) {
  InstantiationPlan plan;
  TypeReader types(in);
  plan.numbered_types = types.list_of_mentioned();
  plan.types = in.list([&] { return types.function(); });
  plan.imports = types.imports();
  plan.exports = types.exports();
  plan.function_types = in.list([&] { return in.u32(); });
  plan.referenced_functions = in.list([&] { return in.u32(); });
  plan.tables = read_tables(in, types);
  plan.memories = in.list([&] { return types.memory(); });
  plan.globals = read_globals(in, types);
  plan.tags = in.list([&] { return in.u32(); });
  plan.elements = read_elements(in, types);
  plan.data = read_data(in);
  if (in.flag()) plan.start = in.u32();
  return plan;
}

// Checks that every index of a decoded plan names something that exists, so that whatever
// runs the plan need not look again.
class PlanChecker {
 public:
  explicit PlanChecker(const InstantiationPlan& plan)
      : plan_(plan), counts_(plan.counts()), imported_globals_(plan.imported(ExternKind::global)) {}

  bool run() const {
    return functions() && references() && exports() && tables() && globals() && tags() && elements() &&
           data() && (!plan_.start || *plan_.start < plan_.function_types.size());
  }

 private:
  bool functions() const {
    if (plan_.function_types.size() < counts_.imported_functions) return false;
    for (std::uint32_t type : plan_.function_types) {
      if (type >= plan_.types.size()) return false;
    }
    std::size_t i = 0;
    for (const ImportType& item : plan_.imports) {
      const auto* type = std::get_if<FunctionType>(&item.type);
      if (type != nullptr && *type != plan_.types[plan_.function_types[i++]]) return false;
    }
    return true;
  }

  bool references() const {
    const auto& list = plan_.referenced_functions;
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (list[i] < counts_.imported_functions || list[i] >= plan_.function_types.size()) return false;
      if (i > 0 && list[i] <= list[i - 1]) return false;
    }
    return true;
  }

  bool has_record(std::uint64_t function) const {
    return function < counts_.imported_functions ||
           std::ranges::binary_search(plan_.referenced_functions, function);
  }

  bool exports() const {
    return std::ranges::all_of(plan_.exports, [&](const ExportType& item) {
      switch (kind_of(item.type)) {
        case ExternKind::function: return has_record(item.index);
        case ExternKind::table: return item.index < counts_.tables;
        case ExternKind::memory: return item.index < counts_.memories;
        case ExternKind::global: return item.index < counts_.globals;
        case ExternKind::tag: return item.index < counts_.tags;
      }
      return false;
    });
  }

  // One result, no underflow, and only globals before `visible_globals`.
  bool expression(const ConstantExpression& expression, std::uint64_t visible_globals) const {
    std::size_t depth = 0;
    for (const ConstantOperator& op : expression) {
      if (op.kind == Kind::ref_func && !has_record(op.value[0])) return false;
      if (op.kind == Kind::global_get && op.value[0] >= visible_globals) return false;
      if (operand_count(op.kind) == 0) {
        if (depth < 2) return false;
        --depth;
      } else {
        ++depth;
      }
    }
    return depth == 1;
  }

  // Safety: what is never null needs a value to begin with.
  bool tables() const {
    return std::ranges::all_of(plan_.tables, [&](const TablePlan& table) {
      return table.initial.empty() ? has_default(table.type.element)
                                   : expression(table.initial, imported_globals_);
    });
  }

  bool globals() const {
    std::uint64_t visible = imported_globals_;
    return std::ranges::all_of(plan_.globals,
                               [&](const GlobalPlan& g) { return expression(g.initial, visible++); });
  }

  bool tags() const {
    return std::ranges::all_of(plan_.tags, [&](std::uint32_t type) {
      return type < plan_.types.size() && plan_.types[type].results.empty();
    });
  }

  bool elements() const {
    return std::ranges::all_of(plan_.elements, [&](const ElementPlan& segment) {
      if (!is_reference(segment.type)) return false;
      if (segment.mode == SegmentMode::active &&
          (segment.table >= counts_.tables || !expression(segment.offset, counts_.globals))) {
        return false;
      }
      return std::ranges::all_of(segment.elements,
                                 [&](const auto& e) { return expression(e, counts_.globals); });
    });
  }

  bool data() const {
    return std::ranges::all_of(plan_.data, [&](const DataPlan& segment) {
      if (segment.mode == SegmentMode::declarative) return false;
      if (segment.mode == SegmentMode::passive) return !segment.in_image;
      return segment.memory < counts_.memories && expression(segment.offset, counts_.globals);
    });
  }

  const InstantiationPlan& plan_;
  InstanceCounts counts_;
  std::uint64_t imported_globals_;
};

}  // namespace

std::uint32_t InstantiationPlan::imported(ExternKind kind) const {
  return static_cast<std::uint32_t>(
      std::ranges::count_if(imports, [&](const ImportType& item) { return kind_of(item.type) == kind; }));
}

InstanceCounts InstantiationPlan::counts() const {
  auto count = [](std::size_t size) { return static_cast<std::uint32_t>(size); };
  return {
      .memories = imported(ExternKind::memory) + count(memories.size()),
      .tables = imported(ExternKind::table) + count(tables.size()),
      .imported_functions = imported(ExternKind::function),
      .referenced_functions = count(referenced_functions.size()),
      .globals = imported(ExternKind::global) + count(globals.size()),
      .types = count(types.size()),
      .tags = imported(ExternKind::tag) + count(tags.size()),
  };
}

base::Bytes encode(const InstantiationPlan& plan) {
  base::ByteWriter out;
  TypeWriter types(out, plan.numbered_types);
  mention_types(plan, types);
  types.write_list_of_mentioned();
  write_list(out, plan.types, [&](const FunctionType& type) { types.function(type); });
  types.imports(plan.imports);
  types.exports(plan.exports);
  write_list(out, plan.function_types, [&](std::uint32_t type) { out.leb(type); });
  write_list(out, plan.referenced_functions, [&](std::uint32_t function) { out.leb(function); });
  write_tables(out, types, plan.tables);
  write_list(out, plan.memories, [&](const MemoryType& memory) { types.bare(memory); });
  write_globals(out, types, plan.globals);
  write_list(out, plan.tags, [&](std::uint32_t type) { out.leb(type); });
  write_elements(out, types, plan.elements);
  write_data(out, plan.data);
  out.u8(plan.start.has_value());
  if (plan.start) out.leb(*plan.start);
  return std::move(out).take();
}

std::expected<InstantiationPlan, Error> decode_plan(base::ByteView bytes) {
  base::ByteReader reader(bytes);
  FieldReader in(reader);
  InstantiationPlan plan = read_plan(in);
  if (!in.ok() || !reader.at_end() || !PlanChecker(plan).run()) {
    return base::fail(Phase::load, ErrorCode::corrupt_artifact,
                      "the artifact's instantiation plan is corrupt; compile the module again");
  }
  return plan;
}

base::Bytes encode_names(const FunctionNames& names) {
  base::ByteWriter out;
  write_list(out, names, [&](const auto& entry) {
    out.leb(entry.first);
    out.string(entry.second);
  });
  return std::move(out).take();
}

std::expected<FunctionNames, Error> decode_names(base::ByteView bytes) {
  base::ByteReader reader(bytes);
  FieldReader in(reader);
  FunctionNames names = in.list([&] {
    const std::uint32_t index = in.u32();
    return FunctionNames::value_type(index, in.string());
  });
  const bool ascending = std::ranges::adjacent_find(names, [](const auto& a, const auto& b) {
                           return a.first >= b.first;
                         }) == names.end();
  if (!in.ok() || !reader.at_end() || !ascending) {
    return base::fail(Phase::load, ErrorCode::corrupt_artifact, "the artifact's function names are corrupt");
  }
  return names;
}

}  // namespace tenon::artifact
