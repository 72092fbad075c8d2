// What an operator's name says about its shape. The names are systematic, so
// these facts need no columns of their own in opcodes.def.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>

namespace tenon::wasm {

// The digits at the start of `text` as a number; 0 where there are none.
constexpr std::uint32_t leading_number(std::string_view text) {
  std::uint32_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    number = 10 * number + static_cast<std::uint32_t>(c - '0');
  }
  return number;
}

// The bits that an access touches: the number behind the verb ("i32.load8_u",
// "v128.store16_lane", "i64.atomic.rmw8.add_u", "memory.atomic.wait64"), a
// product of two ("v128.load8x8_s"), or else the width of the type
// ("f64.store"). Only notify, which has neither, is about 32 bits.
constexpr std::uint32_t access_bits(std::string_view text) {
  std::string_view verb = text.substr(text.find('.') + 1);
  if (verb == "atomic.notify") return 32;
  if (verb.starts_with("atomic.")) verb.remove_prefix(7);
  const std::size_t letters = std::min(verb.find_first_of("0123456789._"), verb.size());
  const std::string_view tail = verb.substr(letters);
  const std::uint32_t bits = leading_number(tail);
  if (bits == 0) return leading_number(text.substr(1));
  const std::size_t digits = tail.find_first_not_of("0123456789");
  const bool is_product = digits != std::string_view::npos && tail[digits] == 'x';
  return is_product ? bits * leading_number(tail.substr(digits + 1)) : bits;
}

// log2 of the natural alignment in bytes, the most that `align` may say.
constexpr std::uint32_t natural_alignment(std::string_view text) {
  return static_cast<std::uint32_t>(std::countr_zero(access_bits(text) / 8));
}

// How many lanes a lane immediate chooses from: the number in the shape
// ("i8x16.replace_lane"), or as many as accesses of that width fit a vector.
constexpr std::uint32_t lane_count(std::string_view text) {
  if (text.starts_with("v128.")) return 128 / access_bits(text);
  return leading_number(text.substr(text.find('x') + 1));
}

static_assert(access_bits("i32.load") == 32 && access_bits("i64.store32") == 32);
static_assert(access_bits("v128.load32x2_u") == 64 && access_bits("v128.load8_splat") == 8);
static_assert(access_bits("i64.atomic.rmw") == 64 && access_bits("i64.atomic.rmw16.cmpxchg_u") == 16);
static_assert(access_bits("memory.atomic.wait64") == 64 && access_bits("memory.atomic.notify") == 32);
static_assert(lane_count("f64x2.extract_lane") == 2 && lane_count("v128.store16_lane") == 8);

}  // namespace tenon::wasm
