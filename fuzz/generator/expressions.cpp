#include "body.hpp"

namespace tenon::fuzz {
namespace {

struct Operator {
  Type result;
  Types operands;
  std::uint8_t code;
  std::uint32_t after = 0;  // the number that follows a prefix
};

// Runs of operators with the same types.
void add(std::vector<Operator>& list, Type result, Types operands, std::uint32_t first, std::uint32_t last,
         std::uint8_t prefix = 0) {
  for (std::uint32_t code = first; code <= last; ++code) {
    if (prefix != 0) {
      list.push_back({result, operands, prefix, code});
    } else {
      list.push_back({result, operands, static_cast<std::uint8_t>(code)});
    }
  }
}

std::vector<Operator> scalar_operators() {
  std::vector<Operator> list;
  add(list, i32, {i32}, 0x45, 0x45), add(list, i32, {i32, i32}, 0x46, 0x4F);
  add(list, i32, {i64}, 0x50, 0x50), add(list, i32, {i64, i64}, 0x51, 0x5A);
  add(list, i32, {f32, f32}, 0x5B, 0x60), add(list, i32, {f64, f64}, 0x61, 0x66);
  add(list, i32, {i32}, 0x67, 0x69), add(list, i32, {i32, i32}, 0x6A, 0x78);
  add(list, i64, {i64}, 0x79, 0x7B), add(list, i64, {i64, i64}, 0x7C, 0x8A);
  add(list, f32, {f32}, 0x8B, 0x91), add(list, f32, {f32, f32}, 0x92, 0x98);
  add(list, f64, {f64}, 0x99, 0x9F), add(list, f64, {f64, f64}, 0xA0, 0xA6);
  add(list, i32, {i64}, 0xA7, 0xA7), add(list, i32, {f32}, 0xA8, 0xA9), add(list, i32, {f64}, 0xAA, 0xAB);
  add(list, i64, {i32}, 0xAC, 0xAD), add(list, i64, {f32}, 0xAE, 0xAF), add(list, i64, {f64}, 0xB0, 0xB1);
  add(list, f32, {i32}, 0xB2, 0xB3), add(list, f32, {i64}, 0xB4, 0xB5), add(list, f32, {f64}, 0xB6, 0xB6);
  add(list, f64, {i32}, 0xB7, 0xB8), add(list, f64, {i64}, 0xB9, 0xBA), add(list, f64, {f32}, 0xBB, 0xBB);
  add(list, i32, {f32}, 0xBC, 0xBC), add(list, i64, {f64}, 0xBD, 0xBD);
  add(list, f32, {i32}, 0xBE, 0xBE), add(list, f64, {i64}, 0xBF, 0xBF);
  add(list, i32, {i32}, 0xC0, 0xC1), add(list, i64, {i64}, 0xC2, 0xC4);
  add(list, i32, {f32}, 0, 1, 0xFC), add(list, i32, {f64}, 2, 3, 0xFC);
  add(list, i64, {f32}, 4, 5, 0xFC), add(list, i64, {f64}, 6, 7, 0xFC);
  add(list, i32, {v128}, 0x53, 0x53, 0xFD), add(list, i32, {v128}, 0x63, 0x64, 0xFD);
  return list;
}

// Vectors of integers to vectors, and comparisons, which give no NaNs that an operation chose.
std::vector<Operator> vector_operators() {
  std::vector<Operator> list;
  add(list, v128, {i32}, 0x0F, 0x11, 0xFD), add(list, v128, {i64}, 0x12, 0x12, 0xFD);
  add(list, v128, {f32}, 0x13, 0x13, 0xFD), add(list, v128, {f64}, 0x14, 0x14, 0xFD);
  add(list, v128, {v128, v128}, 0x0E, 0x0E, 0xFD), add(list, v128, {v128, v128}, 0x23, 0x4C, 0xFD);
  add(list, v128, {v128}, 0x4D, 0x4D, 0xFD), add(list, v128, {v128, v128}, 0x4E, 0x51, 0xFD);
  add(list, v128, {v128, v128, v128}, 0x52, 0x52, 0xFD), add(list, v128, {v128}, 0x60, 0x62, 0xFD);
  add(list, v128, {v128, v128}, 0x65, 0x66, 0xFD), add(list, v128, {v128, i32}, 0x6B, 0x6D, 0xFD);
  add(list, v128, {v128, v128}, 0x6E, 0x73, 0xFD), add(list, v128, {v128}, 0x80, 0x81, 0xFD);
  add(list, v128, {v128, v128}, 0x82, 0x82, 0xFD), add(list, v128, {v128, v128}, 0x8E, 0x93, 0xFD);
  add(list, v128, {v128}, 0xA0, 0xA1, 0xFD), add(list, v128, {v128, i32}, 0xAB, 0xAD, 0xFD);
  add(list, v128, {v128, v128}, 0xAE, 0xAE, 0xFD), add(list, v128, {v128, v128}, 0xB1, 0xB1, 0xFD);
  add(list, v128, {v128, v128}, 0xB5, 0xBA, 0xFD), add(list, v128, {v128, v128}, 0xCE, 0xCE, 0xFD);
  add(list, v128, {v128, v128}, 0xD1, 0xD1, 0xFD), add(list, v128, {v128, v128}, 0xD5, 0xDB, 0xFD);
  return list;
}

constexpr std::uint32_t kF32x4Add = 0xE4, kF64x2Add = 0xF0;  // then sub, mul, div, min, max

std::vector<Operator> with_result(Type t) {
  std::vector<Operator> found;
  for (const Operator& one : scalar_operators())
    if (one.result == t) found.push_back(one);
  return found;
}

const std::vector<Operator>& operators_of(Type t) {
  static const std::vector<Operator> kI32 = with_result(i32), kI64 = with_result(i64),
                                     kF32 = with_result(f32), kF64 = with_result(f64);
  return t == i32 ? kI32 : t == i64 ? kI64 : t == f32 ? kF32 : kF64;
}

}  // namespace

void Body::constant(Type t) {
  if (t == i32) {
    op(0x41).signed_number(static_cast<std::int32_t>(random_.telling_number()));
  } else if (t == i64) {
    op(0x42).signed_number(static_cast<std::int64_t>(random_.telling_number()));
  } else if (t == f32) {
    constexpr std::uint32_t kBits[] = {0,          0x80000000, 0x3F800000, 0xBFC00000,
                                       0x4F000000, 0x7F800000, 0x00000001, 0x7FC00000};
    op(0x43).little_endian(kBits[random_.below(8)], 4);
  } else if (t == f64) {
    constexpr std::uint64_t kBits[] = {0,
                                       std::uint64_t{1} << 63,
                                       0x3FF0000000000000,
                                       0xC1E0000000000000,
                                       0x43E0000000000000,
                                       0x7FF0000000000000,
                                       1,
                                       0x7FF8000000000000};
    op(0x44).little_endian(kBits[random_.below(8)], 8);
  } else {
    op(0xFD, 12).little_endian(random_.telling_number(), 8).little_endian(random_.telling_number(), 8);
  }
}

void Body::terminal(Type t) {
  const auto local = local_for(t, false);
  if (local && random_.percent(65)) {
    op(0x20).unsigned_number(*local);
    return;
  }
  if (random_.percent(20)) {
    const auto global = random_.below(shape_.globals.size());
    if (is_subtype(shape_.globals[global].type, t) && global != shape_.fuel) {
      op(0x23).unsigned_number(global);
      return;
    }
  }
  if (is_number(t)) return constant(t);
  const bool fresh = is_function_reference(t) && (t.code == kRef || random_.percent(60));
  if (!fresh) {
    t.code == kRefNull ? op(0xD0).signed_number(t.heap) : op(0xD0).byte(t.code);
    return;
  }
  std::vector<std::uint32_t> candidates;
  for (std::uint32_t f = 0; f < shape_.functions.size(); ++f) {
    if (is_subtype({kRef, static_cast<std::int32_t>(shape_.functions[f])}, t)) candidates.push_back(f);
  }
  op(0xD2).unsigned_number(random_.pick(candidates));  // each type has a function
}

void Body::expression(Type t, int depth) {
  spend(1);
  if (depth <= 0 || budget_ <= 0) return terminal(t);
  switch (random_.below(16)) {
    case 0:
    case 1: return terminal(t);
    case 2:
    case 3:
    case 4:
      if (call_expression(t, depth)) return;
      break;
    case 5: return handled(t, depth);
    case 6: {
      expression(i32, depth - 1);
      op(0x04);
      block_type({t});
      labels_.push_back({{t}});
      statement(depth - 1);
      expression(t, depth - 1);
      op(0x05);
      statement(depth - 1);
      expression(t, depth - 1);
      labels_.pop_back();
      op(0x0B);
      return;
    }
    case 7: {
      op(0x02);
      block_type({t});
      labels_.push_back({{t}});
      statements(depth - 1);
      expression(t, depth - 1);
      labels_.pop_back();
      op(0x0B);
      return;
    }
    case 8: {
      expression(t, depth - 1);
      expression(t, depth - 1);
      expression(i32, depth - 1);
      op(0x1C).unsigned_number(1);
      write(code_, t);
      return;
    }
    case 9: {
      const auto local = local_for(t, true);
      if (!local || locals_[*local] != t) break;
      expression(t, depth - 1);
      op(0x22).unsigned_number(*local);
      return;
    }
    default: break;
  }
  if (t == v128) {
    vector(depth);
  } else if (is_number(t)) {
    number(t, depth);
  } else {
    reference(t, depth);
  }
}

void Body::number(Type t, int depth) {
  if (random_.percent(20)) return load(t, depth);
  if (t == i32 && random_.percent(15)) {
    expression(random_.pick(Types{funcref, externref, shape_.legacy_exceptions ? funcref : exnref}),
               depth - 1);
    op(0xD1);
    return;
  }
  if (random_.percent(10)) {
    expression(v128, depth - 1);
    const bool half = t == i64 || t == f64;
    op(0xFD, t == i32 ? 0x1B : t == i64 ? 0x1D : t == f32 ? 0x1F : 0x21);
    code_.byte(static_cast<std::uint8_t>(random_.below(half ? 2 : 4)));
    return canonical(t);
  }
  const Operator& chosen = random_.pick(operators_of(t));
  for (const Type operand : chosen.operands) expression(operand, depth - 1);
  chosen.code == 0xFC || chosen.code == 0xFD ? op(chosen.code, chosen.after) : op(chosen.code);
  canonical(t);
}

void Body::vector(int depth) {
  const auto roll = random_.below(10);
  if (roll < 2) return load(v128, depth);
  if (roll < 4) {
    const bool doubles = random_.percent(50);
    expression(v128, depth - 1);
    expression(v128, depth - 1);
    op(0xFD, (doubles ? kF64x2Add : kF32x4Add) + random_.below(6));
    return canonical_vector(doubles);
  }
  if (roll < 5) {
    expression(v128, depth - 1);
    expression(v128, depth - 1);
    op(0xFD, 13);
    for (int lane = 0; lane < 16; ++lane) code_.byte(static_cast<std::uint8_t>(random_.below(32)));
    return;
  }
  static const std::vector<Operator> kOperators = vector_operators();
  const Operator& chosen = random_.pick(kOperators);
  for (const Type operand : chosen.operands) expression(operand, depth - 1);
  op(chosen.code, chosen.after);
}

void Body::reference(Type t, int depth) {
  std::vector<std::uint32_t> tables;
  for (std::uint32_t i = 0; i < shape_.tables.size(); ++i)
    if (is_subtype(shape_.tables[i].element, t)) tables.push_back(i);
  if (!tables.empty() && random_.percent(50)) {
    const auto table = random_.pick(tables);
    index_into(shape_.tables[table].limits, depth - 1);
    op(0x25).unsigned_number(table);
    return;
  }
  if (t.code != kRef) return terminal(t);
  const Type with_null = t.heap == kFunc ? funcref : Type{kRefNull, t.heap};
  if (random_.percent(30)) {
    expression(with_null, depth - 1);
    op(0xD4);  // ref.as_non_null
  } else if (random_.percent(50)) {
    // block (result t)  with_null  br_on_non_null 0  another t  end
    op(0x02);
    block_type({t});
    labels_.push_back({{t}});
    expression(with_null, depth - 1);
    op(0xD6).unsigned_number(0);
    terminal(t);
    labels_.pop_back();
    op(0x0B);
  } else {
    terminal(t);
  }
}

void Body::canonical(Type t) {
  if (t != f32 && t != f64) return;
  const auto scratch = t == f32 ? scratch_f32_ : scratch_f64_;
  op(0x22).unsigned_number(scratch);
  t == f32 ? op(0x43).little_endian(0x7FC00000, 4) : op(0x44).little_endian(0x7FF8000000000000, 8);
  op(0x20).unsigned_number(scratch);
  op(0x20).unsigned_number(scratch);
  op(t == f32 ? 0x5B : 0x61);  // equal to itself
  op(0x1B);
}

void Body::canonical_vector(bool of_doubles) {
  op(0x22).unsigned_number(scratch_v128_);
  op(0xFD, 12);
  for (int lane = 0; lane < (of_doubles ? 2 : 4); ++lane)
    of_doubles ? code_.little_endian(0x7FF8000000000000, 8) : code_.little_endian(0x7FC00000, 4);
  op(0x20).unsigned_number(scratch_v128_);
  op(0x20).unsigned_number(scratch_v128_);
  op(0xFD, of_doubles ? 0x47 : 0x41);
  op(0xFD, 0x52);  // bitselect
}

void Body::load(Type t, int depth) {
  const auto memory = random_.below(shape_.memories.size());
  address(memory, depth - 1);
  const bool narrow = random_.percent(30);
  if (t == i32) {
    narrow ? op(0x2C) : op(0x28);
    memory_argument(memory, narrow ? 0 : 2);
  } else if (t == i64) {
    narrow ? op(0x34) : op(0x29);
    memory_argument(memory, narrow ? 2 : 3);
  } else if (t == v128) {
    op(0xFD, 0);
    memory_argument(memory, 4);
  } else {
    op(t == f32 ? 0x2A : 0x2B);
    memory_argument(memory, t == f32 ? 2 : 3);
    canonical(t);
  }
}

// Mostly within the first page, so that not every call ends in a trap.
void Body::address(std::uint32_t memory, int depth) {
  const bool is_64 = shape_.memories[memory].is_64;
  expression(is_64 ? i64 : i32, depth);
  if (random_.percent(4)) return;
  op(is_64 ? 0x42 : 0x41).signed_number(0xFFFF);
  op(is_64 ? 0x83 : 0x71);
}

void Body::memory_argument(std::uint32_t memory, std::uint32_t alignment) {
  const std::uint32_t flags = random_.below(alignment + 1);
  if (memory != 0 || random_.percent(10)) {
    code_.unsigned_number(flags | 0x40).unsigned_number(memory);
  } else {
    code_.unsigned_number(flags);
  }
  const bool is_64 = shape_.memories[memory].is_64;
  const std::uint64_t far = is_64 ? random_.telling_number() >> random_.below(32) : random_.below(1u << 31);
  code_.unsigned_number(random_.percent(4) ? far : random_.below(64));
}

void Body::address_constant(const Limits& limits, std::uint64_t n) {
  op(limits.is_64 ? 0x42 : 0x41).signed_number(static_cast<std::int64_t>(n));
}

void Body::small_index(const Limits& limits, std::uint32_t most) {
  address_constant(limits, random_.below(most + 1));
}

void Body::index_into(const Limits& limits, int depth) {
  if (random_.percent(50)) return small_index(limits, limits.minimum - 1);
  expression(limits.is_64 ? i64 : i32, depth);
  if (random_.percent(8)) return;
  address_constant(limits, limits.minimum);
  op(limits.is_64 ? 0x82 : 0x70);  // rem_u
}

}  // namespace tenon::fuzz
