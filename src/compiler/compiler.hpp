// From a .wasm file's bytes to a native shared object, ahead of time.
//
//   auto artifact = tenon::compiler::compile(bytes, {.optimization_level = 2});
//   if (artifact) write_file("plugin.so", artifact->bytes);
//
// Deterministic: the same bytes and options give the same output, with however
// many jobs. Thread-safe (the linker runs under a lock of its own). The process's
// signal handlers stay as they are, so guests may run and trap beside it.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include <tenon/error.hpp>

#include "artifact/note.hpp"
#include "base/bytes.hpp"
#include "compiler/options.hpp"

namespace tenon::compiler {

struct CompileResult {
  base::Bytes bytes;  // of the kind that `emit` asked for
  artifact::Note note;
  std::vector<std::string> remarks;  // a line for each thing that the compiler left out, with the reason
};

[[nodiscard]] std::expected<CompileResult, Error> compile(base::ByteView wasm, const CompileOptions& options);

// "22.1.8"
[[nodiscard]] std::string llvm_version();

}  // namespace tenon::compiler
