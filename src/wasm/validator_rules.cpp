// The operators whose stack signature depends on context. Their immediates have
// been checked before.
#include <algorithm>

#include "wasm/validator.hpp"

namespace tenon::wasm {
namespace {

using Types = Validator::Types;

constexpr ValueType kSingles[] = {ValueType::i32,       ValueType::i64,   ValueType::f32,
                                  ValueType::f64,       ValueType::v128,  ValueType::funcref,
                                  ValueType::externref, ValueType::exnref};

// A sequence of this one type that lives for ever, for frames to point at.
Types single(ValueType type) {
  for (const ValueType& one : kSingles) {
    if (one == type) return Types(&one, 1);
  }
  return {};
}

bool same(Types a, Types b) { return std::ranges::equal(a, b); }

}  // namespace

bool Validator::apply_rule() {
  ValueType any = kUnknown;
  switch (operator_.opcode()) {
    case Opcode::unreachable: set_unreachable(); return true;
    case Opcode::block:
    case Opcode::loop:
    case Opcode::if_:
    case Opcode::try_:
    case Opcode::try_table: saw_try_ = true; return rule_block();
    case Opcode::else_: return rule_else();
    case Opcode::end: return rule_end();
    case Opcode::throw_:
    case Opcode::throw_ref: return rule_throw();
    case Opcode::catch_:
    case Opcode::catch_all: return rule_catch();
    case Opcode::rethrow: return rule_rethrow();
    case Opcode::delegate: return rule_delegate();
    case Opcode::br:
      if (!pop(label_types(operator_.index))) return false;
      set_unreachable();
      return true;
    case Opcode::br_if: return rule_branch_if();
    case Opcode::br_table: return rule_branch_table();
    case Opcode::return_: return rule_return();
    case Opcode::call: return rule_call(module_.function_type(operator_.index));
    case Opcode::call_indirect: return pop(address_type()) && rule_call(module_.types[operator_.index]);
    case Opcode::return_call: return rule_tail_call(module_.function_type(operator_.index));
    case Opcode::return_call_indirect:
      return pop(address_type()) && rule_tail_call(module_.types[operator_.index]);
    case Opcode::drop: return pop_any(any);
    case Opcode::select: return rule_select();
    case Opcode::select_t: return rule_typed_select();
    case Opcode::local_get:
    case Opcode::local_set:
    case Opcode::local_tee: return rule_local();
    case Opcode::global_get:
    case Opcode::global_set: return rule_global();
    case Opcode::ref_null:
    case Opcode::ref_is_null:
    case Opcode::ref_func: return rule_reference();
    default: break;
  }
  return fail(Phase::validate, ErrorCode::internal, "no rule for " + std::string(operator_.info->text));
}

bool Validator::rule_block() {
  const BlockType& block = operator_.block;
  Types start;
  Types end;
  if (block.kind == BlockType::Kind::value) {
    end = single(block.value);
  } else if (block.kind == BlockType::Kind::type_index) {
    start = module_.types[block.type_index].parameters;
    end = module_.types[block.type_index].results;
  }
  if (operator_.opcode() == Opcode::if_ && !pop(ValueType::i32)) return false;
  return pop(start) && push_frame(operator_.opcode(), start, end);
}

bool Validator::rule_else() {
  if (control_.back().kind != Opcode::if_) return malformed("else without if");
  Frame frame;
  return pop_frame(frame) && push_frame(Opcode::else_, frame.start, frame.end);
}

bool Validator::rule_end() {
  Frame frame;
  if (!pop_frame(frame)) return false;
  // What a missing else would do: hand on the parameters as they are.
  if (frame.kind == Opcode::if_ && !same(frame.start, frame.end)) {
    return invalid("type mismatch: if without else must have equal parameters and results");
  }
  return control_.empty() || push(frame.end);
}

bool Validator::rule_branch_if() {
  const Types types = label_types(operator_.index);
  return pop(ValueType::i32) && pop(types) && push(types);
}

bool Validator::rule_branch_table() {
  if (!pop(ValueType::i32)) return false;
  const auto& labels = operator_.labels;
  for (const std::uint32_t label : labels) {
    if (!exists(label, control_.size(), "label")) return false;
  }
  const Types last = label_types(labels.back());
  Types checked;
  for (const std::uint32_t label : labels) {
    const Types types = label_types(label);
    if (types.size() != last.size()) {
      return invalid("type mismatch: br_table targets have " + std::to_string(types.size()) + " and " +
                     std::to_string(last.size()) + " values");
    }
    if (types.data() == checked.data()) continue;
    if (!peek(types)) return false;
    checked = types;
  }
  set_unreachable();
  return true;
}

bool Validator::rule_return() {
  if (!pop(type_->results)) return false;
  set_unreachable();
  return true;
}

bool Validator::rule_call(const FunctionType& type) { return pop(type.parameters) && push(type.results); }

// The callee returns in place of this function.
bool Validator::rule_tail_call(const FunctionType& type) {
  saw_tail_call_ = true;
  if (!same(type.results, type_->results)) {
    return invalid("type mismatch: " + std::string(operator_.info->text) + " of a function " +
                   to_string(type) + " from one " + to_string(*type_));
  }
  if (!pop(type.parameters)) return false;
  set_unreachable();
  return true;
}

bool Validator::rule_throw() {
  const bool has_tag = operator_.opcode() == Opcode::throw_;
  if (!(has_tag ? pop(module_.tag_type(operator_.index).parameters) : pop(ValueType::exnref))) return false;
  set_unreachable();
  return true;
}

// Ends the part of a try before it, and begins one that has what the exception
// carries.
bool Validator::rule_catch() {
  const Opcode before = control_.back().kind;
  if (before != Opcode::try_ && before != Opcode::catch_) {
    return malformed(std::string(operator_.info->text) + " without try");
  }
  const bool has_tag = operator_.opcode() == Opcode::catch_;
  const Types carried = has_tag ? Types(module_.tag_type(operator_.index).parameters) : Types();
  Frame frame;
  return pop_frame(frame) && push_frame(operator_.opcode(), carried, frame.end);
}

// Only where an exception has been caught is there one to throw again.
bool Validator::rule_rethrow() {
  const Opcode kind = control_[control_.size() - 1 - operator_.index].kind;
  if (kind != Opcode::catch_ && kind != Opcode::catch_all) return invalid("invalid rethrow label");
  set_unreachable();
  return true;
}

// Its label may be that of the function, which hands exceptions to the caller.
bool Validator::rule_delegate() {
  if (control_.back().kind != Opcode::try_) return malformed("delegate without try");
  Frame frame;
  return pop_frame(frame) && exists(operator_.index, control_.size(), "label") && push(frame.end);
}

bool Validator::rule_select() {
  ValueType first = kUnknown;
  ValueType second = kUnknown;
  if (!pop(ValueType::i32) || !pop_any(second) || !pop_any(first)) return false;
  if (is_reference(first) || is_reference(second)) {
    return invalid("type mismatch: select without a type expects numbers or vectors");
  }
  if (first != second && first != kUnknown && second != kUnknown) {
    return invalid("type mismatch: select of " + std::string(to_string(first)) + " and " +
                   std::string(to_string(second)));
  }
  return push(first == kUnknown ? second : first);
}

bool Validator::rule_typed_select() {
  if (operator_.select_types.size() != 1) return invalid("invalid result arity");
  const ValueType type = operator_.type;
  return pop(ValueType::i32) && pop(type) && pop(type) && push(type);
}

bool Validator::rule_local() {
  const ValueType type = local_type(operator_.index);
  const Opcode opcode = operator_.opcode();
  if (opcode != Opcode::local_get && !pop(type)) return false;
  return opcode == Opcode::local_set || push(type);
}

bool Validator::rule_global() {
  const GlobalType& type = module_.globals[operator_.index].type;
  if (operator_.opcode() == Opcode::global_get) return push(type.value);
  if (!type.is_mutable) return invalid("immutable global: global is immutable");
  return pop(type.value);
}

bool Validator::rule_reference() {
  if (operator_.opcode() == Opcode::ref_null) return push(operator_.type);
  if (operator_.opcode() == Opcode::ref_func) {
    return declared_[operator_.index] ? push(ValueType::funcref) : invalid("undeclared function reference");
  }
  ValueType type = kUnknown;
  if (!pop_any(type)) return false;
  if (type != kUnknown && !is_reference(type)) {
    return invalid("type mismatch: ref.is_null expects a reference, found " + std::string(to_string(type)));
  }
  return push(ValueType::i32);
}

}  // namespace tenon::wasm
