// Compiles a script's modules and loads them, each distinct one once.
#pragma once

#include <expected>
#include <filesystem>
#include <map>
#include <string>

#include <tenon/module.hpp>

#include "compiler/compiler.hpp"

namespace tenon::spec {

class Artifacts {
 public:
  // Artifacts are put into `folder`, named by their source's digest: folders
  // are shared by the runners of one run, and a file found there is used.
  Artifacts(std::filesystem::path folder, compiler::CompileOptions options)
      : folder_(std::move(folder)), options_(std::move(options)) {}

  [[nodiscard]] std::expected<Module, Error> load(const std::filesystem::path& wasm);

 private:
  [[nodiscard]] std::expected<void, Error> compile_to(const base::Bytes& bytes,
                                                      const std::filesystem::path& artifact) const;

  std::filesystem::path folder_;
  compiler::CompileOptions options_;
  std::map<std::string, Module> loaded_;
};

}  // namespace tenon::spec
