#include "artifact/machine/elf_machine.hpp"

namespace tenon::artifact {

const Elf64_Half kThisElfMachine = EM_AARCH64;
const std::string_view kThisArchitecture = "aarch64";

}  // namespace tenon::artifact
