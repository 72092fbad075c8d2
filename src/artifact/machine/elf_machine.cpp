#include "artifact/machine/elf_machine.hpp"

namespace tenon::artifact {

std::string name_of_elf_machine(Elf64_Half machine) {
  switch (machine) {
    case EM_X86_64: return "x86_64";
    case EM_AARCH64: return "aarch64";
    case EM_RISCV: return "riscv";
    default: return "ELF machine " + std::to_string(machine);
  }
}

}  // namespace tenon::artifact
