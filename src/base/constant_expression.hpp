// Constant expressions and the modes of segments, as the reader finds them and as the
// artifact's plan has them.
#pragma once

#include <cstdint>
#include <vector>

namespace tenon::base {

// A constant expression (section 3.3.10 and the extended-const proposal), in
// the order of evaluation; operands as on the specification's stack.
struct ConstantOperator {
  enum class Kind : std::uint8_t {
    i32_const,
    i64_const,
    f32_const,
    f64_const,
    v128_const,  // bits in value
    ref_null,
    ref_func,    // value[0] is the function index
    global_get,  // value[0] is the global index
    i32_add,
    i32_sub,
    i32_mul,
    i64_add,
    i64_sub,
    i64_mul,
  };
  Kind kind = Kind::i32_const;
  std::uint64_t value[2] = {0, 0};
  bool operator==(const ConstantOperator&) const = default;
};
using ConstantExpression = std::vector<ConstantOperator>;

enum class SegmentMode : std::uint8_t { active, passive, declarative };

}  // namespace tenon::base
