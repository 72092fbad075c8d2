// Guests written as WebAssembly text: to bytes, to an artifact, to a module.
//
//   tests::Guest guest(R"((module (func (export "one") (result i32) i32.const 1)))");
//   tenon::Store store;
//   auto instance = store.instantiate(guest.module());
//
// These throw std::runtime_error where the text, the compiler or the loader
// fails: in a test that is a failure with that message. Tests of such failures
// use compile_bytes and Module::load themselves.
#pragma once

#include <expected>
#include <filesystem>
#include <string_view>

#include <tenon/module.hpp>

#include "compiler/compiler.hpp"
#include "support/process.hpp"

namespace tenon::tests {

// What wat2wasm makes of a module in text form, names included.
[[nodiscard]] base::Bytes wat_to_wasm(std::string_view text);

// An artifact in a folder of its own, loaded.
class Guest {
 public:
  explicit Guest(std::string_view text, const compiler::CompileOptions& options = {});
  explicit Guest(base::ByteView wasm, const compiler::CompileOptions& options = {});

  [[nodiscard]] const Module& module() const { return *module_; }
  [[nodiscard]] std::filesystem::path artifact() const { return dir_ / "guest.so"; }

 private:
  TempDir dir_;
  std::expected<Module, Error> module_;
};

// Assembly (or IR) of a guest, to look for what must, or must not, be there.
[[nodiscard]] std::string emit_text(std::string_view wat, compiler::CompileOptions options);

}  // namespace tenon::tests
