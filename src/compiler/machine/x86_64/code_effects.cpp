// What instructions of x86-64 do to what is known of registers and stack. Those that are
// not named here leave what they set unknown; writing 32 bits always clears the upper ones.
#include <bit>

#include "machine_code.hpp"

namespace tenon::compiler {

namespace {

using llvm::MCInst;

// One instruction, and the state that it acts on.
class Step {
 public:
  Step(const CodeReader::Parts& parts, const Instruction& instruction, CodeState& state,
       const Contents& contents)
      : parts_(parts),
        instruction_(instruction),
        inst_(parts.decode(instruction)),
        about_(parts.about(inst_)),
        name_(parts.instructions->getName(inst_.getOpcode())),
        memory_(parts.memory_operand(inst_)),
        state_(state),
        contents_(contents) {
    if (memory_) address_ = address();
  }

  Effect take() {
    note_memory();
    const Comparison comparison = comparison_made();
    note_test();
    if (!move() && !stack() && !arithmetic()) others();
    if (comparison.is_known || sets_flags()) {
      state_.comparison = comparison;
      state_.conditions = conditions_;
    }
    effect_.loses_stack = state_.registers[rsp].kind != Kind::stack;
    return effect_;
  }

 private:
  [[nodiscard]] llvm::StringRef stem() const { return name_.stem; }
  [[nodiscard]] llvm::StringRef form() const { return name_.form; }
  [[nodiscard]] bool is_wide() const { return name_.bits == 64; }
  [[nodiscard]] bool is_word() const { return name_.bits == 32; }
  [[nodiscard]] std::int64_t immediate(unsigned i) const { return inst_.getOperand(i).getImm(); }
  [[nodiscard]] unsigned last() const { return inst_.getNumOperands() - 1; }
  [[nodiscard]] bool sets_flags() const {
    return llvm::any_of(about_.implicit_defs(), [&](auto number) { return parts_.name(number) == "EFLAGS"; });
  }
  [[nodiscard]] std::optional<GeneralRegister> general(unsigned i) const {
    if (i >= inst_.getNumOperands() || !inst_.getOperand(i).isReg()) return std::nullopt;
    return parts_.general_register(inst_.getOperand(i).getReg());
  }
  // The register whose lowest bits an operand is: of ax and al, not of ah.
  [[nodiscard]] std::optional<unsigned> low_part(unsigned i) const {
    const auto found = general(i);
    if (!found || parts_.name(inst_.getOperand(i).getReg()).ends_with("H")) return std::nullopt;
    return found->number;
  }
  Value& value(unsigned i) { return state_.registers[general(i)->number]; }

  [[nodiscard]] Value of_register(unsigned i, std::int64_t otherwise = 0) const {
    const auto& operand = inst_.getOperand(i);
    if (!operand.isReg()) return {};
    const auto number = operand.getReg();
    if (!number || parts_.name(number) == "RIZ" || parts_.name(number) == "EIZ")
      return Value::number(otherwise, otherwise);
    if (parts_.name(number) == "RIP") {
      return Value::of(Kind::constant, static_cast<std::int64_t>(instruction_.end()));
    }
    const auto found = parts_.general_register(number);
    return found && found->bits == 64 ? state_.registers[found->number] : Value();
  }

  [[nodiscard]] Value address() const {
    const auto base = of_register(*memory_);
    const auto index = product(of_register(*memory_ + 2), immediate(*memory_ + 1));
    const auto displacement = immediate(*memory_ + 3);
    const Value found = sum(sum(base, Value::number(displacement, displacement)), index);
    const bool has_index = static_cast<bool>(inst_.getOperand(*memory_ + 2).getReg());
    return found.kind == Kind::unknown && !has_index ? Value::of(Kind::unknown, displacement) : found;
  }

  // Bytes that are read or written: those of the register, or as the name says.
  [[nodiscard]] unsigned bytes() const {
    if (stem() == "MOVZX" || stem() == "MOVSX")
      return form().ends_with("16") ? 2 : form().ends_with("32") ? 4 : 1;
    for (unsigned i = 0; i < inst_.getNumOperands(); ++i) {
      if (i >= *memory_ && i < *memory_ + 5) continue;
      if (const auto found = general(i)) return found->bits / 8;
    }
    return parts_.bytes_in_text(inst_, instruction_.address);
  }

  void note_memory() {
    const bool touches = about_.mayLoad() || about_.mayStore();
    if (!memory_ || !touches || instruction_.flow == Flow::trap) return;
    effect_.memory = MemoryUse{address_, bytes(), about_.mayStore()};
    if (!about_.mayStore() || address_.kind != Kind::stack) return;
    // A probe of the stack leaves all bits as they are.
    const bool is_probe =
        (stem() == "XOR" || stem() == "OR") && form().starts_with("mi") && immediate(last()) == 0;
    if (!is_probe) state_.forget(address_, effect_.memory->bytes);
  }

  // What memory holds; a copy of it from here on.
  Value loaded(unsigned bytes) {
    if (!address_.is_place()) return address_.kind == Kind::stack ? Value() : contents_(address_, bytes);
    for (auto& slot : state_.slots) {
      if (slot.origin == address_.origin && slot.at == address_.low)
        state_.link(slot.value, instruction_.address);
    }
    return state_.load(address_, bytes);
  }

  void set(unsigned i, Value result) {
    const auto to = *general(i);
    state_.set(to.number, to.bits == 64 ? result : low_half(result));
  }

  bool move() {
    const bool is_sized = is_wide() || is_word();
    if (stem() == "MOV" && is_sized && form() == "rr") {
      Value& source = value(1);
      state_.link(source, instruction_.address);
      return set(0, source), true;
    }
    if (stem() == "MOV" && is_sized && form() == "rm") return set(0, loaded(name_.bits / 8)), true;
    if (stem() == "MOV" && is_sized && form().starts_with("ri"))
      return set(0, Value::number(is_word() ? immediate(1) & Value::kMost32 : immediate(1),
                                  is_word() ? immediate(1) & Value::kMost32 : immediate(1))),
             true;
    if (stem() == "MOV" && is_sized && form() == "mr") {
      if (!address_.is_place()) return true;
      Value& source = value(5);
      state_.link(source, instruction_.address);
      return state_.store(address_, name_.bits / 8, is_wide() ? source : low_half(source)), true;
    }
    if (stem() == "MOVZX" && is_sized) {
      const unsigned bits = form().ends_with("16") ? 16 : 8;
      const std::int64_t most = bits == 16 ? 0xFFFF : 0xFF;
      const auto source = low_part(1);
      const bool is_bounded = source && state_.narrow[*source].bits == bits;
      return set(0, Value::number(0, is_bounded ? std::min(most, state_.narrow[*source].high) : most)), true;
    }
    if (stem() == "MOVSX" && is_wide() && form().ends_with("32")) return set(0, extended()), true;
    if (stem() == "LEA") return set(0, named_address()), true;
    if (stem() == "CMOV" && is_sized && form() == "rr") return set(0, chosen()), true;
    return false;
  }

  // Of the place in memory; the last call's return address, as a copy of it.
  [[nodiscard]] Value named_address() const {
    if (address_.kind == Kind::unknown) return {};
    Value named = address_;
    const auto is_it = [&](const Value& value) {
      return value.id == Value::kReturnAddress && value.kind == named.kind && value.is_exact() &&
             value.low == named.low;
    };
    if (named.is_exact() &&
        (llvm::any_of(state_.registers, is_it) ||
         llvm::any_of(state_.slots, [&](const StackSlot& slot) { return is_it(slot.value); })))
      named.id = Value::kReturnAddress;
    return named;
  }

  // By a conditional move.
  Value chosen() {
    const auto condition = static_cast<unsigned>(immediate(last()));
    if ((state_.conditions >> condition & 1) != 0) return value(2);
    if ((state_.conditions >> (condition ^ 1) & 1) != 0) return value(1);
    return is_wide() ? join(value(1), value(2), false) : join(low_half(value(1)), low_half(value(2)), false);
  }

  Value extended() {
    if (form() == "rm32" && address_.kind == Kind::constant)
      return {.kind = Kind::table_word, .low = address_.low, .high = address_.high};
    const Value low = form() == "rm32" ? loaded(4) : low_half(value(1));
    if (low.is_number_of_32_bits() && low.high <= INT32_MAX) return low;
    return Value::number(INT32_MIN, INT32_MAX);
  }

  void grow_stack(std::int64_t by) { state_.set(rsp, sum(state_.registers[rsp], Value::number(by, by))); }

  bool stack() {
    if (stem() == "PUSH" && is_wide()) {
      const Value pushed = general(0) && !memory_ ? value(0) : memory_ ? loaded(8) : Value();
      grow_stack(-8);
      if (state_.registers[rsp].is_place()) state_.store(state_.registers[rsp], 8, pushed, true);
      return true;
    }
    if (stem() == "POP" && is_wide() && !memory_) {
      const Value& top = state_.registers[rsp];
      const Value popped = top.is_place() ? state_.load(top, 8) : Value();
      if (top.is_place()) state_.forget(top, 8);
      grow_stack(8);
      return set(0, popped), true;
    }
    if (stem() == "LEAVE") {
      state_.set(rsp, state_.registers[rbp]);
      const Value frame = state_.registers[rsp].is_place() ? state_.load(state_.registers[rsp], 8) : Value();
      grow_stack(8);
      return state_.set(rbp, frame), true;
    }
    if (stem() == "AND" && is_wide() && form().starts_with("ri") && general(0)->number == rsp) {
      // Rounded down for the sake of alignment: a new place to count from.
      Value frame = Value::of(Kind::stack);
      frame.origin = instruction_.address;
      return state_.set(rsp, frame), true;
    }
    switch (instruction_.flow) {
      case Flow::leave:
        effect_.popped =
            last() + 1 > 0 && inst_.getNumOperands() > 0 && inst_.getOperand(0).isImm() ? immediate(0) : 0;
        return true;
      case Flow::jump_to_value:
      case Flow::call_of_value:
        effect_.target = memory_ ? loaded(8) : of_register(0);
        if (!memory_ && general(0)) effect_.target_register = general(0)->number;
        return true;
      case Flow::next: return false;
      default: return true;
    }
  }

  // The operands of "to = to OP what" in all forms that set a register.
  bool arithmetic() {
    const bool is_sized = is_wide() || is_word();
    const bool is_accumulator = form() == "i32";
    const bool is_unary = form() == "r" && (stem() == "INC" || stem() == "DEC");
    const bool has_two = form() == "rr" || form() == "ri" || form() == "ri8" || form() == "ri32" ||
                         form() == "r1" || form() == "rri8" || form() == "rri32" || form() == "rri";
    if (!is_sized || !(is_accumulator || is_unary || has_two)) return false;
    if (!is_accumulator && !general(0)) return false;
    const bool is_same = form() == "rr" && last() >= 2 && inst_.getOperand(1).isReg() &&
                         inst_.getOperand(2).isReg() &&
                         inst_.getOperand(1).getReg() == inst_.getOperand(2).getReg();
    const Value left = half(is_accumulator              ? state_.registers[rax]
                            : form().starts_with("rri") ? value(1)
                                                        : value(last() >= 1 && general(1) ? 1 : 0));
    Value right = Value::number(1, 1);
    if (form() == "rr") {
      if (last() < 2) return false;
      right = half(value(2));
    } else if (!is_unary && form() != "r1") {
      const std::int64_t number = immediate(last());
      right = Value::number(number, number);
    }
    if (stem() == "OR" && left.kind == Kind::stack && right.may_be(0) && !right.is(0)) {
      effect_.trusts_hardening = true;
      return true;  // it stays, if the hardening is right
    }
    const auto result = is_same && (stem() == "XOR" || stem() == "SUB") ? std::optional(Value::number(0, 0))
                                                                        : combine(left, right);
    if (!result) return false;
    // Less than nothing, or more than 32 bits hold, wraps around.
    const Value kept = is_word() && !result->is_number_of_32_bits() ? Value::any32() : *result;
    is_accumulator ? state_.set(rax, kept) : set(0, kept);
    return true;
  }
  [[nodiscard]] Value half(const Value& value) const { return is_wide() ? value : low_half(value); }

  [[nodiscard]] std::optional<Value> combine(const Value& left, const Value& right) const {
    const bool are_numbers = left.kind == Kind::number && right.kind == Kind::number;
    if (stem() == "ADD") return sum(left, right);
    if (stem() == "INC") return sum(left, right);
    if (stem() == "SUB" || stem() == "DEC")
      return right.kind == Kind::number && right.low > INT64_MIN
                 ? sum(left, Value::number(-right.high, -right.low))
                 : Value();
    if (stem() == "AND") return anded(left, right);
    if ((stem() == "OR" || stem() == "XOR" || stem() == "SHRX") && right.is(0)) return left;
    if ((stem() == "OR" || stem() == "XOR") && left.is(0)) return right;
    if (stem() == "OR" || stem() == "XOR") {
      if (!are_numbers || left.low < 0 || right.low < 0) return Value();
      const auto all = std::bit_ceil(static_cast<std::uint64_t>(std::max(left.high, right.high)) + 1) - 1;
      return Value::number(0, static_cast<std::int64_t>(all));
    }
    if (stem() == "IMUL" && form().starts_with("rri"))
      return right.low > 0 ? product(left, right.low) : Value();
    // The sign of the stack pointer, in which hardened code passes on what it knows.
    if (stem() == "SAR" && left.kind == Kind::stack && right.is(63)) return Value::number(0, 0);
    const bool is_shift =
        (stem() == "SHL" || stem() == "SHR") && form() != "rr" && right.is_exact() && right.low >= 0;
    if (!is_shift) return std::nullopt;
    const auto by = static_cast<unsigned>(right.low) & (is_wide() ? 63u : 31u);
    if (stem() == "SHL") return by < 62 ? product(left, std::int64_t{1} << by) : Value();
    if (left.kind == Kind::number && left.low >= 0) return Value::number(left.low >> by, left.high >> by);
    return by >= 2 ? Value::number(0, static_cast<std::int64_t>(~std::uint64_t{0} >> by)) : Value();
  }

  static Value anded(const Value& left, const Value& right) {
    std::int64_t most = -1;
    for (const Value& value : {left, right}) {
      if (value.kind == Kind::number && value.low >= 0)
        most = most < 0 ? value.high : std::min(most, value.high);
    }
    return most < 0 ? Value() : Value::number(0, most);
  }

  // What is known before the flags are looked at.
  void note_conditions(const Value& left, const Value& right) {
    const bool are_one_address =
        left.kind == Kind::constant && right.kind == left.kind && left.id == Value::kReturnAddress;
    if (are_one_address && right.id == left.id) conditions_ = 1u << equal;
    const bool is_known =
        left.kind == right.kind && (left.kind == Kind::constant || left.kind == Kind::number);
    if (!is_known) return;
    if (left.is_exact() && right.is_exact() && left.low == right.low) conditions_ = 1u << equal;
    if (left.high < right.low || left.low > right.high) conditions_ = 1u << not_equal;
  }
  [[nodiscard]] Value narrow_value(unsigned number) const {
    if (number == Comparison::kNone) return {};
    const NarrowBound& bound = state_.narrow[number];
    if (bound.bits != name_.bits) return {};
    return Value::number(bound.low, bound.high);
  }

  // A bit of a byte that is known, as a test of a constant has it at -O0.
  void note_test() {
    if (stem() != "TEST" || name_.bits != 8 || memory_ || !inst_.getOperand(last()).isImm()) return;
    const auto number = form() == "i8" ? std::optional(unsigned{rax}) : low_part(0);
    if (!number) return;
    const Value& whole = state_.registers[*number];
    const Value byte = whole.kind == Kind::number && whole.is_exact() ? whole : narrow_value(*number);
    if (byte.kind != Kind::number || !byte.is_exact()) return;
    conditions_ = 1u << ((byte.low & immediate(last()) & 0xFF) == 0 ? equal : not_equal);
  }

  Comparison comparison_made() {
    const bool is_narrow = name_.bits == 8 || name_.bits == 16;
    const bool is_test =
        stem() == "TEST" && form() == "rr" && inst_.getOperand(0).getReg() == inst_.getOperand(1).getReg();
    if ((stem() != "CMP" && stem() != "SUB" && !is_test) || !(is_wide() || is_word() || is_narrow)) return {};
    const bool is_accumulator = form() == "i32" || form() == "i16" || (form() == "i8" && name_.bits == 8);
    if (!is_accumulator && (memory_ || !low_part(0))) return {};
    if (is_narrow && !is_test && (stem() == "SUB" || !inst_.getOperand(last()).isImm())) return {};
    Comparison made{
        .is_known = true, .left = is_accumulator ? unsigned{rax} : general(0)->number, .bits = name_.bits};
    made.id = state_.registers[made.left].id;
    const Value left = state_.registers[made.left];
    if (stem() == "SUB") made.left = Comparison::kNone;  // it is what remains
    if (is_test) {
      made.right = Value::number(0, 0);
    } else if (const auto right = general(last()); right && form() == "rr") {
      made.right = is_wide() ? state_.registers[right->number] : low_half(state_.registers[right->number]);
    } else {
      const std::int64_t number = immediate(last());
      const std::int64_t kept = is_wide() ? number : number & ((std::int64_t{1} << name_.bits) - 1);
      made.right = Value::number(kept, kept);
    }
    note_conditions(name_.bits < 32 ? narrow_value(made.left)
                    : is_wide()     ? left
                                    : low_half(left),
                    made.right);
    return made;
  }

  void others() {
    const auto clear = [&](GeneralRegister to) {
      const bool stays = to.bits < 32 && state_.registers[to.number].is_number_of_32_bits();
      state_.set(to.number, to.bits == 32 || stays ? Value::any32() : Value());
    };
    for (unsigned i = 0; i < about_.getNumDefs(); ++i) {
      if (const auto to = general(i)) clear(*to);
    }
    for (const auto number : about_.implicit_defs()) {
      if (const auto to = parts_.general_register(number)) clear(*to);
    }
    if (stem() == "MOV" && name_.bits == 8 && form() == "ri" && low_part(0)) {
      const std::int64_t byte = immediate(1) & 0xFF;
      state_.narrow[*low_part(0)] = {.bits = 8, .low = byte, .high = byte};
    }
    if (!about_.mayStore() || about_.getNumDefs() > 0) return;
    // An exchange sets a register that LLVM names as an operand alone.
    if (stem().starts_with("XCHG") || stem().starts_with("XADD")) {
      for (unsigned i = 0; i < inst_.getNumOperands(); ++i) {
        if (const auto to = general(i); to && (!memory_ || i < *memory_ || i >= *memory_ + 5)) clear(*to);
      }
    }
  }

  const CodeReader::Parts& parts_;
  const Instruction& instruction_;
  const MCInst& inst_;
  const llvm::MCInstrDesc& about_;
  OpcodeName name_;
  std::optional<unsigned> memory_;
  Value address_;
  CodeState& state_;
  const Contents& contents_;
  Effect effect_;
  std::uint32_t conditions_ = 0;  // that hold after a comparison
};

}  // namespace

Effect CodeReader::apply(const Instruction& instruction, CodeState& state, const Contents& contents) const {
  return Step(*parts_, instruction, state, contents).take();
}

}  // namespace tenon::compiler
