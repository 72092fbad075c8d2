#include "artifacts.hpp"

#include <unistd.h>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "support/process.hpp"

namespace tenon::spec {

std::expected<void, Error> Artifacts::compile_to(const base::Bytes& bytes,
                                                 const std::filesystem::path& artifact) const {
  auto compiled = compiler::compile(bytes, options_);
  if (!compiled) return std::unexpected(std::move(compiled.error()));
  // Written aside and renamed: another runner never sees half a file.
  const std::filesystem::path aside = artifact.string() + "." + std::to_string(getpid());
  if (!tests::write_file(aside, compiled->bytes)) {
    return base::fail(Phase::compile, ErrorCode::io, "cannot write " + aside.string());
  }
  std::filesystem::rename(aside, artifact);
  return {};
}

std::expected<Module, Error> Artifacts::load(const std::filesystem::path& wasm) {
  const base::Bytes bytes = tests::read_file(wasm);
  const std::string digest = base::to_hex(base::sha256(bytes));
  if (const auto found = loaded_.find(digest); found != loaded_.end()) return found->second;

  const auto artifact = folder_ / (digest + ".so");
  if (!std::filesystem::exists(artifact)) {
    if (auto done = compile_to(bytes, artifact); !done) return std::unexpected(std::move(done.error()));
  }
  auto module = Module::load(artifact);
  if (module) loaded_.emplace(digest, *module);
  return module;
}

}  // namespace tenon::spec
