// The machine that code is made for: from the options alone, never from the
// build host, unless `--cpu native` asks for that.
#pragma once

#include <expected>
#include <memory>

#include <tenon/error.hpp>

#include "compiler/llvm.hpp"
#include "compiler/options.hpp"

namespace tenon::compiler {

[[nodiscard]] std::expected<std::unique_ptr<llvm::TargetMachine>, Error> make_target_machine(
    const CompileOptions& options);

// Whether a CPU's name stands for what many have, and for none that there is: LLVM
// would tune for the oldest of them.
[[nodiscard]] bool is_level(llvm::StringRef cpu);

}  // namespace tenon::compiler
