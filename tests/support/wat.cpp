#include "support/wat.hpp"

#include <stdexcept>
#include <string>

namespace tenon::tests {

namespace {

template <typename T>
T value_or_throw(std::expected<T, Error> result, const std::string& what) {
  if (!result) throw std::runtime_error(what + ": " + to_string(result.error()));
  return *std::move(result);
}

Module compile_and_load(base::ByteView wasm, const compiler::CompileOptions& options,
                        const std::filesystem::path& artifact) {
  const auto compiled = value_or_throw(compiler::compile(wasm, options), "compile");
  if (!write_file(artifact, compiled.bytes)) throw std::runtime_error("cannot write " + artifact.string());
  return value_or_throw(Module::load(artifact), "load");
}

}  // namespace

base::Bytes wat_to_wasm(std::string_view text) {
  TempDir dir;
  write_text(dir / "guest.wat", text);
  // Unchecked: wat2wasm knows less of WebAssembly 3.0 than the validator that is tested.
  const auto result = run({TENON_WAT2WASM, "--no-check", "--debug-names", "--enable-memory64",
                           "--enable-multi-memory", "--enable-threads", "--enable-tail-call",
                           "--enable-exceptions", dir / "guest.wat", "-o", dir / "guest.wasm"});
  if (result.exit_status != 0) throw std::runtime_error("wat2wasm: " + result.standard_error);
  return read_file(dir / "guest.wasm");
}

Guest::Guest(std::string_view text, const compiler::CompileOptions& options)
    : Guest(wat_to_wasm(text), options) {}

Guest::Guest(base::ByteView wasm, const compiler::CompileOptions& options)
    : module_(compile_and_load(wasm, options, artifact())) {}

std::string emit_text(std::string_view wat, compiler::CompileOptions options) {
  const auto compiled = value_or_throw(compiler::compile(wat_to_wasm(wat), options), "compile");
  return std::string(base::as_text(compiled.bytes));
}

}  // namespace tenon::tests
