// Constant expressions (core specification, section 3.3.10): the initial values
// of globals and elements, and the offsets of segments.
#include <algorithm>

#include "wasm/limits.hpp"
#include "wasm/reader/reader.hpp"

namespace tenon::wasm {
namespace {

using Kind = ConstantOperator::Kind;

// What may stand in a constant expression, and what it leaves there. Types of
// references and globals come from elsewhere.
struct ConstantRule {
  Opcode opcode;
  Kind kind;
  ValueType result;
  bool is_binary = false;  // takes two of its result type; needs extended-const
};
constexpr ConstantRule kRules[] = {
    {Opcode::i32_const, Kind::i32_const, ValueType::i32},
    {Opcode::i64_const, Kind::i64_const, ValueType::i64},
    {Opcode::f32_const, Kind::f32_const, ValueType::f32},
    {Opcode::f64_const, Kind::f64_const, ValueType::f64},
    {Opcode::v128_const, Kind::v128_const, ValueType::v128},
    {Opcode::ref_null, Kind::ref_null, ValueType::funcref},
    {Opcode::ref_func, Kind::ref_func, ValueType::funcref},
    {Opcode::global_get, Kind::global_get, ValueType::i32},
    {Opcode::i32_add, Kind::i32_add, ValueType::i32, true},
    {Opcode::i32_sub, Kind::i32_sub, ValueType::i32, true},
    {Opcode::i32_mul, Kind::i32_mul, ValueType::i32, true},
    {Opcode::i64_add, Kind::i64_add, ValueType::i64, true},
    {Opcode::i64_sub, Kind::i64_sub, ValueType::i64, true},
    {Opcode::i64_mul, Kind::i64_mul, ValueType::i64, true},
};

const ConstantRule* find_rule(Opcode opcode, FeatureSet features) {
  const ConstantRule* rule = std::ranges::find(kRules, opcode, &ConstantRule::opcode);
  if (rule == std::end(kRules) || (rule->is_binary && !features.has(Feature::extended_const))) return nullptr;
  return rule;
}

}  // namespace

bool ModuleReader::constant_expression(CheckedReader& in, ValueType type, ConstantExpression& out) {
  const std::uint64_t start = in.offset();
  OperatorReader reader(in.unread(), start, features_, &module_.canonical_types);
  constant_stack_.clear();
  while (true) {
    if (auto read = reader.next(operator_); !read) return in.adopt(std::move(read.error()));
    if (operator_.opcode() == Opcode::end) break;
    if (!in.within(out.size() + 1, kMaxConstantOperators, "constant expression", "operators")) return false;
    if (!constant_operator(in, out)) return false;
  }
  if (constant_stack_.size() != 1 || !is_subtype(constant_stack_.back(), type)) {
    return in.invalid_at(start, "type mismatch: constant expression must leave one " + text_of(type));
  }
  in.skip(reader.offset() - start);
  return true;
}

bool ModuleReader::constant_operator(CheckedReader& in, ConstantExpression& out) {
  const ConstantRule* rule = find_rule(operator_.opcode(), features_);
  if (rule == nullptr) {
    return in.invalid_at(operator_.offset,
                         "constant expression required: found " + std::string(operator_.info->text));
  }
  ConstantOperator result{rule->kind, {operator_.bits[0], operator_.bits[1]}};
  ValueType type = rule->result;
  if (rule->is_binary) {
    result.value[0] = result.value[1] = 0;
    if (!constant_operands(in, type)) return false;
  } else if (rule->kind >= Kind::ref_null && !constant_index(in, result, type)) {
    return false;
  }
  constant_stack_.push_back(type);
  out.push_back(result);
  return true;
}

// Fills in what the operators with an index or a type say, and gives the type
// of their value.
bool ModuleReader::constant_index(CheckedReader& in, ConstantOperator& out, ValueType& type) {
  const std::uint32_t index = operator_.index;
  out.value[0] = index;
  out.value[1] = 0;
  if (out.kind == Kind::ref_null) {
    out.value[0] = 0;
    type = operator_.type;
    return true;
  }
  if (out.kind == Kind::ref_func) {
    if (!exists(in, operator_.offset, index, module_.functions.size(), "function")) return false;
    declare(index);
    type = module_.reference_type(index);
    return true;
  }
  // Those before this place: what initialises a global is read before the global is
  // added, and the table section comes before that of globals. Before WebAssembly
  // 3.0 they had to be imported.
  const std::size_t visible =
      features_.has(Feature::extended_const) ? module_.globals.size() : module_.imported_globals;
  if (!exists(in, operator_.offset, index, visible, "global")) return false;
  type = module_.globals[index].type.value;
  return !module_.globals[index].type.is_mutable ||
         in.invalid_at(operator_.offset, "constant expression required: the global is mutable");
}

bool ModuleReader::constant_operands(CheckedReader& in, ValueType type) {
  for (int i = 0; i < 2; ++i) {
    if (constant_stack_.empty() || constant_stack_.back() != type) {
      return in.invalid_at(operator_.offset, "type mismatch: " + std::string(operator_.info->text) +
                                                 " expects two " + text_of(type));
    }
    constant_stack_.pop_back();
  }
  return true;
}

}  // namespace tenon::wasm
