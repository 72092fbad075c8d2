#include "body.hpp"

#include <algorithm>

namespace tenon::fuzz {

Body::Body(Shape& shape, std::uint32_t function, Random& random)
    : shape_(shape),
      function_(function),
      type_(shape.type_of(function)),
      random_(random),
      locals_(type_.parameters) {
  for (const Type t : {f32, f64, v128, i32, i64, v128, f64, i32, funcref, externref}) locals_.push_back(t);
  if (!shape.legacy_exceptions) locals_.push_back(exnref);
  const auto first = static_cast<std::uint32_t>(type_.parameters.size());
  scratch_f32_ = first, scratch_f64_ = first + 1, scratch_v128_ = first + 2;
  for (auto left = random.below(4); left > 0; --left)
    locals_.push_back({kRefNull, static_cast<std::int32_t>(random.below(shape.referable))});
  frame_first_ = static_cast<std::uint32_t>(locals_.size());
  if (random.percent(4)) frame_size_ = random.between(20, 600);
  locals_.insert(locals_.end(), frame_size_, random.percent(50) ? v128 : i64);
  budget_ = static_cast<int>(random.between(4, random.percent(2) ? 400 : shape.most_statements));
}

Bytes Body::make() {
  labels_.push_back({type_.results});
  if (frame_size_ != 0) big_frame(false);
  statements(4);
  if (frame_size_ != 0) big_frame(true);
  if (random_.percent(30) && tail_call(2)) {
    // The end of a function that ends with a tail call is not reached.
  } else {
    for (const Type t : type_.results) expression(t, 2);
  }
  op(0x0B);
  Bytes body;
  const std::size_t declared = locals_.size() - type_.parameters.size();
  body.unsigned_number(declared);
  for (std::size_t i = type_.parameters.size(); i < locals_.size(); ++i) {
    body.unsigned_number(1);
    write(body, locals_[i]);
  }
  return body.append(code_);
}

// Locals that live through the whole function, so that they take up stack.
void Body::big_frame(bool at_end) {
  const bool vectors = locals_[frame_first_] == v128;
  const bool is_64 = shape_.memories[0].is_64;
  for (std::uint32_t i = 0; i < frame_size_; ++i) {
    const std::uint32_t place = 16 * (i % 1024);
    is_64 ? op(0x42).signed_number(place) : op(0x41).signed_number(place);
    if (at_end) op(0x20).unsigned_number(frame_first_ + i);
    if (vectors) {
      op(0xFD, at_end ? 11 : 0);
    } else {
      op(at_end ? 0x37 : 0x29);
    }
    code_.unsigned_number(0).unsigned_number(at_end ? 32 : 0);
    if (!at_end) op(0x21).unsigned_number(frame_first_ + i);
  }
}

void Body::block_type(const Types& types) {
  if (types.empty()) {
    code_.byte(0x40);
  } else if (types.size() == 1) {
    write(code_, types[0]);
  } else {
    code_.signed_number(shape_.number_of({{}, types}));
  }
}

// Leaves the function where less than that is left.
void Body::burn(std::uint32_t fuel) {
  op(0x23).unsigned_number(shape_.fuel);
  op(0x41).signed_number(fuel);
  op(0x48);  // i32.lt_s
  op(0x04).byte(0x40);
  if (type_.results.size() <= 8) {
    for (const Type t : type_.results) terminal(t);
    op(0x0F);
  } else {
    op(0x00);
  }
  op(0x0B);
  op(0x23).unsigned_number(shape_.fuel);
  op(0x41).signed_number(fuel);
  op(0x6B);
  op(0x24).unsigned_number(shape_.fuel);
}

std::optional<std::uint32_t> Body::local_for(Type t, bool to_set) {
  std::vector<std::uint32_t> found;
  const auto looked_at = std::min<std::size_t>(locals_.size(), 2'000);
  for (std::uint32_t i = 0; i < looked_at; ++i) {
    // What is in there may be a NaN that is not canonical.
    if (i >= scratch_f32_ && i <= scratch_v128_) continue;
    if (to_set ? is_subtype(t, locals_[i]) : is_subtype(locals_[i], t)) found.push_back(i);
  }
  if (found.empty()) return std::nullopt;
  return random_.pick(found);
}

void Body::store_result(Type t) {
  const auto local = local_for(t, true);
  if (local && random_.percent(60)) {
    op(0x21).unsigned_number(*local);
  } else {
    op(0x1A);
  }
}

void Body::statements(int depth) {
  for (auto left = random_.between(1, 4); left > 0 && budget_ > 0; --left) statement(depth);
}

void Body::statement(int depth) {
  spend(1);
  if (depth <= 0 || budget_ <= 0) return;
  switch (random_.below(14)) {
    case 0:
    case 1: {
      const auto local = random_.below(locals_.size());
      expression(locals_[local], depth - 1);
      op(0x21).unsigned_number(local);
      break;
    }
    case 2: {
      const auto global = random_.below(shape_.globals.size());
      if (!shape_.globals[global].is_mutable || global == shape_.fuel) break;
      expression(shape_.globals[global].type, depth - 1);
      op(0x24).unsigned_number(global);
      break;
    }
    case 3:
    case 4: memory_statement(depth); break;
    case 5: table_statement(depth); break;
    case 6: if_statement(depth); break;
    case 7: loop_statement(depth); break;
    case 8: branch(depth); break;
    case 9:
      handled(i64, depth);
      store_result(i64);
      break;
    default: call_statement(depth); break;
  }
}

// What leaves the function or throws stands in an arm, so that the rest is reached too.
void Body::if_statement(int depth) {
  expression(i32, depth - 1);
  op(0x04).byte(0x40);
  labels_.push_back({});
  const auto roll = random_.below(10);
  if (roll < 4) {
    if (!tail_call(depth - 1)) statements(depth - 1);
  } else if (roll < 6) {
    throw_something(depth - 1);
  } else {
    statements(depth - 1);
  }
  if (random_.percent(50)) {
    op(0x05);
    statements(depth - 1);
  }
  labels_.pop_back();
  op(0x0B);
}

void Body::loop_statement(int depth) {
  op(0x03).byte(0x40);
  labels_.push_back({});
  burn(1 + shape_.full_fuel / 100);
  statements(depth - 1);
  expression(i32, depth - 2);
  op(0x0D).unsigned_number(0);
  labels_.pop_back();
  op(0x0B);
}

// To a label around it; not to a loop's unless fuel was burned, which its start does.
void Body::branch(int depth) {
  const auto label = random_.below(labels_.size());
  const Types types = labels_[labels_.size() - 1 - label].types;
  if (types.size() > 4) return;
  for (const Type t : types) expression(t, depth - 1);
  expression(i32, depth - 2);
  if (types.empty() && random_.percent(30)) {
    // br_table leaves a block of its own, or goes further.
    op(0x21).unsigned_number(*local_for(i32, true));
    op(0x02).byte(0x40);
    op(0x20).unsigned_number(*local_for(i32, false));
    op(0x0E).unsigned_number(2).unsigned_number(0).unsigned_number(label + 1).unsigned_number(0);
    op(0x0B);
    return;
  }
  op(0x0D).unsigned_number(label);
  for (auto t = types.rbegin(); t != types.rend(); ++t) store_result(*t);
}

void Body::memory_statement(int depth) {
  const auto memory = random_.below(shape_.memories.size());
  const Limits& limits = shape_.memories[memory];
  switch (random_.below(12)) {
    case 0:
      address_constant(limits, random_.below(2));
      op(0x40).unsigned_number(memory);
      op(0x1A);
      return;
    case 1:
      address(memory, depth - 1);
      expression(i32, depth - 2);
      address_constant(limits, random_.below(300));
      op(0xFC, 11).unsigned_number(memory);  // memory.fill
      return;
    case 2: {
      const auto from = random_.below(shape_.memories.size());
      address(memory, depth - 1);
      address(from, depth - 1);
      const bool both_64 = limits.is_64 && shape_.memories[from].is_64;
      address_constant({0, 0, both_64}, random_.below(300));
      op(0xFC, 10).unsigned_number(memory).unsigned_number(from);
      return;
    }
    default: break;
  }
  struct Store {
    Type type;
    std::uint8_t code;
    std::uint32_t alignment;
  };
  static const std::vector<Store> kStores = {{i32, 0x36, 2}, {i64, 0x37, 3}, {f32, 0x38, 2},
                                             {f64, 0x39, 3}, {i32, 0x3A, 0}, {i32, 0x3B, 1},
                                             {i64, 0x3C, 0}, {i64, 0x3E, 2}, {v128, 0xFD, 4}};
  const Store& store = random_.pick(kStores);
  address(memory, depth - 1);
  expression(store.type, depth - 1);
  store.code == 0xFD ? op(0xFD, 11) : op(store.code);
  memory_argument(memory, store.alignment);
}

void Body::table_statement(int depth) {
  const auto number = random_.below(shape_.tables.size());
  const Table& table = shape_.tables[number];
  switch (random_.below(6)) {
    case 0:
      expression(table.element, depth - 1);
      small_index(table.limits, 4);
      op(0xFC, 15).unsigned_number(number);  // table.grow
      op(0x1A);
      break;
    case 1:
      small_index(table.limits, table.limits.minimum);
      expression(table.element, depth - 1);
      small_index(table.limits, 3);
      op(0xFC, 17).unsigned_number(number);  // table.fill
      break;
    case 2: {
      const auto from = random_.below(shape_.tables.size());
      const Table& source = shape_.tables[from];
      if (!is_subtype(source.element, table.element)) break;
      small_index(table.limits, table.limits.minimum);
      small_index(source.limits, source.limits.minimum);
      small_index({0, 0, table.limits.is_64 && source.limits.is_64}, 3);
      op(0xFC, 14).unsigned_number(number).unsigned_number(from);  // table.copy
      break;
    }
    default:
      index_into(table.limits, depth - 1);
      expression(table.element, depth - 1);
      op(0x26).unsigned_number(number);
      break;
  }
}

}  // namespace tenon::fuzz
