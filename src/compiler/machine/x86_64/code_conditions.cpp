// What either way of a branch of x86-64 says of the values that were compared.
#include "machine_code.hpp"

namespace tenon::compiler {

namespace {

// False where the value cannot be there.
bool limit(Value& value, unsigned bits, std::int64_t low, std::int64_t high, bool is_itself) {
  const bool is_known = value.kind == Kind::low_number || (value.kind == Kind::number && value.low >= 0);
  if (is_known && (value.is_number_of_32_bits() || value.kind == Kind::low_number ||
                   (bits == 64 && is_itself && high <= Value::kMost32))) {
    const auto most = std::min(value.high, high), least = std::max(value.low, low);
    if (least > most) return false;
    value.low = least, value.high = most;
    if (value.kind == Kind::low_number && bits == 64 && is_itself) value.kind = Kind::number;
  } else if (value.kind == Kind::unknown || value.kind == Kind::number || value.kind == Kind::from_memory) {
    if (bits == 64 && is_itself && high < Value::kFar) {
      value.kind = Kind::number;
    } else if (high <= Value::kMost32) {
      value.kind = Kind::low_number;
    } else {
      return true;
    }
    value.low = low;
    value.high = high;
  }
  return true;
}

}  // namespace

bool CodeReader::decide(const Instruction& branch, CodeState& state, bool is_taken) const {
  const Comparison comparison = state.comparison;
  const llvm::MCInst& inst = parts_->decode(branch);
  const auto& last = inst.getOperand(inst.getNumOperands() - 1);
  if (!last.isImm()) return true;
  const std::int64_t condition = is_taken ? last.getImm() : last.getImm() ^ 1;
  if ((state.conditions >> (condition ^ 1) & 1) != 0) return false;
  state.conditions |= 1u << condition;
  if (!comparison.is_known) return true;
  const Value& right = comparison.right;
  Value* const left = comparison.left == Comparison::kNone ? nullptr : &state.registers[comparison.left];
  if (condition == equal && left != nullptr && left->kind == Kind::stack && right.is_place()) {
    *left = right;  // a loop that touches each page of a large frame has come to its end
    return true;
  }
  if (right.kind != Kind::number || right.low < 0) return true;
  std::int64_t low = 0, high = comparison.bits == 32 ? Value::kMost32 : Value::kFar;
  switch (condition) {
    case not_equal:
      if (right.high != 0 || comparison.bits == 64) return true;
      low = 1;
      break;
    case below: high = right.high - 1; break;
    case at_most: high = right.high; break;
    case equal: low = right.low, high = right.high; break;
    default: return true;
  }
  if (high < low) return true;
  if (comparison.bits < 32) {
    if (left != nullptr) {
      state.narrow[comparison.left] = {comparison.bits, low,
                                       std::min(high, (std::int64_t{1} << comparison.bits) - 1)};
    }
    return true;
  }
  if (left != nullptr && !limit(*left, comparison.bits, low, high, true)) return false;
  if (comparison.id <= 32) return true;  // of a register on entry, or none
  for (unsigned i = 0; i < CodeState::kRegisters; ++i) {
    Value& other = state.registers[i];
    if (i != comparison.left && other.id == comparison.id) limit(other, comparison.bits, low, high, false);
  }
  for (auto& slot : state.slots) {
    if (slot.value.id == comparison.id) limit(slot.value, comparison.bits, low, high, false);
  }
  return true;
}

}  // namespace tenon::compiler
