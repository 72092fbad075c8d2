#include "compiler/analyze/body_cost.hpp"

#include <algorithm>

#include "compiler/analyze/fuel.hpp"
#include "wasm/families.hpp"

namespace tenon::compiler {

using wasm::Opcode;
using wasm::Operator;

namespace {
std::uint64_t squares(const FunctionType& type) {
  return type.parameters.size() * type.parameters.size() + type.results.size() * type.results.size();
}
}  // namespace

BodyCost& BodyCost::operator+=(const BodyCost& other) {
  bytes += other.bytes;
  moved += other.moved;
  crowded += other.crowded;
  joined += other.joined;
  live += other.live;
  return *this;
}

BodyCost CostMeter::measure(std::uint32_t body) {
  begin(body);
  const auto& [locals, code, offset, tail_calls, exceptions] = source_.bodies[body];
  wasm::OperatorReader reader(code, offset, features_, &source_.canonical_types);
  Operator op;
  while (!constructs_.empty() && reader.next(op)) {
    ++now_;
    unreachable_ ? skip(op) : step(op);
  }
  settle();
  return cost_;
}

void CostMeter::begin(std::uint32_t body) {
  const FunctionType& type = source_.function_type(source_.imported_functions + body);
  cost_ = {.bytes = source_.bodies[body].code.size(),
           .moved = type.parameters.size() + type.results.size(),
           .crowded = type.parameters.size() * type.parameters.size()};
  constructs_.clear();
  parts_.clear();
  open_.clear();
  loops_.clear();
  handlers_.clear();
  block_ = height_ = tail_calls_ = 0;
  unreachable_ = is_charged_ = false;
  skipped_ = 0;
  began_ = ++now_;
  constructs_.push_back({.opcode = Opcode::block, .results = type.results.size()});
  open_part(false);
}

// Adds up what stands in the parts as differences. At the end of the function
// nothing is live but its results.
void CostMeter::settle() {
  for (std::size_t i = parts_.size(); i-- > 1;) {
    const Part& part = parts_[i];
    Part& parent = parts_[part.parent];
    parent.set += part.set;
    parent.exposed += part.exposed;
    parent.crossings += part.crossings;
    if (part.ways < 2) continue;
    cost_.joined += static_cast<std::uint64_t>(std::max<std::int64_t>(part.crossings, 0)) * part.ways;
    if (part.is_loop) {
      cost_.joined +=
          static_cast<std::uint64_t>(std::max<std::int64_t>(std::min(part.set, part.exposed), 0)) * part.ways;
    }
  }
}

// As lowering does (lower_fuel.cpp): each charge is a branch to a trap.
void CostMeter::charge(const Operator& op) {
  if (!is_charged_ && fuel_of(op.opcode()) > 0) {
    is_charged_ = true;
    start_block();
  }
  if (bulk_unit(op.opcode()) != BulkFuel::Unit::none) start_block();
  if (ends_segment(*op.info)) is_charged_ = false;
}

void CostMeter::step(const Operator& op) {
  if (metering_) charge(op);
  if (op.info->signature != "*") {
    apply_signature(op.info->signature);
    if (checks(op)) start_block();
    return;
  }
  using wasm::Family;
  switch (op.info->family) {
    case Family::control: return step_control(op);
    case Family::call: return step_call(op);
    case Family::tail_call: return step_tail_call(op);
    case Family::exception: return step_exception(op);
    default: return step_variable(op);
  }
}

void CostMeter::apply_signature(std::string_view signature) {
  const std::size_t colon = signature.find(':');
  pop(colon);
  push(signature.size() - colon - 1);
}

// As lowering does (lower_control.cpp): of dead code only the nesting matters.
void CostMeter::skip(const Operator& op) {
  switch (op.opcode()) {
    case Opcode::block:
    case Opcode::loop:
    case Opcode::if_:
    case Opcode::try_:
    case Opcode::try_table: ++skipped_; return;
    case Opcode::else_:
    case Opcode::catch_:
    case Opcode::catch_all:
      if (skipped_ == 0) step(op);
      return;
    case Opcode::end:
    case Opcode::delegate:
      if (skipped_ == 0) {
        step(op);
      } else {
        --skipped_;
      }
      return;
    default: return;
  }
}

void CostMeter::step_control(const Operator& op) {
  using Op = wasm::ControlOpcode;
  switch (Op(op.opcode())) {
    case Op::unreachable: leave(); return;
    case Op::nop: return;
    case Op::block:
    case Op::loop: open(op); return;
    case Op::if_:
      pop(1);
      open(op);
      way_to(constructs_.back());
      start_block();
      return;
    case Op::else_: next_part(constructs_.back().parameters); return;
    case Op::end: close(); return;
    case Op::br:
      branch(op.index);
      leave();
      return;
    case Op::br_if:
      pop(1);
      branch(op.index);
      start_block();
      return;
    case Op::br_on_null:
    case Op::br_on_non_null:
      branch(op.index);
      start_block();
      if (op.opcode() == Opcode::br_on_non_null) pop(1);
      return;
    case Op::br_table: branch_table(op); return;
    case Op::return_:
      branch(static_cast<std::uint32_t>(constructs_.size() - 1));
      leave();
      return;
  }
}

void CostMeter::open(const Operator& op) {
  Construct construct{.opcode = op.opcode(), .first_part = open_.size()};
  if (op.block.kind == wasm::BlockType::Kind::value) construct.results = 1;
  if (op.block.kind == wasm::BlockType::Kind::type_index) {
    const FunctionType& type = source_.types[op.block.type_index];
    construct.parameters = type.parameters.size();
    construct.results = type.results.size();
  }
  pop(construct.parameters);
  construct.height = height_;
  push(construct.parameters);
  cost_.moved += construct.parameters + construct.results;
  const bool is_loop = op.opcode() == Opcode::loop;
  if (is_loop) {
    cost_.joined += loops_.size();
    loops_.push_back(constructs_.size());
  }
  constructs_.push_back(construct);
  open_part(is_loop);
  if (is_loop) {
    way_to(construct);
    start_block();
  }
}

void CostMeter::open_part(bool is_loop) {
  const std::uint32_t parent = open_.empty() ? 0 : open_.back().part;
  open_.push_back({.opened = now_, .part = static_cast<std::uint32_t>(parts_.size())});
  parts_.push_back({.parent = parent, .is_loop = is_loop});
}

// Of the innermost construct, whose body is a part of its own: what it calls may
// lead to the handler.
void CostMeter::open_handler() {
  constructs_.back().handles = true;
  cost_.joined += handlers_.size();  // what it does not catch goes on to each of those around it
  open_part(false);
  handlers_.push_back(open_.back().part);
}

void CostMeter::close_handler() {
  Construct& construct = constructs_.back();
  if (!construct.handles) return;
  construct.handles = false;
  handlers_.pop_back();
  open_.resize(construct.first_part + 1);
}

// Another way through the innermost construct.
void CostMeter::next_part(std::uint64_t operands) {
  close_handler();
  const Construct& construct = constructs_.back();
  if (!unreachable_) way_to(construct);
  unreachable_ = false;
  height_ = construct.height + operands;
  cost_.moved += operands + construct.results;
  start_block();
}

void CostMeter::close() {
  close_handler();
  const Construct construct = constructs_.back();
  constructs_.pop_back();
  if (construct.opcode == Opcode::loop) {
    loops_.pop_back();
    cost_.live += construct.live_in * block_ - construct.live_from;
  } else if (!unreachable_) {
    way_to(construct);
  }
  open_.resize(construct.first_part);
  unreachable_ = false;
  height_ = construct.height + construct.results;
  cost_.moved += construct.results;
  start_block();
}

void CostMeter::branch(std::uint32_t depth) {
  const Construct& construct = label(depth);
  cost_.moved += label_size(construct) + 1;
  way_to(construct);
}

// One way for each label, however many cases lead there.
void CostMeter::branch_table(const Operator& op) {
  pop(1);
  if (labels_.size() < constructs_.size()) labels_.resize(constructs_.size());
  for (const std::uint32_t depth : op.labels) {
    if (std::exchange(labels_[depth], now_) != now_) branch(depth);
  }
  cost_.moved += op.labels.size();
  leave();
}

void CostMeter::leave() {
  unreachable_ = true;
  height_ = constructs_.back().height;
  ++block_;
}

// What is on the stack lives on.
void CostMeter::start_block() {
  ++block_;
  cost_.live += height_;
}

// Whether its trap is a branch of its own.
bool CostMeter::checks(const Operator& op) const {
  switch (op.info->immediate) {
    case wasm::Immediate::memory_access:
    case wasm::Immediate::memory_lane:
      return bounds_ == Bounds::explicit_checks || source_.memories[op.memory].is_64;
    case wasm::Immediate::atomic_access:
    case wasm::Immediate::table: return true;
    default: break;
  }
  if (op.info->family == wasm::Family::division) return true;
  return op.info->family == wasm::Family::conversion && op.info->text.contains(".trunc_f");
}

void CostMeter::step_call(const Operator& op) {
  using Op = wasm::CallOpcode;
  const auto& types = source_.types;
  switch (Op(op.opcode())) {
    case Op::call: call(source_.function_type(op.index)); return;
    case Op::call_ref:
    case Op::call_indirect:
      pop(1);
      start_block();
      call(types[op.index]);
      return;
  }
}

void CostMeter::step_tail_call(const Operator& op) {
  const bool is_direct = op.opcode() == Opcode::return_call;
  const FunctionType& type = is_direct ? source_.function_type(op.index) : source_.types[op.index];
  // Both as a jump and, where the chain ends, as a call.
  cost_.moved += 2 * type.parameters.size() + 2 * type.results.size() + 1;
  cost_.crowded += 2 * squares(type);
  // The values that all these jumps need live until each of them, and for each the
  // back end goes through all others.
  cost_.live += ++tail_calls_ / 2;
  leave();
}

void CostMeter::call(const FunctionType& type) {
  cost_.moved += type.parameters.size() + type.results.size() + 1;
  cost_.crowded += squares(type);
  pop(type.parameters.size());
  push(type.results.size());
  if (handlers_.empty()) return;
  ++parts_[handlers_.back()].ways;
  start_block();
}

void CostMeter::step_exception(const Operator& op) {
  using Op = wasm::ExceptionOpcode;
  switch (Op(op.opcode())) {
    case Op::throw_: cost_.moved += source_.tag_type(op.index).parameters.size(); [[fallthrough]];
    case Op::throw_ref:
    case Op::rethrow:
      if (!handlers_.empty()) ++parts_[handlers_.back()].ways;
      leave();
      return;
    case Op::try_:
      open(op);
      open_handler();
      return;
    case Op::try_table: try_table(op); return;
    case Op::catch_: next_part(source_.tag_type(op.index).parameters.size()); return;
    case Op::catch_all: next_part(0); return;
    case Op::delegate: close(); return;
  }
}

void CostMeter::try_table(const Operator& op) {
  for (const wasm::CatchClause& clause : op.catches) {
    branch(clause.label);
    if (clause.has_tag()) cost_.moved += source_.tag_type(clause.tag).parameters.size();
    start_block();
  }
  open(op);
  open_handler();
}

void CostMeter::step_variable(const Operator& op) {
  switch (op.opcode()) {
    case Opcode::local_get:
      get(op.index);
      push(1);
      return;
    case Opcode::local_set: pop(1); [[fallthrough]];
    case Opcode::local_tee: set(op.index); return;
    case Opcode::drop:
    case Opcode::global_set: pop(1); return;
    case Opcode::select:
    case Opcode::select_t: pop(2); return;
    case Opcode::global_get:
    case Opcode::ref_null:
    case Opcode::ref_func: push(1); return;
    case Opcode::ref_as_non_null: start_block(); return;
    default: return;  // one value in the place of another
  }
}

}  // namespace tenon::compiler
