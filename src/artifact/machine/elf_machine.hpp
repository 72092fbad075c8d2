// ELF's numbers of machines (e_machine; System V ABI, chapter 4), by name.
#pragma once

#include <elf.h>

#include <string>
#include <string_view>

namespace tenon::artifact {

// The machine that this program was built for, and its name in a target triple; each
// machine's folder defines them.
extern const Elf64_Half kThisElfMachine;
extern const std::string_view kThisArchitecture;

// "x86_64"; "ELF machine 8" for those that Tenon has no name for.
[[nodiscard]] std::string name_of_elf_machine(Elf64_Half machine);

}  // namespace tenon::artifact
