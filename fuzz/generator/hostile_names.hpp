// Names that mean something to LLVM, the assembler, the linker, the loader, a
// shell or a terminal, and must mean nothing in a guest's module.
#pragma once

#include <string>

#include "random.hpp"

namespace tenon::fuzz {

// Valid UTF-8. Mostly from a list, sometimes put together of parts, rarely empty
// or of a hundred thousand bytes.
[[nodiscard]] std::string hostile_name(Random& random);

}  // namespace tenon::fuzz
