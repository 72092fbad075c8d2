// Which memories of a module have cards (artifact/abi.hpp), and how many bytes one stands for.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/options.hpp"
#include "wasm/module.hpp"

namespace tenon::compiler {

struct Cards {
  std::vector<std::uint32_t> memories;  // in order; none where the code marks no cards
  unsigned shift = 0;                   // Descriptor::card_shift
};

[[nodiscard]] Cards cards_of(const wasm::Module& source, const CompileOptions& options);

}  // namespace tenon::compiler
