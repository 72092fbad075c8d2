#include "runtime/instance/constant.hpp"

#include <vector>

namespace tenon::runtime {
namespace {

using Kind = artifact::ConstantOperator::Kind;

GuestBits value_of(const artifact::ConstantOperator& op, const ConstantScope& scope) {
  switch (op.kind) {
    case Kind::i32_const:
    case Kind::f32_const: return {op.value[0] & UINT32_MAX, 0};
    case Kind::v128_const: return {op.value[0], op.value[1]};
    case Kind::ref_null: return {};
    case Kind::ref_func:
      return {reinterpret_cast<std::uint64_t>(scope.function(static_cast<std::uint32_t>(op.value[0]))), 0};
    case Kind::global_get: return read_cell(scope.global(static_cast<std::uint32_t>(op.value[0])).cell);
    default: return {op.value[0], 0};
  }
}

std::uint64_t combine(Kind kind, std::uint64_t a, std::uint64_t b) {
  switch (kind) {
    case Kind::i32_add: return (a + b) & UINT32_MAX;
    case Kind::i32_sub: return (a - b) & UINT32_MAX;
    case Kind::i32_mul: return (a * b) & UINT32_MAX;
    case Kind::i64_add: return a + b;
    case Kind::i64_sub: return a - b;
    default: return a * b;
  }
}

}  // namespace

GuestBits evaluate(const artifact::ConstantExpression& expression, const ConstantScope& scope) {
  if (expression.size() == 1) return value_of(expression[0], scope);  // nearly all of them
  std::vector<GuestBits> stack;
  for (const artifact::ConstantOperator& op : expression) {
    if (op.kind < Kind::i32_add) {
      stack.push_back(value_of(op, scope));
    } else {
      const GuestBits right = stack.back();
      stack.pop_back();
      stack.back() = {combine(op.kind, stack.back().low, right.low), 0};
    }
  }
  return stack.back();
}

}  // namespace tenon::runtime
