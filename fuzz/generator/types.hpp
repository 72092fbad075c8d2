// Types of the module that is being made.
#pragma once

#include <cstdint>
#include <vector>

#include "bytes.hpp"

namespace tenon::fuzz {

// A value type: the binary format's byte, and for (ref null $t) and (ref $t) the
// number of $t. (ref func) is kRef with kFunc for a number.
struct Type {
  std::uint8_t code = 0;
  std::int32_t heap = 0;
  bool operator==(const Type&) const = default;
};
inline constexpr std::uint8_t kRef = 0x64, kRefNull = 0x63;
inline constexpr std::int32_t kFunc = -0x10;  // the abstract heap type, as a signed number
inline constexpr Type i32{0x7F}, i64{0x7E}, f32{0x7D}, f64{0x7C}, v128{0x7B};
inline constexpr Type funcref{0x70}, externref{0x6F}, exnref{0x69};

using Types = std::vector<Type>;

struct FunctionType {
  Types parameters, results;
  bool operator==(const FunctionType&) const = default;
};

constexpr bool is_number(Type t) { return t.code >= v128.code && t.code <= i32.code; }
constexpr bool is_reference(Type t) { return !is_number(t); }
constexpr bool is_nullable(Type t) { return is_reference(t) && t.code != kRef; }
constexpr bool names_a_type(Type t) { return (t.code == kRef || t.code == kRefNull) && t.heap >= 0; }
constexpr bool is_function_reference(Type t) { return t == funcref || t.code == kRef || t.code == kRefNull; }

// Whether a value of type `t` may be where one of type `of` is asked for.
constexpr bool is_subtype(Type t, Type of) {
  if (t == of) return true;
  if (of == funcref) return is_function_reference(t);
  if (of == Type{kRef, kFunc}) return t.code == kRef;
  return t.code == kRef && of.code == kRefNull && t.heap == of.heap;
}
inline bool are_subtypes(const Types& types, const Types& of) {
  if (types.size() != of.size()) return false;
  for (std::size_t i = 0; i < types.size(); ++i)
    if (!is_subtype(types[i], of[i])) return false;
  return true;
}

inline void write(Bytes& out, Type t) {
  out.byte(t.code);
  if (t.code == kRef || t.code == kRefNull) out.signed_number(t.heap);
}
inline void write(Bytes& out, const Types& types) {
  out.unsigned_number(types.size());
  for (const Type t : types) write(out, t);
}

}  // namespace tenon::fuzz
