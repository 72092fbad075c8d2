// What an artifact says of itself in its .note.tenon note (docs/guide/artifact.md), read
// without loading (and so without running) any of its code.
//
//   auto info = tenon::read_artifact_info("optimized.so");
//   if (!info) return fail(info.error());
//   std::cout << info->producer << " for " << info->cpu << '\n';
//   for (const auto& item : info->exports) std::cout << item.name << '\n';
//
// The note's checksum finds damage, not malice: whoever can write the file can write a
// note that says anything.
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

// How the plugin expects strings and bytes, told from its exports when it was compiled.
// `none`: it takes numbers and raw memory. `tenon`: it declares its functions in a section
// (docs/guide/protocols.md).
enum class Protocol : std::uint8_t { none = 0, assemblyscript = 1, tenon = 2 };

// How its code checks that an access is inside a 32-bit memory: by guard pages around it, or
// by a comparison before each access as well (`tenon compile --bounds`).
enum class Bounds : std::uint8_t { guard = 0, explicit_checks = 1 };

// A plain value of its own: it stays valid when the file is gone.
struct ArtifactInfo {
  // This library loads exactly one of each; another gives version_mismatch.
  std::uint32_t format_version = 0;
  std::uint32_t abi_version = 0;
  std::string producer;                          // "tenon 0.1.0 (LLVM 22.1.8)"
  std::string target_triple;                     // "x86_64-unknown-linux-gnu"
  std::string cpu;                               // "x86-64-v2"
  std::vector<std::string> cpu_features;         // each must be present to load
  std::vector<std::string> wasm_features;        // proposals that the module was allowed
  std::array<std::uint8_t, 32> source_sha256{};  // of the .wasm file
  std::uint64_t source_size = 0;                 // of the .wasm file, bytes
  std::uint8_t optimization_level = 2;           // 0 to 3
  bool strict = false;                           // every trap of a load keeps its place (--strict)
  bool metering = false;                         // its code counts what it executes (--metering)
  bool spectre = false;                          // its loads are hardened (--spectre)
  Bounds bounds = Bounds::guard;
  bool resettable = false;  // resetting an instance undoes only what it wrote (--resettable)
  Protocol protocol = Protocol::none;
  std::string declaration;          // the section tenon.protocol, empty where there is none
  std::vector<ImportType> imports;  // in the order of the .wasm file
  std::vector<ExportType> exports;  // likewise
  // While this, or a copy of it, is there, referenced_type knows the reference types above.
  std::shared_ptr<const void> types_used{};
};

// Reads and checks the note: that the file is complete, the note's checksum, versions,
// architecture and CPU features. So it refuses what Module::load would refuse on this
// machine. Reads the file's headers and the note, and maps nothing. Thread-safe.
// Errors, phase load: io, not_an_artifact, corrupt_artifact, version_mismatch, cpu_mismatch.
[[nodiscard]] std::expected<ArtifactInfo, Error> read_artifact_info(const std::filesystem::path& path);

[[nodiscard]] std::string_view to_string(Protocol protocol);  // "assemblyscript", "none"
[[nodiscard]] std::string_view to_string(Bounds bounds);      // "guard", "explicit"

}  // namespace tenon
