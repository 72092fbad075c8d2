// From lowered IR to optimised IR, and from that to machine code or text.
#pragma once

#include <expected>

#include <tenon/error.hpp>

#include "base/bytes.hpp"
#include "compiler/llvm.hpp"
#include "compiler/optimize/mark_cards.hpp"
#include "compiler/optimize/work_budget.hpp"
#include "compiler/options.hpp"

namespace tenon::compiler {

void optimize(llvm::Module& module, llvm::TargetMachine& machine, unsigned level, bool is_shard,
              const MarkedMemories& marked, WorkBudget& budget);
[[nodiscard]] std::expected<base::Bytes, Error> generate(llvm::Module& module, llvm::TargetMachine& machine,
                                                         Emit emit);

}  // namespace tenon::compiler
