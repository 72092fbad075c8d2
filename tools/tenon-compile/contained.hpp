// Runs the compiler in a child process. LLVM ends its process where it cannot go on, and
// has faults of its own. In a child that is an error like any other, and leaves nothing
// behind, since all that the child makes is in memory.
#pragma once

#include <string>
#include <vector>

#include "child_limits.hpp"
#include "compiler/compiler.hpp"

namespace tenon::tools {

struct Compiled {
  base::Bytes bytes;
  std::string source_sha256;  // in hex
  std::string producer;
  std::vector<std::string> remarks;
};

// Makes CompileOptions::progress in the child. `messages` is the descriptor of what was
// standard error.
using MakeProgress = std::function<void(double done, const char* step)> (*)(int messages);

// As compiler::compile; `name` is the module's in the error's message. What ends the child is
// an error of phase compile: limit_exceeded for a limit, internal for a fault. To be called before any thread is started. Where a signal
// from outside (such as Ctrl-C) ends the child, it ends this process too.
[[nodiscard]] std::expected<Compiled, Error> compile_in_child(base::ByteView wasm,
                                                              compiler::CompileOptions options,
                                                              const ChildLimits& limits,
                                                              const std::string& name,
                                                              MakeProgress make_progress);

}  // namespace tenon::tools
