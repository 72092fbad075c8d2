// Decoding x86-64, by LLVM's own tables, and what each convention promises.
#include "compiler/machine/code_reader.hpp"

#include <mutex>

#include "base/error.hpp"
#include "machine_code.hpp"

namespace tenon::compiler {

namespace {

constexpr char kTriple[] = "x86_64-unknown-linux-gnu";

const llvm::Target* find_target(std::string& message) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86Disassembler();
  });
  return llvm::TargetRegistry::lookupTarget(llvm::Triple(kTriple), message);
}

// By name, as LLVM's numbers of registers are its own.
std::optional<GeneralRegister> general_of(llvm::StringRef name) {
  static constexpr llvm::StringRef kOld[] = {"AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI"};
  for (unsigned i = 0; i < 8; ++i) {
    if (name.drop_front(std::min<std::size_t>(1, name.size())) == kOld[i]) {
      if (name.starts_with("R")) return GeneralRegister{i, 64};
      if (name.starts_with("E")) return GeneralRegister{i, 32};
    }
    if (name == kOld[i]) return GeneralRegister{i, 16};
    const bool is_byte = i < 4
                             ? name.size() == 2 && name[0] == kOld[i][0] && (name[1] == 'L' || name[1] == 'H')
                             : name.size() == 3 && name.starts_with(kOld[i]) && name[2] == 'L';
    if (is_byte) return GeneralRegister{i, 8};
  }
  unsigned number = 0;
  if (!name.consume_front("R") || name.consumeInteger(10, number) || number < 8 || number > 15)
    return std::nullopt;
  if (name.empty()) return GeneralRegister{number, 64};
  if (name == "D") return GeneralRegister{number, 32};
  if (name == "W") return GeneralRegister{number, 16};
  return name == "B" ? std::optional(GeneralRegister{number, 8}) : std::nullopt;
}

Flow flow_of(const llvm::MCInstrDesc& about, const llvm::MCInstrInfo& instructions, unsigned opcode) {
  const llvm::StringRef name = instructions.getName(opcode);
  if (name.starts_with("UD1") || name == "TRAP") return Flow::trap;
  const bool is_direct = llvm::any_of(about.operands(), [](const llvm::MCOperandInfo& operand) {
    return operand.OperandType == llvm::MCOI::OPERAND_PCREL;
  });
  if (about.isCall()) return is_direct ? Flow::call : Flow::call_of_value;
  if (about.isReturn()) return Flow::leave;
  if (about.isConditionalBranch()) return Flow::branch;
  if (about.isBranch()) return is_direct ? Flow::jump : Flow::jump_to_value;
  return Flow::next;
}

constexpr General kSaved[] = {rbx, rbp, r12, r13, r14, r15};
constexpr General kSpared[] = {rcx, rdx, rsi, rdi, r8, r9, r10};
bool is_sparing(Convention convention) {
  return convention == Convention::sparing || convention == Convention::silent;
}
constexpr std::string_view kNames[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                       "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

}  // namespace

OpcodeName::OpcodeName(llvm::StringRef name) {
  const auto first = name.find_first_of("0123456789");
  stem = name.substr(0, first);
  form = first == llvm::StringRef::npos ? llvm::StringRef() : name.substr(first);
  form.consumeInteger(10, bits);
  form.consume_back("_REV");
  form.consume_back("_alt");
}

std::expected<std::unique_ptr<CodeReader>, Error> CodeReader::make() {
  std::string message;
  const auto* target = find_target(message);
  if (target == nullptr) return base::fail(Phase::compile, ErrorCode::unsupported, message);
  const llvm::Triple triple(kTriple);
  auto parts = std::make_unique<Parts>();
  parts->registers.reset(target->createMCRegInfo(triple));
  parts->assembly.reset(target->createMCAsmInfo(*parts->registers, triple, {}));
  parts->instructions.reset(target->createMCInstrInfo());
  parts->subtarget.reset(target->createMCSubtargetInfo(triple, "", ""));
  parts->context = std::make_unique<llvm::MCContext>(triple, parts->assembly.get(), parts->registers.get(),
                                                     parts->subtarget.get());
  parts->disassembler.reset(target->createMCDisassembler(*parts->subtarget, *parts->context));
  parts->printer.reset(
      target->createMCInstPrinter(triple, 1, *parts->assembly, *parts->instructions, *parts->registers));
  parts->analysis.reset(target->createMCInstrAnalysis(parts->instructions.get()));
  if (parts->disassembler == nullptr || parts->printer == nullptr || parts->analysis == nullptr)
    return base::fail(Phase::compile, ErrorCode::unsupported, "LLVM has no disassembler for " + triple.str());
  for (unsigned i = 0; i < parts->registers->getNumRegs(); ++i) {
    parts->general.push_back(general_of(parts->registers->getName(i)));
  }
  return std::unique_ptr<CodeReader>(new CodeReader(std::move(parts)));
}

CodeReader::CodeReader(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
CodeReader::~CodeReader() = default;

std::uint64_t CodeReader::Parts::read(base::ByteView bytes, std::uint64_t address, llvm::MCInst& inst) const {
  const auto read_at = [&](std::uint64_t skipped) -> std::uint64_t {
    std::uint64_t size = 0;
    inst.clear();
    inst.setFlags(0);
    const auto status = disassembler->getInstruction(
        inst, size, {bytes.data() + skipped, bytes.size() - skipped}, address + skipped, llvm::nulls());
    const bool is_read = status == llvm::MCDisassembler::Success && size > 0;
    return is_read && size <= bytes.size() - skipped ? skipped + size : 0;
  };
  const auto size = read_at(0);
  if (size != 1 || instructions->getName(inst.getOpcode()) != "LOCK_PREFIX") return size;
  // LLVM takes the prefix for an instruction; it is a part of the one that it locks.
  const auto whole = read_at(1);
  return whole > 0 && about(inst).mayLoad() && about(inst).mayStore() ? whole : 0;
}

const llvm::MCInst& CodeReader::Parts::decode(const Instruction& instruction) const {
  if (last_address == instruction.address && last.getOpcode() == instruction.opcode) return last;
  read(instruction.bytes, instruction.address, last);
  last_address = instruction.address;
  return last;
}

std::optional<unsigned> CodeReader::Parts::memory_operand(const llvm::MCInst& inst) const {
  const auto operands = about(inst).operands();
  if (instructions->getName(inst.getOpcode()).starts_with("LEA64") ||
      instructions->getName(inst.getOpcode()).starts_with("LEA32"))
    return 1;
  for (unsigned i = 0; i + 5 <= operands.size(); ++i) {
    if (operands[i].OperandType == llvm::MCOI::OPERAND_MEMORY) return i;
  }
  return std::nullopt;
}

unsigned CodeReader::Parts::bytes_in_text(const llvm::MCInst& inst, std::uint64_t address) const {
  static constexpr std::pair<llvm::StringRef, unsigned> kSizes[] = {
      {"byte", 1}, {"word", 2}, {"dword", 4}, {"qword", 8}, {"xmmword", 16}, {"ymmword", 32}};
  std::string text;
  llvm::raw_string_ostream out(text);
  printer->printInst(&inst, address, "", *subtarget, out);
  const llvm::StringRef before = llvm::StringRef(text).split(" ptr ").first;
  const llvm::StringRef word = before.substr(before.find_last_of("\t ,") + 1);
  for (const auto& [name, bytes] : kSizes) {
    if (word == name) return bytes;
  }
  return 64;
}

std::optional<Instruction> CodeReader::decode(base::ByteView bytes, std::uint64_t address) const {
  llvm::MCInst inst;
  const auto size = parts_->read(bytes, address, inst);
  if (size == 0) return std::nullopt;
  Instruction read{.address = address,
                   .size = static_cast<unsigned>(size),
                   .opcode = inst.getOpcode(),
                   .flow = flow_of(parts_->about(inst), *parts_->instructions, inst.getOpcode()),
                   .bytes = bytes.first(size)};
  std::uint64_t target = 0;
  const bool is_direct = read.flow == Flow::branch || read.flow == Flow::jump || read.flow == Flow::call;
  if (is_direct && parts_->analysis->evaluateBranch(inst, address, size, target)) read.target = target;
  return read;
}

std::string CodeReader::text_of(const Instruction& instruction) const {
  std::string text;
  llvm::raw_string_ostream out(text);
  parts_->printer->printInst(&parts_->decode(instruction), instruction.address, "", *parts_->subtarget, out);
  std::ranges::replace(text, '\t', ' ');
  return llvm::StringRef(text).trim().str();
}

CodeState CodeReader::on_entry(Convention convention) {
  CodeState state;
  state.registers[rsp] = Value::of(Kind::stack);
  switch (convention) {
    case Convention::guest:
    case Convention::sparing:
    case Convention::silent: state.registers[r13] = Value::of(Kind::instance); break;
    case Convention::tail: state.registers[rdi] = Value::of(Kind::instance); break;
    case Convention::host_call: state.registers[r13] = Value::of(Kind::host_function); break;
    case Convention::entry:
      state.registers[rdi] = Value::of(Kind::record);
      state.registers[rsi] = Value::of(Kind::code);
      state.registers[rdx] = Value::of(Kind::slots);
      break;
  }
  for (const auto number : kSaved) state.registers[number].id = number + 1;
  if (is_sparing(convention)) {
    for (const auto number : kSpared) state.registers[number].id = number + 1;
  }
  if (convention == Convention::silent) state.registers[rax].id = rax + 1;
  return state;
}

void CodeReader::come_back(const Instruction& call, CodeState& state, Convention convention) const {
  for (const auto number : {rdi, rsi, rdx, rcx, r8, r9}) {
    if (state.registers[number].kind == Kind::stack) state.forget_from(state.registers[number]);
  }
  if (convention != Convention::silent) state.set(rax, {});
  state.set(r11, {});
  if (!is_sparing(convention)) {
    for (const auto number : kSpared) state.set(number, {});
  }
  state.comparison.is_known = false;
  state.conditions = 0;
  // Where the return address was; hardened code looks whether it came back by that one.
  state.unlink(Value::kReturnAddress);
  Value address = Value::of(Kind::constant, static_cast<std::int64_t>(call.end()));
  address.id = Value::kReturnAddress;
  const Value place = sum(state.registers[rsp], Value::number(-8, -8));
  if (place.is_place()) state.store(place, 8, address, true);
  const auto popped = popped_by(convention);
  state.set(rsp, sum(state.registers[rsp], Value::number(popped, popped)));
}

void CodeReader::catch_exception(const Instruction& call, CodeState& state) const {
  come_back(call, state, Convention::guest);
  state.set(rax, Value::of(Kind::record));
}

const Value& CodeReader::stack_pointer(const CodeState& state) { return state.registers[rsp]; }

std::optional<std::string_view> CodeReader::lost_register(const CodeState& state, Convention convention) {
  for (const auto number : kSaved) {
    if (state.registers[number].id != number + 1u) return kNames[number];
  }
  if (convention == Convention::silent && state.registers[rax].id != rax + 1) return kNames[rax];
  if (!is_sparing(convention)) return std::nullopt;
  for (const auto number : kSpared) {
    if (state.registers[number].id != number + 1u) return kNames[number];
  }
  return std::nullopt;
}

// tailcc takes its arguments off the stack, which Tenon has none of; but LLVM rounds that
// to what keeps the stack aligned, return address included.
std::int64_t CodeReader::popped_by(Convention convention) { return convention == Convention::tail ? 8 : 0; }

}  // namespace tenon::compiler
