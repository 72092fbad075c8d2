// Sections that say what a module has: types, imports, functions, tables,
// memories, globals, exports and the start function.
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "wasm/limits.hpp"
#include "wasm/reader/reader.hpp"

namespace tenon::wasm {
namespace {

// The bits of the number before limits.
constexpr std::uint8_t kHasMaximum = 1;
constexpr std::uint8_t kShared = 2;
constexpr std::uint8_t k64 = 4;

}  // namespace

bool ModuleReader::type_section(CheckedReader& in) {
  std::uint32_t count = 0;
  if (!in.count(count, kMaxTypes, "types")) return false;
  // Sorted, since hashing could be made slow by chosen types.
  const auto less = [&](std::uint32_t a, std::uint32_t b) { return module_.types[a] < module_.types[b]; };
  std::set<std::uint32_t, decltype(less)> distinct(less);
  in.enter_type();
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!function_type(in)) return false;
    module_.canonical_types.push_back(*distinct.insert(i).first);
  }
  return true;
}

bool ModuleReader::function_type(CheckedReader& in) {
  const std::uint64_t start = in.offset();
  std::uint8_t form = 0;
  if (!in.u8(form)) return false;
  if (form >= 0x4D && form <= 0x5F) {  // descriptors, rec groups, sub types, structs and arrays
    return in.unsupported_at(start,
                             "type form " + hex(form) + " is of the proposal gc, which is not supported");
  }
  if (form != 0x60) return in.malformed_at(start, "malformed type form " + hex(form));
  FunctionType type;
  if (!value_types(in, type.parameters, kMaxParameters, "parameters") ||
      !value_types(in, type.results, kMaxResults, "results")) {
    return false;
  }
  if (type.results.size() > 1 && !features_.has(Feature::multi_value)) {
    return in.unsupported_at(start, "several results need the feature multi-value, which is off");
  }
  module_.types.push_back(std::move(type));
  return true;
}

bool ModuleReader::value_types(CheckedReader& in, std::vector<ValueType>& out, std::uint32_t limit,
                               std::string_view what) {
  std::uint32_t count = 0;
  if (!in.count(count, limit, what)) return false;
  out.resize(count);
  return std::ranges::all_of(out, [&](ValueType& type) { return in.value_type(type); });
}

bool ModuleReader::import_section(CheckedReader& in) {
  std::uint32_t count = 0;
  if (!in.count(count, kMaxImports, "imports")) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!import(in)) return false;
  }
  module_.imported_functions = static_cast<std::uint32_t>(module_.functions.size());
  module_.imported_tables = static_cast<std::uint32_t>(module_.tables.size());
  module_.imported_memories = static_cast<std::uint32_t>(module_.memories.size());
  module_.imported_globals = static_cast<std::uint32_t>(module_.globals.size());
  module_.imported_tags = static_cast<std::uint32_t>(module_.tags.size());
  return true;
}

bool ModuleReader::import(CheckedReader& in) {
  std::string_view module;
  std::string_view name;
  if (!in.name(module) || !in.name(name)) return false;
  module_.imports.push_back({.module = std::string(module), .name = std::string(name)});
  const std::uint64_t start = in.offset();
  std::uint8_t kind = 0;
  return in.u8(kind) && import_of_kind(in, start, kind);
}

bool ModuleReader::import_of_kind(CheckedReader& in, std::uint64_t start, std::uint8_t kind) {
  Import& import = module_.imports.back();
  import.kind = static_cast<ExternKind>(kind);
  const auto next_index = [&](const auto& space) { import.index = static_cast<std::uint32_t>(space.size()); };
  switch (kind) {
    case 0: next_index(module_.functions); return add_function(in);
    case 1: next_index(module_.tables); return add_table(in);
    case 2: next_index(module_.memories); return add_memory(in);
    case 3: next_index(module_.globals); return global_type(in, module_.globals.emplace_back().type);
    case 4: next_index(module_.tags); return tags_are_on(in) && add_tag(in);
    default: return in.malformed_at(start, "malformed import kind " + hex(kind));
  }
}

bool ModuleReader::function_section(CheckedReader& in) {
  std::uint32_t count = 0;
  if (!in.count(count, kMaxFunctions, "functions")) return false;
  if (!in.within(module_.functions.size() + count, kMaxFunctions, "module", "functions")) return false;
  module_.functions.reserve(module_.functions.size() + count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!add_function(in)) return false;
  }
  return true;
}

bool ModuleReader::add_function(CheckedReader& in) {
  const std::uint64_t start = in.offset();
  std::uint32_t type = 0;
  if (!in.u32(type) || !exists(in, start, type, module_.types.size(), "type")) return false;
  module_.functions.push_back(type);
  declared_.push_back(false);
  return true;
}

bool ModuleReader::table_section(CheckedReader& in) {
  std::uint32_t count = 0;
  if (!in.count(count, kMaxTables, "tables")) return false;
  if (!in.within(module_.tables.size() + count, kMaxTables, "module", "tables")) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!define_table(in)) return false;
  }
  return true;
}

// With a value for its elements where the type is preceded by two bytes.
bool ModuleReader::define_table(CheckedReader& in) {
  constexpr std::uint8_t kWithInitial = 0x40;
  const std::uint64_t start = in.offset();
  ConstantExpression& initial = module_.table_initials.emplace_back();
  if (in.peek() == kWithInitial && features_.has(Feature::function_references)) {
    std::uint8_t prefix[2] = {};
    if (!in.u8(prefix[0]) || !in.u8(prefix[1])) return false;
    if (prefix[1] != 0) return in.malformed_at(start, "malformed table");
    return add_table(in) && constant_expression(in, module_.tables.back().element, initial);
  }
  if (!add_table(in)) return false;
  const ValueType element = module_.tables.back().element;
  return has_default(element) || in.invalid_at(start, "type mismatch: a table of " + text_of(element) +
                                                          " must have an initial value");
}

bool ModuleReader::add_table(CheckedReader& in) {
  const std::uint64_t start = in.offset();
  std::uint8_t flags = 0;
  TableType& table = module_.tables.emplace_back();
  if (!in.reference_type(table.element) || !limit_flags(in, flags) || !limits(in, flags, table.limits)) {
    return false;
  }
  if (flags & kShared) return in.malformed_at(start, "tables cannot be shared");
  table.is_64 = flags & k64;
  if (module_.tables.size() > 1 && !features_.has(Feature::reference_types)) {
    return in.unsupported_at(start, "multiple tables need the feature reference-types, which is off");
  }
  return true;
}

bool ModuleReader::memory_section(CheckedReader& in) {
  std::uint32_t count = 0;
  if (!in.count(count, kMaxMemories, "memories")) return false;
  if (!in.within(module_.memories.size() + count, kMaxMemories, "module", "memories")) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!add_memory(in)) return false;
  }
  return true;
}

bool ModuleReader::add_memory(CheckedReader& in) {
  const std::uint64_t start = in.offset();
  std::uint8_t flags = 0;
  if (!in.within(module_.memories.size() + 1, kMaxMemories, "module", "memories")) return false;
  MemoryType& memory = module_.memories.emplace_back();
  if (!limit_flags(in, flags) || !limits(in, flags, memory.limits)) return false;
  memory.is_64 = flags & k64;
  memory.is_shared = flags & kShared;
  if (memory.is_shared && !memory.limits.maximum) {
    return in.invalid_at(start, "shared memory must have maximum");
  }
  if (std::max(memory.limits.minimum, memory.limits.maximum.value_or(0)) >
      (memory.is_64 ? kMaxPages64 : kMaxPages)) {
    return in.invalid_at(start, memory.is_64 ? "memory size must be at most 2^48 pages"
                                             : "memory size must be at most 65536 pages (4GiB)");
  }
  return module_.memories.size() == 1 || features_.has(Feature::multi_memory) ||
         in.invalid_at(start, "multiple memories");
}

bool ModuleReader::limit_flags(CheckedReader& in, std::uint8_t& out) {
  const std::uint64_t start = in.offset();
  if (!in.u8(out)) return false;
  if (out > (kHasMaximum | kShared | k64))
    return in.malformed_at(start, "malformed limits flags " + hex(out));
  constexpr std::pair<std::uint8_t, Feature> kNeeds[] = {{kShared, Feature::threads},
                                                         {k64, Feature::memory64}};
  for (const auto& [bit, feature] : kNeeds) {
    if (!(out & bit) || features_.has(feature)) continue;
    return in.unsupported_at(start, "limits flags " + hex(out) + " need the feature " +
                                        std::string(to_string(feature)) + ", which is off");
  }
  return true;
}

bool ModuleReader::limits(CheckedReader& in, std::uint8_t flags, Limits& out) {
  const std::uint64_t start = in.offset();
  if (!limit(in, flags, out.minimum)) return false;
  if (!(flags & kHasMaximum)) return true;
  if (!limit(in, flags, out.maximum.emplace())) return false;
  return out.minimum <= *out.maximum || in.invalid_at(start, "size minimum must not be greater than maximum");
}

bool ModuleReader::limit(CheckedReader& in, std::uint8_t flags, std::uint64_t& out) {
  if (flags & k64) return in.u64(out);
  std::uint32_t narrow = 0;
  if (!in.u32(narrow)) return false;
  out = narrow;
  return true;
}

bool ModuleReader::tags_are_on(CheckedReader& in) {
  return features_.has(Feature::exceptions) ||
         in.unsupported_at(in.offset(), "tags need the feature exceptions, which is off");
}

bool ModuleReader::tag_section(CheckedReader& in) {
  std::uint32_t count = 0;
  if (!tags_are_on(in)) return false;
  if (!in.count(count, kMaxTags, "tags")) return false;
  if (!in.within(module_.tags.size() + count, kMaxTags, "module", "tags")) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!add_tag(in)) return false;
  }
  return true;
}

bool ModuleReader::add_tag(CheckedReader& in) {
  constexpr std::uint8_t kException = 0;  // the only attribute there is
  const std::uint64_t start = in.offset();
  std::uint8_t attribute = 0;
  std::uint32_t type = 0;
  if (!in.u8(attribute)) return false;
  if (attribute != kException) return in.malformed_at(start, "malformed tag attribute " + hex(attribute));
  if (!in.u32(type) || !exists(in, start, type, module_.types.size(), "type")) return false;
  if (!module_.types[type].results.empty()) return in.invalid_at(start, "non-empty tag result type");
  module_.tags.push_back(type);
  return true;
}

bool ModuleReader::global_type(CheckedReader& in, GlobalType& out) {
  if (!in.value_type(out.value)) return false;
  const std::uint64_t start = in.offset();
  std::uint8_t mutability = 0;
  if (!in.u8(mutability)) return false;
  out.is_mutable = mutability == 1;
  return mutability <= 1 || in.malformed_at(start, "malformed mutability " + hex(mutability));
}

bool ModuleReader::global_section(CheckedReader& in) {
  std::uint32_t count = 0;
  if (!in.count(count, kMaxGlobals, "globals")) return false;
  if (!in.within(module_.globals.size() + count, kMaxGlobals, "module", "globals")) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    Global global;
    if (!global_type(in, global.type)) return false;
    if (!constant_expression(in, global.type.value, global.initial)) return false;
    module_.globals.push_back(std::move(global));
  }
  return true;
}

bool ModuleReader::export_section(CheckedReader& in) {
  std::uint32_t count = 0;
  if (!in.count(count, kMaxExports, "exports")) return false;
  std::vector<NamePlace> names;
  names.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!one_export(in, names)) return false;
  }
  // Sorted, since hashing could be made slow by chosen names.
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names, {}, &NamePlace::first);
  return twice == names.end() || in.invalid_at(std::next(twice)->second, "duplicate export name");
}

bool ModuleReader::one_export(CheckedReader& in, std::vector<NamePlace>& names) {
  std::string_view name;
  names.emplace_back(name, in.offset());
  if (!in.name(name)) return false;
  names.back().first = name;
  const std::uint64_t start = in.offset();
  std::uint8_t kind = 0;
  std::uint32_t index = 0;
  if (!in.u8(kind)) return false;
  if (kind > 4) return in.malformed_at(start, "malformed export kind " + hex(kind));
  const std::size_t counts[] = {module_.functions.size(), module_.tables.size(), module_.memories.size(),
                                module_.globals.size(), module_.tags.size()};
  const auto extern_kind = static_cast<ExternKind>(kind);
  if (!in.u32(index) || !exists(in, start + 1, index, counts[kind], to_string(extern_kind))) return false;
  if (extern_kind == ExternKind::function) declare(index);
  module_.exports.push_back({std::string(name), extern_kind, index});
  return true;
}

bool ModuleReader::start_section(CheckedReader& in) {
  const std::uint64_t start = in.offset();
  std::uint32_t index = 0;
  if (!in.u32(index) || !exists(in, start, index, module_.functions.size(), "function")) return false;
  if (module_.function_type(index) != FunctionType{}) {
    return in.invalid_at(start, "start function must have no parameters and no results");
  }
  module_.start = index;
  return true;
}

}  // namespace tenon::wasm
