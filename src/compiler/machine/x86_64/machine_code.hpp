// What the files of the code reader for x86-64 share: LLVM's tables, and registers.
#pragma once

#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrAnalysis.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>

#include "compiler/llvm.hpp"
#include "compiler/machine/code_reader.hpp"

namespace tenon::compiler {

// In the order of their encodings.
enum General : unsigned { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };

// As branches and conditional moves number them; the opposite differs in the lowest bit.
enum Condition : std::uint8_t { below = 2, equal = 4, not_equal = 5, at_most = 6 };

struct GeneralRegister {
  unsigned number = 0;
  unsigned bits = 0;
};

// What LLVM's name of an opcode is made of: ADD64ri32 is "ADD", 64 and "ri32".
struct OpcodeName {
  llvm::StringRef stem, form;
  unsigned bits = 0;
  explicit OpcodeName(llvm::StringRef name);
};

struct CodeReader::Parts {
  std::unique_ptr<llvm::MCRegisterInfo> registers;
  std::unique_ptr<llvm::MCAsmInfo> assembly;
  std::unique_ptr<llvm::MCInstrInfo> instructions;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<llvm::MCDisassembler> disassembler;
  std::unique_ptr<llvm::MCInstPrinter> printer;
  std::unique_ptr<llvm::MCInstrAnalysis> analysis;
  std::vector<std::optional<GeneralRegister>> general;  // by LLVM's number
  mutable std::uint64_t last_address = 0;               // of what was decoded last
  mutable llvm::MCInst last;

  // Gives the size of the instruction there; 0 for none.
  std::uint64_t read(base::ByteView bytes, std::uint64_t address, llvm::MCInst& inst) const;
  [[nodiscard]] const llvm::MCInst& decode(const Instruction& instruction) const;
  [[nodiscard]] const llvm::MCInstrDesc& about(const llvm::MCInst& inst) const {
    return instructions->get(inst.getOpcode());
  }
  [[nodiscard]] std::optional<GeneralRegister> general_register(llvm::MCRegister number) const {
    return number.id() < general.size() ? general[number.id()] : std::nullopt;
  }
  // Which operand is the first of five that name a place in memory.
  [[nodiscard]] std::optional<unsigned> memory_operand(const llvm::MCInst& inst) const;
  // How many bytes of memory it uses: Intel's syntax says "dword ptr", LLVM's tables do not.
  [[nodiscard]] unsigned bytes_in_text(const llvm::MCInst& inst, std::uint64_t address) const;
  [[nodiscard]] llvm::StringRef name(llvm::MCRegister number) const { return registers->getName(number); }
};

}  // namespace tenon::compiler
