#include "artifact/machine/elf_machine.hpp"

namespace tenon::artifact {

const Elf64_Half kThisElfMachine = EM_X86_64;
const std::string_view kThisArchitecture = "x86_64";

}  // namespace tenon::artifact
