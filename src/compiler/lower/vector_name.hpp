// What the name of a vector operator says: "i16x8.extmul_low_i8x16_s" is the operation
// "extmul_low_s" on the shapes i16x8 and i8x16.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "compiler/machine/vector_rule.hpp"

namespace tenon::compiler {

struct VectorName {
  Shape shape;   // before the dot: of the result
  Shape source;  // the other shape in the name, else the same
  char letters[32] = {};
  std::size_t size = 0;

  [[nodiscard]] constexpr std::string_view operation() const { return {letters, size}; }
  constexpr void add(std::string_view word) {
    if (size > 0) letters[size++] = '_';
    for (const char c : word) letters[size++] = c;
  }
};

constexpr std::optional<Shape> parse_shape(std::string_view text) {
  if (text == "i8x16") return Shape{8, false};
  if (text == "i16x8") return Shape{16, false};
  if (text == "i32x4") return Shape{32, false};
  if (text == "i64x2" || text == "v128") return Shape{64, false};
  if (text == "f32x4") return Shape{32, true};
  if (text == "f64x2") return Shape{64, true};
  return std::nullopt;
}

constexpr VectorName parse_vector_name(std::string_view text) {
  VectorName result;
  const auto dot = text.find('.');
  result.shape = result.source = *parse_shape(text.substr(0, dot));
  for (std::string_view rest = text.substr(dot + 1); !rest.empty();) {
    const auto end = std::min(rest.find('_'), rest.size());
    const auto word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (const auto shape = parse_shape(word)) {
      result.source = *shape;
      continue;
    }
    result.add(word);
  }
  return result;
}

}  // namespace tenon::compiler
