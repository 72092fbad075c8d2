// Compiles in a child process (contained.hpp).
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
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
  nlohmann::json check;  // as check.hpp's to_json, where asked for
};

// Makes CompileOptions::progress in the child. `messages` is the descriptor of what was
// standard error.
using MakeProgress = std::function<void(double done, const char* step)> (*)(int messages);

// As compiler::compile; `name` is the module's in the error's message. `reads_back`: the child
// checks what it made, too.
[[nodiscard]] std::expected<Compiled, Error> compile_in_child(base::ByteView wasm,
                                                              compiler::CompileOptions options,
                                                              const ChildLimits& limits,
                                                              const std::string& name, bool reads_back,
                                                              MakeProgress make_progress);

}  // namespace tenon::tools
