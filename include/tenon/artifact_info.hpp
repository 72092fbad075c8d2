// What an artifact says of itself in its .note.tenon note, read without
// loading (and so without running) any of its code.
//
//   auto info = tenon::read_artifact_info("optimized.so");
//   if (info) for (const auto& e : info->exports) std::cout << e.name << '\n';
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <tenon/api.hpp>
#include <tenon/error.hpp>
#include <tenon/types.hpp>

namespace tenon TENON_API {

// How the plugin expects strings and bytes, told from its exports.
enum class Protocol : std::uint8_t { none = 0, assemblyscript = 1 };

enum class Bounds : std::uint8_t { guard = 0, explicit_checks = 1 };

struct ArtifactInfo {
  std::uint32_t format_version = 0;
  std::uint32_t abi_version = 0;
  std::string producer;                          // "tenon 0.1.0 (LLVM 22.1.8)"
  std::string target_triple;                     // "x86_64-unknown-linux-gnu"
  std::string cpu;                               // "x86-64-v2"
  std::vector<std::string> cpu_features;         // each must be present to load
  std::vector<std::string> wasm_features;        // proposals that the module was allowed
  std::array<std::uint8_t, 32> source_sha256{};  // of the .wasm file
  std::uint64_t source_size = 0;                 // of the .wasm file, bytes
  std::uint8_t optimization_level = 2;
  bool strict = false;
  Bounds bounds = Bounds::guard;
  Protocol protocol = Protocol::none;
  std::vector<ImportType> imports;
  std::vector<ExportType> exports;
  // What reference types above are to is known while this, or a copy, is there.
  std::shared_ptr<const void> types_used{};
};

// Reads and checks the note with pread: that the file is complete, the note's
// checksum, versions, architecture and CPU features. Errors have phase load.
// Thread-safe.
[[nodiscard]] std::expected<ArtifactInfo, Error> read_artifact_info(const std::filesystem::path& path);

[[nodiscard]] std::string_view to_string(Protocol protocol);
[[nodiscard]] std::string_view to_string(Bounds bounds);

}  // namespace tenon
