// From a .wasm file's bytes to a native shared object, ahead of time.
//
//   auto artifact = tenon::compiler::compile(bytes, {.optimization_level = 2});
//   if (artifact) write_file("plugin.so", artifact->bytes);
//
// Deterministic: the same bytes and options give the same output. Thread-safe
// (the linker runs under a lock of its own).
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include <tenon/artifact_info.hpp>
#include <tenon/error.hpp>

#include "base/bytes.hpp"
#include "wasm/features.hpp"

namespace tenon::compiler {

enum class Emit : std::uint8_t { shared_object, object, assembly, llvm_ir };

struct CompileOptions {
  std::uint8_t optimization_level = 2;  // 0 to 3
  std::string cpu = "x86-64-v2";        // LLVM's name, or "native"
  std::string target_triple;            // empty: x86_64-unknown-linux-gnu
  bool strict = false;                  // keep every trap, in order
  Bounds bounds = Bounds::guard;
  Emit emit = Emit::shared_object;
  wasm::FeatureSet features = wasm::default_features();
  // Told now and then how far the work is, 0 to 1, with a word for the step.
  std::function<void(double done, const char* step)> progress;
};

struct CompileResult {
  base::Bytes bytes;  // of the kind that `emit` asked for
  ArtifactInfo info;
};

[[nodiscard]] std::expected<CompileResult, Error> compile(base::ByteView wasm, const CompileOptions& options);

// "22.1.8"
[[nodiscard]] std::string llvm_version();

}  // namespace tenon::compiler
