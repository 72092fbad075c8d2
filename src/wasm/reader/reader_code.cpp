// The code section (core specification, section 5.5.13). Bodies stay views;
// their locals are read and their operators validated.
#include "wasm/limits.hpp"
#include "wasm/reader/reader.hpp"
#include "wasm/validate/validator.hpp"

namespace tenon::wasm {

bool ModuleReader::code_section(CheckedReader& in) {
  const std::uint64_t start = in.offset();
  std::uint32_t count = 0;
  if (!in.count(count, kMaxFunctions, "function bodies")) return false;
  if (count != module_.functions.size() - module_.imported_functions) {
    return in.malformed_at(start, "function and code section have inconsistent lengths");
  }
  module_.bodies.reserve(count);
  Validator validator(module_, declared_, data_count_, features_);
  for (std::uint32_t i = 0; i < count; ++i) {
    current_function_ = module_.imported_functions + i;
    FunctionBody& body = module_.bodies.emplace_back();
    if (!function_body(in, body)) return false;
    if (auto valid = validator.check(module_.function_type(*current_function_), body); !valid) {
      return in.adopt(std::move(valid.error()));
    }
    body.makes_tail_calls = validator.saw_tail_call();
    body.handles_exceptions = validator.saw_try();
  }
  module_.table_uses = validator.table_uses();
  current_function_.reset();
  return true;
}

bool ModuleReader::function_body(CheckedReader& in, FunctionBody& out) {
  base::ByteView contents;
  if (!in.block(contents)) return false;
  if (!in.within(contents.size(), kMaxBodyBytes, "function body", "bytes")) return false;
  base::ByteReader bytes(contents);
  CheckedReader inner(bytes, in.offset() - contents.size(), features_, &module_.canonical_types);
  const FunctionType& type = module_.function_type(*current_function_);
  if (!local_groups(inner, type, out)) return in.adopt(inner.take_error());
  out.offset = inner.offset();
  out.code = inner.rest();
  return true;
}

bool ModuleReader::local_groups(CheckedReader& in, const FunctionType& type, FunctionBody& out) {
  constexpr std::uint64_t kMostCountable = 0xFFFF'FFFF;
  const std::uint64_t start = in.offset();
  std::uint32_t groups = 0;
  std::uint64_t total = type.parameters.size();
  if (!in.count(groups, kMaxBodyBytes, "groups of locals")) return false;
  out.locals.reserve(groups / 2);  // a group takes two bytes at least
  for (std::uint32_t i = 0; i < groups; ++i) {
    LocalGroup group;
    const std::uint64_t group_start = in.offset();
    if (!in.u32(group.count) || !in.value_type(group.type)) return false;
    total += group.count;
    if (total > kMostCountable) return in.malformed_at(group_start, "too many locals");
    out.locals.push_back(group);
  }
  return total <= kMaxLocals || in.adopt(limit_error(start, total, kMaxLocals, "function", "locals"));
}

}  // namespace tenon::wasm
