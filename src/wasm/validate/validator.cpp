// The stacks, and the loop over a body. The rules are in validator_rules.cpp
// and validator_immediates.cpp.
#include "wasm/validate/validator.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "wasm/checked_reader.hpp"
#include "wasm/limits.hpp"
#include "wasm/validate/subtyping.hpp"

namespace tenon::wasm {
namespace {

constexpr ValueType kSingles[] = {ValueType::i32,
                                  ValueType::i64,
                                  ValueType::f32,
                                  ValueType::f64,
                                  ValueType::v128,
                                  ValueType::funcref,
                                  ValueType::externref,
                                  ValueType::exnref,
                                  non_null(ValueType::funcref),
                                  non_null(ValueType::externref),
                                  non_null(ValueType::exnref)};

}  // namespace

std::expected<void, Error> Validator::check(const FunctionType& type, const FunctionBody& body) {
  begin(type, body);
  OperatorReader reader(body.code, body.offset, features_, &module_.canonical_types);
  while (!control_.empty()) {
    if (auto read = reader.next(operator_); !read) return read;
    if (!check_operator()) return std::unexpected(*std::exchange(error_, std::nullopt));
  }
  if (reader.at_end()) return {};
  return base::fail_at(Phase::read, ErrorCode::malformed, reader.offset(),
                       "END opcode expected: operators remain after the end of the function");
}

void Validator::begin(const FunctionType& type, const FunctionBody& body) {
  type_ = &type;
  operands_.clear();
  saw_tail_call_ = false;
  saw_try_ = false;
  open_tries_ = 0;
  forget_locals(0);
  // To what is inside, the function is a block that takes nothing.
  control_.assign(1, Frame{.kind = Opcode::block, .start = {}, .end = type.results});
  locals_.clear();
  std::uint64_t end = type.parameters.size();
  for (const LocalGroup& group : body.locals) {
    end += group.count;
    if (group.count != 0) locals_.push_back({end, group.type});
  }
}

bool Validator::check_operator() {
  if (!check_immediate()) return false;
  const std::string_view signature = operator_.info->signature;
  return signature == "*" ? apply_rule() : apply_signature(signature);
}

bool Validator::apply_signature(std::string_view signature) {
  ValueType types[4];
  std::size_t count = 0;
  for (const char letter : signature) {
    if (letter != ':') {
      types[count++] = type_of(letter);
      continue;
    }
    if (!pop(Types(types, count))) return false;
    count = 0;
  }
  return push(Types(types, count));
}

ValueType Validator::type_of(char letter) const {
  if (const auto type = value_type_of(letter)) return *type;
  switch (letter) {
    case 'e': return module_.tables[operator_.index].element;
    case 'a': return address_type();
    case 'b': return source_address_type();
    default:  // 'n': a size that may be as large as the smaller of both
      return address_type() == ValueType::i64 ? source_address_type() : ValueType::i32;
  }
}

// Of the memory or table that the operator names; of the target of a copy.
ValueType Validator::address_type() const {
  switch (operator_.info->immediate) {
    case Immediate::memory:
    case Immediate::two_memories: return module_.memories[operator_.index].address_type();
    case Immediate::memory_init: return module_.memories[operator_.index2].address_type();
    case Immediate::table:
    case Immediate::two_tables: return module_.tables[operator_.index].address_type();
    case Immediate::table_init:
    case Immediate::call_indirect: return module_.tables[operator_.index2].address_type();
    default: return module_.memories[operator_.memory].address_type();
  }
}

ValueType Validator::source_address_type() const {
  return operator_.info->immediate == Immediate::two_memories
             ? module_.memories[operator_.index2].address_type()
             : module_.tables[operator_.index2].address_type();
}

bool Validator::push(Types types) {
  if (types.size() > kMaxOperands - operands_.size()) [[unlikely]] {
    return over_limit(operands_.size() + types.size(), kMaxOperands, "operand stack", "values");
  }
  operands_.insert(operands_.end(), types.begin(), types.end());
  return true;
}

// Whether values of these types are on top. In unreachable code what is missing
// below has whatever type is wanted.
bool Validator::peek(Types types) {
  const std::size_t present = std::min(types.size(), available());
  if (present < types.size() && !control_.back().unreachable) return mismatch(types, present);
  if (present == 0) return true;
  return match(Types(operands_).last(present), types.last(present)) || mismatch(types, present);
}

bool Validator::pop(Types types) {
  if (!peek(types)) return false;
  operands_.resize(operands_.size() - std::min(types.size(), available()));
  return true;
}

bool Validator::pop_any(ValueType& type) {
  type = kUnknown;
  if (available() != 0) {
    type = operands_.back();
    operands_.pop_back();
    return true;
  }
  return control_.back().unreachable ||
         invalid("type mismatch: " + std::string(operator_.info->text) + " expects a value, found none");
}

bool Validator::pop_reference(ValueType& type) {
  if (!pop_any(type)) return false;
  return type == kUnknown || type == kUnknownReference || is_reference(type) ||
         invalid("type mismatch: " + std::string(operator_.info->text) + " expects a reference, found " +
                 text_of(type));
}

static bool handles(Opcode kind) { return kind == Opcode::try_ || kind == Opcode::try_table; }

bool Validator::push_frame(Opcode kind, Types start, Types end) {
  // The function's own frame is not a block.
  if (control_.size() > kMaxNesting) return over_limit(control_.size(), kMaxNesting, "nesting", "blocks");
  if (handles(kind) && ++open_tries_ > kMaxNestedTries)
    return over_limit(open_tries_, kMaxNestedTries, "nesting", "try blocks");
  control_.push_back({.kind = kind,
                      .start = start,
                      .end = end,
                      .height = operands_.size(),
                      .initialised = initialised_order_.size()});
  return push(start);
}

// Takes the results of the innermost frame from the stack, and the frame.
bool Validator::pop_frame(Frame& frame) {
  frame = control_.back();
  if (!pop(frame.end)) return false;
  if (available() != 0) {
    const std::string surplus = std::to_string(available());
    return invalid("type mismatch: " + surplus + " values too many at the end of a block");
  }
  // A local that was set in a block may not have been where the block is left.
  forget_locals(frame.initialised);
  if (handles(frame.kind)) --open_tries_;
  control_.pop_back();
  return true;
}

void Validator::set_unreachable() {
  operands_.resize(control_.back().height);
  control_.back().unreachable = true;
}

// A sequence of this one type that stays where it is, for frames to point at.
Validator::Types Validator::single(ValueType type) {
  if (!detail::has_number(type)) return Types(std::ranges::find(kSingles, type), 1);
  if (singles_.empty()) {
    singles_.reserve(module_.types.size());
    for (std::uint32_t i = 0; i < module_.types.size(); ++i) {
      const ValueType reference = detail::reference_to_number(i);
      singles_.push_back({reference, non_null(reference)});
    }
  }
  return Types(&singles_[detail::number_of(type)][has_default(type) ? 0 : 1], 1);
}

Validator::Types Validator::label_types(std::uint32_t depth) const {
  const Frame& frame = control_[control_.size() - 1 - depth];
  return frame.kind == Opcode::loop ? frame.start : frame.end;
}

std::uint64_t Validator::local_count() const {
  return locals_.empty() ? type_->parameters.size() : locals_.back().end;
}

ValueType Validator::local_type(std::uint32_t index) const {
  if (index < type_->parameters.size()) return type_->parameters[index];
  return std::ranges::upper_bound(locals_, index, {}, &LocalRange::end)->type;
}

void Validator::initialise(std::uint32_t local) {
  if (initialised_.size() <= local) initialised_.resize(kMaxLocals);
  if (initialised_[local]) return;
  initialised_[local] = true;
  initialised_order_.push_back(local);
}

// All but the first so many that were set.
void Validator::forget_locals(std::size_t count) {
  for (std::size_t i = count; i < initialised_order_.size(); ++i) initialised_[initialised_order_[i]] = false;
  initialised_order_.resize(count);
}

bool Validator::invalid(std::string message) {
  return fail(Phase::validate, ErrorCode::invalid, std::move(message));
}

bool Validator::malformed(std::string message) {
  return fail(Phase::read, ErrorCode::malformed, std::move(message));
}

bool Validator::fail(Phase phase, ErrorCode code, std::string message) {
  error_ = base::fail_at(phase, code, operator_.offset, std::move(message)).error();
  return false;
}

bool Validator::over_limit(std::uint64_t actual, std::uint64_t limit, std::string_view what,
                           std::string_view things) {
  error_ = limit_error(operator_.offset, actual, limit, what, things);
  return false;
}

// Names the operand nearest to the top that is missing or of another type.
bool Validator::mismatch(Types expected, std::size_t present) {
  const std::string who = "type mismatch: " + std::string(operator_.info->text) + " expects ";
  for (std::size_t depth = 0; depth < present; ++depth) {
    const ValueType wanted = expected[expected.size() - 1 - depth];
    const ValueType found = operands_[operands_.size() - 1 - depth];
    if (matches(found, wanted)) continue;
    const std::string what = found == kUnknownReference ? "a reference" : text_of(found);
    return invalid(who + text_of(wanted) + ", found " + what);
  }
  const ValueType wanted = expected[expected.size() - 1 - present];
  return invalid(who + text_of(wanted) + ", found no value");
}

}  // namespace tenon::wasm
