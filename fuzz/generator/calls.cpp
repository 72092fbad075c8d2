#include <algorithm>

#include "body.hpp"

namespace tenon::fuzz {

FunctionType Body::type_of(const Callee& callee) const {
  return callee.form == Form::direct ? shape_.type_of(callee.function) : shape_.types[callee.function];
}

// A table that holds a function of the type where the module starts, if any does.
std::optional<Body::Callee> Body::in_a_table(std::uint32_t type) {
  std::vector<Callee> found;
  for (std::uint32_t table = 0; table < shape_.tables.size(); ++table) {
    const auto& contents = shape_.tables[table].contents;
    if (!is_function_reference(shape_.tables[table].element)) continue;
    if (random_.percent(5)) found.push_back({Form::indirect, type, table, std::nullopt});
    for (std::uint32_t place = 0; place < contents.size(); ++place) {
      if (contents[place] && shape_.functions[*contents[place]] == type)
        found.push_back({Form::indirect, type, table, place});
    }
  }
  if (found.empty()) return std::nullopt;
  return random_.pick(found);
}

Body::Callee Body::pick_callee(std::uint32_t function) {
  const auto roll = random_.below(3);
  if (roll == 1) return {Form::reference, shape_.functions[function]};
  if (roll == 2) {
    if (const auto callee = in_a_table(shape_.functions[function])) return *callee;
  }
  return {Form::direct, function};
}

void Body::call(const Callee& callee, bool tail, int depth) {
  const FunctionType type = type_of(callee);
  const auto operands = type.parameters.size() + type.results.size();
  spend(2 + operands / 3);
  burn(tail ? 1 : shape_.call_cost + static_cast<std::uint32_t>(operands) / 8);
  for (const Type t : type.parameters) expression(t, depth - 1);
  switch (callee.form) {
    case Form::direct: op(tail ? 0x12 : 0x10).unsigned_number(callee.function); break;
    case Form::indirect: {
      const Limits& limits = shape_.tables[callee.table].limits;
      if (callee.place && random_.percent(85)) {
        address_constant(limits, *callee.place);
      } else {
        index_into(limits, depth - 1);
      }
      op(tail ? 0x13 : 0x11).unsigned_number(callee.function).unsigned_number(callee.table);
      break;
    }
    case Form::reference: {
      const auto heap = static_cast<std::int32_t>(callee.function);
      expression({random_.percent(80) ? kRef : kRefNull, heap}, depth - 1);
      op(tail ? 0x15 : 0x14).unsigned_number(callee.function);
      break;
    }
  }
}

void Body::call_statement(int depth) {
  const Callee callee = pick_callee(random_.below(shape_.functions.size()));
  call(callee, false, depth);
  const Types results = type_of(callee).results;
  for (auto t = results.rbegin(); t != results.rend(); ++t) store_result(*t);
}

// A call of which one result is kept; false where none is at hand.
bool Body::call_expression(Type t, int depth) {
  const auto function = random_.below(shape_.functions.size());
  const Types results = shape_.type_of(function).results;
  const auto kept = std::ranges::find_if(results, [t](Type result) { return is_subtype(result, t); });
  if (kept == results.end()) return false;
  const auto local = std::ranges::find(locals_, *kept);
  if (kept != results.begin() && local == locals_.end()) return false;
  call(pick_callee(function), false, depth);
  for (auto at = results.end() - 1; at != kept; --at) store_result(*at);
  if (kept == results.begin()) return true;
  op(0x21).unsigned_number(static_cast<std::uint64_t>(local - locals_.begin()));
  for (auto at = kept; at != results.begin(); --at) op(0x1A);
  op(0x20).unsigned_number(static_cast<std::uint64_t>(local - locals_.begin()));
  return true;
}

bool Body::tail_call(int depth) {
  std::vector<std::uint32_t> candidates;
  for (std::uint32_t f = 0; f < shape_.functions.size(); ++f)
    if (are_subtypes(shape_.type_of(f).results, type_.results)) candidates.push_back(f);
  if (candidates.empty()) return false;
  call(pick_callee(random_.pick(candidates)), true, depth);
  return true;
}

void Body::throw_something(int depth) {
  if (shape_.legacy_exceptions) {
    for (std::size_t label = 0; label < labels_.size(); ++label) {
      if (labels_[labels_.size() - 1 - label].is_catch && random_.percent(50)) {
        op(0x09).unsigned_number(label);  // rethrow
        return;
      }
    }
  } else if (random_.percent(25)) {
    expression(exnref, depth - 1);
    op(0x0A);  // throw_ref
    return;
  }
  const auto tag = random_.below(shape_.tags.size());
  const Types values = shape_.types[shape_.tags[tag]].parameters;
  spend(values.size() / 3);
  for (const Type t : values) expression(t, depth - 1);
  op(0x08).unsigned_number(tag);
}

// A value, or what a handler makes of it.
void Body::handled(Type t, int depth) {
  shape_.legacy_exceptions ? handled_by_legacy(t, depth) : handled_by_table(t, depth);
}

Body::Catch Body::pick_catch() {
  Catch made{static_cast<std::uint8_t>(random_.below(4)), random_.below(shape_.tags.size()), {}};
  if (made.kind < 2) made.values = shape_.types[shape_.tags[made.tag]].parameters;
  constexpr std::size_t kMostResults = 1'000;  // of a block, to V8
  if (made.values.size() == kMostResults) made.kind = 0;
  if (made.kind % 2 == 1) made.values.push_back(exnref);
  spend(made.values.size() / 3);
  return made;
}

//   block $done (result t)
//     block $0 (result values of catch 0)  block $1 …
//       try_table (result t) (catch … $0) (catch … $1)  …  end
//       br $done
//     end  …handler 1…  br $done
//     end  …handler 0…
//   end
void Body::handled_by_table(Type t, int depth) {
  std::vector<Catch> catches;
  for (auto left = random_.between(1, 3); left > 0; --left) catches.push_back(pick_catch());
  op(0x02), block_type({t});
  labels_.push_back({{t}});
  for (const Catch& one : catches) {
    op(0x02), block_type(one.values);
    labels_.push_back({one.values});
  }
  op(0x1F), block_type({t});
  code_.unsigned_number(catches.size());
  for (std::size_t i = 0; i < catches.size(); ++i) {
    code_.byte(catches[i].kind);
    if (catches[i].kind < 2) code_.unsigned_number(catches[i].tag);
    code_.unsigned_number(catches.size() - 1 - i);
  }
  labels_.push_back({{t}});
  if (random_.percent(30)) {
    if_statement(depth - 1);
  } else {
    statements(depth - 1);
  }
  expression(t, depth - 1);
  labels_.pop_back();
  op(0x0B);
  op(0x0C).unsigned_number(catches.size());
  for (std::size_t i = catches.size(); i-- > 0;) {
    op(0x0B);
    labels_.pop_back();
    for (auto value = catches[i].values.rbegin(); value != catches[i].values.rend(); ++value)
      store_result(*value);
    statement(depth - 2);
    expression(t, depth - 2);
    if (i != 0) op(0x0C).unsigned_number(i);
  }
  labels_.pop_back();
  op(0x0B);
}

void Body::handled_by_legacy(Type t, int depth) {
  op(0x06), block_type({t});
  labels_.push_back({{t}});
  statements(depth - 1);
  expression(t, depth - 1);
  if (random_.percent(25)) {
    labels_.pop_back();
    op(0x18).unsigned_number(random_.below(labels_.size()));  // delegate, which ends the block
    return;
  }
  labels_.back().is_catch = true;
  for (auto left = random_.below(3); left > 0; --left) {
    const auto tag = random_.below(shape_.tags.size());
    const Types values = shape_.types[shape_.tags[tag]].parameters;
    op(0x07).unsigned_number(tag);
    for (auto value = values.rbegin(); value != values.rend(); ++value) store_result(*value);
    if_statement(depth - 2);
    expression(t, depth - 2);
  }
  if (random_.percent(50)) {
    op(0x19);  // catch_all
    statement(depth - 2);
    expression(t, depth - 2);
  }
  labels_.pop_back();
  op(0x0B);
}

}  // namespace tenon::fuzz
