// The operators whose stack signature depends on context. Their immediates have
// been checked before.
#include <algorithm>

#include "wasm/validate/subtyping.hpp"
#include "wasm/validate/validator.hpp"

namespace tenon::wasm {
bool Validator::apply_rule() {
  ValueType any = kUnknown;
  switch (operator_.opcode()) {
    case Opcode::unreachable: set_unreachable(); return true;
    case Opcode::block:
    case Opcode::loop:
    case Opcode::if_: return rule_block();
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
    case Opcode::call_ref:
    case Opcode::return_call_ref: return rule_call_ref();
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
    case Opcode::ref_as_non_null: return rule_as_non_null();
    case Opcode::br_on_null: return rule_branch_on_null();
    case Opcode::br_on_non_null: return rule_branch_on_non_null();
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
  if (frame.kind == Opcode::if_ && !match(frame.start, frame.end)) {
    return invalid("type mismatch: if without else must hand on its parameters as results");
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
  if (!match(type.results, type_->results)) {
    return invalid("type mismatch: " + std::string(operator_.info->text) + " of a function " + text_of(type) +
                   " from one " + text_of(*type_));
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
  const auto is_number = [](ValueType type) {
    return type == kUnknown || (has_default(type) && !is_reference(type));
  };
  if (!is_number(first) || !is_number(second)) {
    return invalid("type mismatch: select without a type expects numbers or vectors");
  }
  if (first != second && first != kUnknown && second != kUnknown) {
    return invalid("type mismatch: select of " + text_of(first) + " and " + text_of(second));
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
  const bool needs_value = !has_default(type) && operator_.index >= type_->parameters.size();
  if (opcode == Opcode::local_get) {
    // Safety: without this a null could come out of a local that has none.
    if (needs_value && !is_initialised(operator_.index)) {
      return invalid("uninitialized local " + std::to_string(operator_.index));
    }
    return push(type);
  }
  if (!pop(type)) return false;
  if (needs_value) initialise(operator_.index);
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
    if (!declared_[operator_.index]) return invalid("undeclared function reference");
    const bool typed = features_.has(Feature::function_references);
    return push(typed ? module_.reference_type(operator_.index) : ValueType::funcref);
  }
  ValueType type = kUnknown;
  return pop_reference(type) && push(ValueType::i32);
}

bool Validator::rule_as_non_null() {
  ValueType type = kUnknown;
  return pop_reference(type) && push(non_null(type));
}

// Branches without the reference, goes on with one that is not null.
bool Validator::rule_branch_on_null() {
  const Types types = label_types(operator_.index);
  ValueType type = kUnknown;
  return pop_reference(type) && pop(types) && push(types) && push(non_null(type));
}

// Branches with the reference, which then is not null, goes on without.
bool Validator::rule_branch_on_non_null() {
  const Types types = label_types(operator_.index);
  if (types.empty()) return invalid("type mismatch: br_on_non_null to a label without a reference");
  ValueType type = kUnknown;
  return pop_reference(type) && push(non_null(type)) && pop(types) && push(types.first(types.size() - 1));
}

// Safety: that the function has this type is known from here alone; generated
// code checks for null and no more.
bool Validator::rule_call_ref() {
  const FunctionType& type = module_.types[operator_.index];
  if (!pop(detail::reference_to_number(module_.canonical_types[operator_.index]))) return false;
  return operator_.opcode() == Opcode::call_ref ? rule_call(type) : rule_tail_call(type);
}

}  // namespace tenon::wasm
