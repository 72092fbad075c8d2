// Which instructions of x86-64 compiled code may have. A list of what is allowed: general
// instructions by name, vector instructions by what LLVM knows of them (they have a vector
// for an operand, and no effect but on their operands). What is new is refused until
// somebody has looked at it.
#include <tenon/error.hpp>

#include "machine_code.hpp"

namespace tenon::compiler {

namespace {

// Intel's names, without a size.
constexpr llvm::StringRef kGeneral[] = {
    "mov",       "movabs",     "movzx",      "movsx",    "movsxd", "movbe", "lea",  "xchg", "xadd",
    "cmpxchg",   "cmpxchg16b", "push",       "pop",      "add",    "adc",   "sub",  "sbb",  "neg",
    "inc",       "dec",        "cmp",        "mul",      "imul",   "div",   "idiv", "mulx", "adcx",
    "adox",      "and",        "or",         "xor",      "not",    "test",  "andn", "shl",  "shr",
    "sal",       "sar",        "rol",        "ror",      "rcl",    "rcr",   "shld", "shrd", "shlx",
    "shrx",      "sarx",       "rorx",       "bt",       "bts",    "btr",   "btc",  "bsf",  "bsr",
    "lzcnt",     "tzcnt",      "popcnt",     "bswap",    "bextr",  "bzhi",  "blsi", "blsr", "blsmsk",
    "pdep",      "pext",       "cbw",        "cwde",     "cdqe",   "cwd",   "cdq",  "cqo",  "nop",
    "mfence",    "leave",      "vzeroupper", "vzeroall", "jmp",    "call",  "ret",  "cld",  "cvttss2si",
    "cvttsd2si", "vcvttss2si", "vcvttsd2si"};
constexpr llvm::StringRef kConditional[] = {"j", "set", "cmov"};
constexpr llvm::StringRef kConditions[] = {"o", "no", "b", "ae", "e", "ne", "be", "a",
                                           "s", "ns", "p", "np", "l", "ge", "le", "g"};

bool is_general(llvm::StringRef name) {
  if (llvm::is_contained(kGeneral, name)) return true;
  return llvm::any_of(kConditional, [&](llvm::StringRef prefix) {
    return name.starts_with(prefix) && llvm::is_contained(kConditions, name.drop_front(prefix.size()));
  });
}

bool is_vector(llvm::StringRef name) {
  unsigned number = 0;
  for (const llvm::StringRef prefix : {"XMM", "YMM", "ZMM", "K"}) {
    llvm::StringRef rest = name;
    if (rest.consume_front(prefix) && !rest.consumeInteger(10, number) && rest.empty()) return true;
  }
  return false;
}

bool is_plain(llvm::StringRef name) {
  return name == "EFLAGS" || name == "RIP" || name == "EIP" || name == "MXCSR" || name == "DF" ||
         name == "SSP" || name == "RIZ" || name == "EIZ" || name == "HAX" || is_vector(name);
}

bool is_our_trap(const llvm::MCInst& inst, const OpcodeName& name, const CodeReader::Parts& parts,
                 unsigned at) {
  const auto& base = inst.getOperand(at);
  const auto& displacement = inst.getOperand(at + 3);
  const auto base_register = parts.general_register(base.getReg());
  return name.stem == "UD" && base_register && base_register->number == rax && base_register->bits == 32 &&
         inst.getOperand(at + 2).getReg() == 0 && displacement.isImm() && displacement.getImm() > 0 &&
         displacement.getImm() <= static_cast<std::int64_t>(TrapCode::out_of_fuel);
}

}  // namespace

std::string CodeReader::refusal(const Instruction& instruction) const {
  const llvm::MCInst& inst = parts_->decode(instruction);
  const auto& about = parts_->about(inst);
  const auto memory = parts_->memory_operand(inst);
  const llvm::StringRef opcode = parts_->instructions->getName(inst.getOpcode());
  if (instruction.flow == Flow::trap) {
    return memory && is_our_trap(inst, OpcodeName(opcode), *parts_, *memory)
               ? ""
               : "a trap without a code of ours";
  }
  if (opcode.starts_with("NOOP")) return "";  // whatever its operands: it does nothing with them
  bool has_vector = false;
  for (unsigned i = 0; i < inst.getNumOperands(); ++i) {
    const auto& operand = inst.getOperand(i);
    if (!operand.isReg() || !operand.getReg()) continue;
    const auto name = parts_->name(operand.getReg());
    if (!parts_->general_register(operand.getReg()) && !is_plain(name))
      return "uses the register " + name.lower();
    has_vector |= is_vector(name);
  }
  for (const auto number : about.implicit_defs()) {
    if (!parts_->general_register(number) && !is_plain(parts_->name(number)))
      return "sets the register " + parts_->name(number).lower();
  }
  const bool moves_stack = about.isCall() || about.isReturn() || opcode.starts_with("PUSH64") ||
                           opcode.starts_with("POP64") || opcode == "LEAVE64";
  if ((about.mayLoad() || about.mayStore()) && !memory && !moves_stack && opcode != "MFENCE")
    return "uses memory that no operand names";
  if (has_vector) return about.hasUnmodeledSideEffects() ? "has effects beyond its operands" : "";
  const auto [text, bits] = parts_->printer->getMnemonic(inst);
  const llvm::StringRef mnemonic = llvm::StringRef(text == nullptr ? "" : text).trim().take_until([](char c) {
    return c == '\t' || c == ' ';
  });
  if (is_general(mnemonic) || instruction.flow == Flow::branch) return "";
  if (llvm::any_of(kConditional, [&](llvm::StringRef prefix) { return mnemonic == prefix; })) return "";
  return "is not allowed in compiled code";
}

bool CodeReader::is_padding(const Instruction& instruction) const {
  const auto name = parts_->instructions->getName(instruction.opcode);
  return name.starts_with("NOOP") || name.starts_with("INT3");
}

}  // namespace tenon::compiler
